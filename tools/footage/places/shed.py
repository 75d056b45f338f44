"""The bicycle shed: a lean-to roof on posts before a brick wall, racks with bicycles, concrete yard before it."""

import numpy as np

from tools.footage.mesh import Piece, Stuff, box, tube
from tools.footage.places import building as b
from tools.footage.places.base import Lamp, Place, across, block
from tools.footage.world import Thing, View

ROOF = Stuff("metal", (0.10, 0.16, 0.22))
POST_X = (-5.0, -1.7, 1.7, 5.0)
RACKED = tuple(-4.4 + 0.72 * number for number in range(13))
FREE = (4, 9)
"""Racks that stay empty: room for who brings or takes a bicycle."""

SHED = Place(
    name="shed",
    title="Bicycle shed",
    bounds=(-11, -7, 11, 8),
    obstacles=(
        across("wall", (-11, 7.2), (11, 7.2), 2.4, 0.3),
        block("bicycles west", -4.75, 4.6, -1.9, 6.9, 1.1),
        block("bicycles middle", -1.15, 4.6, 1.7, 6.9, 1.1),
        block("bicycles east", 2.45, 4.6, 4.6, 6.9, 1.1),
        block("bins", -9.6, 5.6, -7.2, 6.8, 1.1),
        block("lamp", 7.38, 4.38, 7.62, 4.62, 4.0),
        *(block(f"post {n}", x - 0.08, 4.0, x + 0.08, 4.16, 2.3) for n, x in enumerate(POST_X, 1)),
    ),
    views={
        "main": View((1.5, -5.6, 3.7), (-0.2, 4.6, 0.8), 70),
        "side": View((8.6, -1.6, 3.4), (-1.2, 4.3, 0.8), 72),
    },
    spots={
        "shed": (0, 3.6, 0),
        "rack west": (-1.52, 4.4, 0),
        "rack east": (2.08, 4.4, 0),
        "yard": (0, 0, 0),
        "bins": (-8.4, 5.0, 0),
        "west": (-9.5, 0.5, 0),
        "east": (9.5, 1.0, 0),
        "corner": (6.2, 5.4, 0),
    },
    areas={
        "shed": ((-5.4, 2.6), (5.4, 2.6), (5.4, 7.0), (-5.4, 7.0)),
        "yard": ((-9, -3), (9, -3), (9, 2.6), (-9, 2.6)),
    },
    lamps=(Lamp((7.2, 4.0, 3.9)), Lamp((0.0, 5.2, 2.25), 0.12), Lamp((-3.0, -7.0, 4.6), 0.9)),
    sun_bearing_deg=250,
)


def fixtures(seed: int) -> list[Thing]:
    """What is parked here."""
    dice = np.random.default_rng(seed)
    found = []
    for number, x in enumerate(RACKED):
        if number not in FREE and dice.random() < 0.9:
            asset = "e_bike" if dice.random() < 0.4 else "bicycle"
            heading = np.pi / 2 + float(dice.normal(0, 0.05))
            found.append(b.parked(asset, seed * 40 + number, x + 0.3, 5.8, heading))
    for number, x in enumerate((-9.2, -8.4, -7.6)):
        found.append(b.parked("bin", seed + number, x, 6.3, -np.pi / 2, "green" if number else "charcoal"))
    return found


def pieces(seed: int) -> list[Piece]:
    """Everything that stands."""
    house = b.plaster(((0.52, 0.47, 0.38), (0.44, 0.44, 0.46), (0.50, 0.36, 0.28))[seed % 3])
    made = [
        b.floor(-50, -40, 50, 50, b.ASPHALT, -0.03),
        b.floor(-11, -10, 11, 7.2, (b.CONCRETE, b.ASPHALT, b.SLABS)[seed % 3]),
        b.floor(-5.3, 4.0, 5.3, 7.1, b.PAVERS, 0.012),
        *b.wall((-11, 7.2), (11, 7.2), 2.4, b.BRICK if seed % 2 else b.plaster((0.45, 0.43, 0.40)), 0.3),
        *b.facade((-20, 16), (20, 16), 6, house, seed + 3, balconies=True),
        *b.facade((14, 14), (14, -12), 5, house, seed + 4),
        *b.facade((-14, -12), (-14, 14), 4, house, seed + 5),
        *b.facade((16, -14), (-16, -14), 4, house, seed + 6),
    ]
    tilt = np.array([[1, 0, 0], [0, np.cos(0.14), -np.sin(0.14)], [0, np.sin(0.14), np.cos(0.14)]])
    made.append(box((10.8, 3.3, 0.06), ROOF).moved(tilt, (0, 5.55, 2.5)))
    for x in POST_X:
        made += [tube(np.array([(x, 4.08, 0), (x, 4.08, 2.32)]), 0.05, b.STEEL, 8)]
        made += [b.cuboid(x - 0.04, 4.0, x + 0.04, 7.0, 2.28, 2.36, b.STEEL)]
    made.append(b.cuboid(-5.2, 4.04, 5.2, 4.12, 2.26, 2.34, b.STEEL))
    for x in RACKED:
        made.append(tube(np.array([(x, 6.6, 0), (x, 6.6, 0.5), (x, 6.1, 0.5), (x, 6.1, 0)]), 0.02, b.PALE_STEEL, 6))
    for thing in fixtures(seed):
        made += b.standing(thing)
    made += b.lamp_post((7.5, 4.5), 4.1, (-0.3, -0.5))
    made += b.tree((9.3, 9.5), 7.0, seed) + b.tree((-6.0, 10.5), 7.5, seed + 1)
    made += b.hedge(8.2, 5.9, 10.8, 6.9, 0.9, seed)
    return made
