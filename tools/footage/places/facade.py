"""The façade: a house with balconies over a paved walk, for what comes down from above."""

import numpy as np

from tools.footage.mesh import Piece
from tools.footage.places import building as b
from tools.footage.places.base import Lamp, Place, block
from tools.footage.world import Thing, View

HOUSE_Y = 6.0
FACADE = Place(
    name="facade",
    title="House front with balconies",
    bounds=(-11, -6, 11, 6),
    obstacles=(
        block("house", -14, HOUSE_Y, 14, 10, 18.6),
        block("hedge west", -9.6, 4.9, -3.4, 5.8, 0.8),
        block("hedge east", 3.6, 4.9, 9.6, 5.8, 0.8),
        block("lamp", -4.72, 0.88, -4.48, 1.12, 4.0),
        block("bench", 4.3, 0.7, 6.1, 1.4, 0.8),
    ),
    views={
        "main": View((-5.5, -8.6, 3.6), (0.2, 5.4, 3.9), 78),
        "walk": View((8.8, -4.4, 3.8), (-1.5, 3.0, 0.8), 72),
    },
    spots={
        "door": (0.0, 5.4, 0),
        "below": (-1.75, 3.4, 0),
        "walk": (0.0, 2.0, 0),
        "west": (-9.5, 1.8, 0),
        "east": (9.5, 2.2, 0),
        "bench": (5.2, 0.57, 0),
        "balcony": (-1.75, 5.3, 6.42),
        "balcony low": (-1.75, 5.3, 3.42),
    },
    areas={
        "walk": ((-10, 0.5), (10, 0.5), (10, 4.6), (-10, 4.6)),
        "below the balconies": ((-4.2, 1.6), (6.8, 1.6), (6.8, 4.9), (-4.2, 4.9)),
    },
    lamps=(Lamp((-4.6, 1.6, 3.9)), Lamp((0.0, 5.2, 2.6), 0.3), Lamp((2.0, -6.5, 4.6), 0.9)),
    sun_bearing_deg=255,
)


def fixtures(seed: int) -> list[Thing]:
    """What is parked here."""
    return [b.parked("bicycle", seed, -2.6, 5.4, 0.1), b.parked("e_bike", seed + 1, 2.4, 5.4, 0.05)]


def pieces(seed: int) -> list[Piece]:
    """Everything that stands; the balconies are in the even bays."""
    dice = np.random.default_rng(seed)
    house = b.plaster(((0.54, 0.48, 0.38), (0.50, 0.36, 0.28), (0.48, 0.50, 0.52))[seed % 3])
    made = [
        b.floor(-50, -40, 50, 50, b.ASPHALT, -0.03),
        b.floor(-13, -3.0, 13, HOUSE_Y, (b.SLABS, b.PAVERS, b.CONCRETE)[seed % 3]),
        b.floor(-13, -12, 13, -3.0, b.GRASS),
        *b.facade((-14, HOUSE_Y), (14, HOUSE_Y), 6, house, seed, balconies=True, dark=0.7),
        *b.facade((22, 10), (22, -20), 5, house, seed + 4),
        *b.facade((-22, -20), (-22, 10), 5, house, seed + 5),
        b.cuboid(-0.9, HOUSE_Y - 0.08, 0.9, HOUSE_Y + 0.1, 0, 2.2, b.WINDOW),
        b.cuboid(-1.5, HOUSE_Y - 1.3, 1.5, HOUSE_Y, 2.45, 2.6, b.CONCRETE),
        *b.hedge(-9.6, 4.9, -3.4, 5.8, 0.8, seed),
        *b.hedge(3.6, 4.9, 9.6, 5.8, 0.8, seed + 1),
        *b.bench(5.2, 1.05),
        *b.lamp_post((-4.6, 1.0), 4.1, (0, 0.6)),
    ]
    for number, spot in enumerate(((-9.5, -6.0), (10.0, -8.0), (12.0, 1.5))):
        made += b.tree(spot, float(dice.uniform(5.0, 6.6)), seed * 10 + number)
    for thing in fixtures(seed):
        made += b.standing(thing)
    return made
