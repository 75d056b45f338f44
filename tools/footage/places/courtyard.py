"""The courtyard: paved ground with lawn behind a bar fence, a bench, trees, lamps; houses around."""

import numpy as np

from tools.footage.mesh import Piece
from tools.footage.places import building as b
from tools.footage.places.base import Lamp, Place, across, block
from tools.footage.world import Thing, View

FENCE_Y, FENCE_M = 8.0, 2.0
TREES = ((-9.5, 5.6), (10.2, 4.6), (-7.0, 12.5), (1.5, 13.5), (9.0, 12.0))
POSTS = ((-5.2, 7.2), (5.6, 7.2))

COURTYARD = Place(
    name="courtyard",
    title="Courtyard with a fence and a gate",
    bounds=(-13, -9, 13, 15),
    obstacles=(
        across("fence west", (-13, FENCE_Y), (4.0, FENCE_Y), FENCE_M),
        across("fence east", (6.8, FENCE_Y), (13, FENCE_Y), FENCE_M),
        block("bench", -6.9, 2.2, -5.1, 2.9, 0.8),
        block("flower bed", 6.2, -1.5, 9.2, 0.9, 0.5),
        *(block(f"tree {number}", x - 0.2, y - 0.2, x + 0.2, y + 0.2, 5.0) for number, (x, y) in enumerate(TREES, 1)),
        *(
            block(f"lamp {number}", x - 0.12, y - 0.12, x + 0.12, y + 0.12, 4.0)
            for number, (x, y) in enumerate(POSTS, 1)
        ),
    ),
    views={
        "main": View((0.5, -8.2, 4.2), (-0.3, 4.0, 0.7), 68),
        "close": View((0.5, -7.4, 4.2), (-0.2, 3.0, 0.8), 56),
        "close side": View((-10.4, -4.2, 3.8), (-0.5, 3.2, 0.8), 58),
        "near": View((-3.4, -6.0, 3.5), (0.0, 2.4, 0.7), 56),
        "near front": View((0.4, -6.6, 3.5), (-0.2, 2.8, 0.7), 56),
        "side": View((-11.0, -4.5, 3.8), (1.0, 3.6, 0.8), 70),
        "fence": View((3.0, -1.5, 3.6), (-2.2, 8.0, 0.9), 74),
    },
    spots={
        "middle": (0, 0, 0),
        "bench": (-6.0, 2.12, 0),
        "gate": (5.4, 8.0, 0),
        "fence": (-2.0, 7.4, 0),
        "behind fence": (-2.0, 9.4, 0),
        "bed": (7.7, -2.0, 0),
        "bin": (4.0, 3.4, 0),
        "west": (-11.5, 0.5, 0),
        "east": (11.5, 1.5, 0),
    },
    areas={
        "yard": ((-12, -4), (12, -4), (12, 7.6), (-12, 7.6)),
        "lawn": ((-12.5, 8.4), (12.5, 8.4), (12.5, 14.5), (-12.5, 14.5)),
        "along the fence": ((-11, 5.0), (3.5, 5.0), (3.5, 7.8), (-11, 7.8)),
        "middle": ((-3, -2), (3, -2), (3, 3.5), (-3, 3.5)),
    },
    lamps=(*(Lamp((x, y - 0.5, 3.9)) for x, y in POSTS), Lamp((4.0, -8.8, 4.6), 0.9)),
    sun_bearing_deg=215,
)


def fixtures(seed: int) -> list[Thing]:
    """What is parked here."""
    return [b.parked("e_bike" if n % 2 else "bicycle", seed + n, -12.2, -2.0 + 0.9 * n, 0.15) for n in range(3)]


def pieces(seed: int) -> list[Piece]:
    """Everything that stands; the seed chooses walls, trees and what is parked."""
    dice = np.random.default_rng(seed)
    walls = ((0.55, 0.50, 0.42), (0.50, 0.38, 0.30), (0.48, 0.49, 0.50))
    house = b.plaster(walls[int(dice.integers(3))])
    ground = (b.PAVERS, b.SLABS, b.CONCRETE)[seed % 3]
    made = [
        b.floor(-60, -40, 60, 60, b.ASPHALT, -0.03),
        b.floor(-13, -12, 13, FENCE_Y, ground),
        b.floor(-13, FENCE_Y, 13, 16, b.GRASS, 0.0),
        *b.fence((-13, FENCE_Y), (4.0, FENCE_Y), FENCE_M),
        *b.fence((6.8, FENCE_Y), (13, FENCE_Y), FENCE_M),
        b.cuboid(3.85, FENCE_Y - 0.2, 4.15, FENCE_Y + 0.2, 0, 2.4, b.BRICK),
        b.cuboid(6.65, FENCE_Y - 0.2, 6.95, FENCE_Y + 0.2, 0, 2.4, b.BRICK),
        b.floor(4.15, FENCE_Y, 6.65, 16, b.PAVERS, 0.01),
        *b.bench(-6.0, 2.6),
        b.cuboid(6.2, -1.5, 9.2, 0.9, 0, 0.32, b.BRICK),
        *b.hedge(6.4, -1.3, 9.0, 0.7, 0.62, seed),
        *b.facade((-18, 22), (18, 22), 6, house, seed + 5),
        *b.facade((16, 20), (16, -12), 5, house, seed + 6),
        *b.facade((-16, -12), (-16, 20), 5, house, seed + 7),
        *b.facade((18, -14), (-18, -14), 4, house, seed + 8),
    ]
    for number, spot in enumerate(TREES):
        made += b.tree(spot, float(dice.uniform(4.6, 6.6)), seed * 10 + number)
    for x, y in POSTS:
        made += b.lamp_post((x, y), 4.1, (0.0, -0.5))
    for thing in fixtures(seed):
        made += b.standing(thing)
    return made
