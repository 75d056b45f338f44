"""The street before the houses: carriageway, parking bays, pavement, a fire lane in yellow; trees and lamps."""

import numpy as np

from tools.footage.mesh import Piece
from tools.footage.places import building as b
from tools.footage.places.base import Lamp, Place, block
from tools.footage.world import Thing, View

TREES = ((-13.0, 7.2), (-5.0, 7.2), (13.5, 7.2))
POSTS = ((-9.0, 6.4), (9.8, 6.4))
CARS = ((-13.6, "car", 0.0), (-8.2, "car", 0.0), (14.8, "van", 0.0))
"""Parked along the kerb: x, what, heading."""
LANE = (1.2, 2.5, 8.8, 5.6)
"""The fire lane before the entrance: west, south, east, north."""

STREET = Place(
    name="street",
    title="Street with parking and a fire lane",
    bounds=(-20, -6, 20, 10),
    obstacles=(
        block("house", -22, 10.2, 22, 14, 18),
        *(block(f"tree {n}", x - 0.2, y - 0.2, x + 0.2, y + 0.2, 5.0) for n, (x, y) in enumerate(TREES, 1)),
        *(block(f"lamp {n}", x - 0.12, y - 0.12, x + 0.12, y + 0.12, 6.0) for n, (x, y) in enumerate(POSTS, 1)),
        *(block(f"parked {what} {n}", x - 2.4, 3.2, x + 2.4, 5.2, 1.6) for n, (x, what, _) in enumerate(CARS, 1)),
    ),
    views={
        "main": View((-1.5, -10.5, 5.4), (1.6, 4.0, 0.4), 72),
        "close": View((-1.0, -9.4, 5.0), (2.2, 4.2, 0.5), 58),
        "near": View((-2.0, -4.8, 3.6), (4.6, 4.6, 0.6), 56),
        "along": View((-13.5, 8.4, 4.4), (2.5, 1.6, 0.4), 70),
    },
    spots={
        "entrance": (5.0, 9.6, 0),
        "fire lane": (5.0, 4.1, 0),
        "pavement west": (-17.0, 8.6, 0),
        "pavement east": (17.0, 8.6, 0),
        "road west": (-19.0, 0.0, 0),
        "road east": (19.0, 0.0, 0),
        "bin": (10.9, 8.9, 0),
        "crossing": (-3.0, 0.0, 0),
    },
    areas={
        "fire lane": ((1.2, 2.5), (8.8, 2.5), (8.8, 5.6), (1.2, 5.6)),
        "road": ((-18, -3.4), (18, -3.4), (18, 2.4), (-18, 2.4)),
        "pavement": ((-18, 5.9), (18, 5.9), (18, 9.9), (-18, 9.9)),
    },
    lamps=(*(Lamp((x, y - 1.4, 5.8), 1.5) for x, y in POSTS), Lamp((2.0, -7.5, 6.0), 1.5)),
    sun_bearing_deg=230,
)


def _markings() -> list[Piece]:
    west, south, east, north = LANE
    made = [b.floor(x, -0.55, x + 2.0, -0.42, b.WHITE_LINE, 0.006) for x in np.arange(-24, 24, 4.0)]
    for x1, y1, x2, y2 in (
        (west, south, east, south + 0.12),
        (west, north - 0.12, east, north),
        # Between the others, not over them: two surfaces in one plane come out black.
        (west, south + 0.12, west + 0.12, north - 0.12),
        (east - 0.12, south + 0.12, east, north - 0.12),
    ):
        made.append(b.floor(x1, y1, x2, y2, b.YELLOW_LINE, 0.006))
    for x in np.arange(west + 0.8, east - 1.0, 1.3):
        stripe = b.beam((float(x), south + 0.3), (float(x) + 1.0, north - 0.3), 0.004, 0.008, 0.14, b.YELLOW_LINE)
        made.append(stripe)
    for x in (-16.2, -10.9, -5.5):
        made.append(b.floor(x, 2.9, x + 0.1, 5.6, b.WHITE_LINE, 0.006))
    return made


def fixtures(seed: int) -> list[Thing]:
    """What is parked here."""
    return [b.parked(what, seed * 7 + number, x, 4.25, heading) for number, (x, what, heading) in enumerate(CARS)]


def pieces(seed: int) -> list[Piece]:
    """Everything that stands."""
    dice = np.random.default_rng(seed)
    house = b.plaster(((0.50, 0.44, 0.36), (0.46, 0.34, 0.28), (0.46, 0.47, 0.49))[seed % 3])
    kerb = b.CONCRETE
    made = [
        b.floor(-60, -40, 60, 40, b.CONCRETE, -0.05),
        b.floor(-60, -3.6, 60, 5.7, b.ASPHALT),
        b.cuboid(-60, 5.7, 60, 5.85, -0.1, 0.06, kerb),
        b.floor(-60, 5.85, 60, 10.2, b.PAVERS, 0.0),
        b.cuboid(-60, -3.75, 60, -3.6, -0.1, 0.06, kerb),
        b.floor(-60, -9, 60, -3.75, b.SLABS, 0.0),
        *_markings(),
        *b.facade((-24, 10.2), (24, 10.2), 6, house, seed + 3, balconies=True),
        *b.facade((24, -16), (-24, -16), 3, house, seed + 4),
        *b.facade((38, 12), (38, -14), 5, house, seed + 5),
        *b.facade((-38, -14), (-38, 12), 5, house, seed + 6),
        b.cuboid(4.0, 10.05, 6.0, 10.25, 0, 2.3, b.WINDOW),
        b.cuboid(3.6, 9.2, 6.4, 10.3, 2.5, 2.65, b.CONCRETE),
    ]
    for number, spot in enumerate(TREES):
        made += b.tree(spot, float(dice.uniform(5.0, 6.8)), seed * 10 + number)
        made.append(b.cuboid(spot[0] - 0.6, spot[1] - 0.6, spot[0] + 0.6, spot[1] + 0.6, 0, 0.02, b.GRASS))
    for x, y in POSTS:
        made += b.lamp_post((x, y), 6.0, (0.0, -1.4))
    for thing in fixtures(seed):
        made += b.standing(thing)
    made += b.hedge(-1.5, 9.2, 3.2, 10.0, 0.8, seed)
    return made
