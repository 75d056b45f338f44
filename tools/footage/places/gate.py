"""The gate: a wall with a passage for people (pillars, a narrow way between rails) and a guard's hut."""

import numpy as np

from tools.footage.mesh import Piece, Stuff, box
from tools.footage.places import building as b
from tools.footage.places.base import Lamp, Place, across, block
from tools.footage.world import Thing, View

WALL_Y = 3.0
GATE = Place(
    name="gate",
    title="Gate with a passage",
    bounds=(-10, -6, 10, 12),
    obstacles=(
        across("wall west", (-10, WALL_Y), (-1.0, WALL_Y), 2.3, 0.3),
        across("wall east", (1.0, WALL_Y), (10, WALL_Y), 2.3, 0.3),
        across("rail west", (-0.85, 1.2), (-0.85, 4.4), 1.0, 0.08),
        across("rail east", (0.85, 1.2), (0.85, 4.4), 1.0, 0.08),
        block("hut", 2.4, 3.3, 5.0, 5.6, 2.7),
        block("lamp", -2.72, 1.88, -2.48, 2.12, 4.0),
        block("tree", -6.2, 6.3, -5.8, 6.7, 5.0),
    ),
    views={
        "main": View((2.6, -5.4, 3.9), (-0.2, 3.2, 0.9), 66),
        "near": View((2.4, -3.6, 3.6), (-0.4, 3.4, 0.8), 58),
        "inside": View((-3.6, 10.6, 3.8), (0.3, 2.6, 0.8), 66),
    },
    spots={
        "gate": (0, WALL_Y, 0),
        "outside": (0, -1.5, 0),
        "inside": (0, 6.5, 0),
        "outside west": (-7.5, -1.0, 0),
        "outside east": (7.5, -1.5, 0),
        "inside west": (-7.5, 9.0, 0),
        "inside east": (7.5, 8.0, 0),
        "reader": (-0.5, 1.4, 0),
    },
    areas={
        "gate": ((-0.8, 1.4), (0.8, 1.4), (0.8, 4.3), (-0.8, 4.3)),
        "outside": ((-9, -4), (9, -4), (9, 2.7), (-9, 2.7)),
        "inside": ((-9, 3.3), (9, 3.3), (9, 11), (-9, 11)),
    },
    lamps=(Lamp((-2.6, 1.4, 3.9)), Lamp((1.6, 6.4, 3.2), 0.6), Lamp((4.5, -5.5, 4.6), 0.8)),
    sun_bearing_deg=240,
)


def fixtures(seed: int) -> list[Thing]:
    """What is parked here."""
    return [b.parked("car", seed + 2, 8.6, 7.0, float(np.pi / 2))]


def pieces(seed: int) -> list[Piece]:
    """Everything that stands."""
    dice = np.random.default_rng(seed)
    skin = b.BRICK if seed % 2 else b.plaster((0.52, 0.48, 0.40))
    house = b.plaster(((0.48, 0.44, 0.38), (0.50, 0.40, 0.32), (0.46, 0.47, 0.50))[seed % 3])
    made = [
        b.floor(-50, -40, 50, 50, b.ASPHALT, -0.03),
        b.floor(-12, -8, 12, WALL_Y, b.SLABS if seed % 2 else b.PAVERS),
        b.floor(-12, WALL_Y, 12, 13, b.PAVERS if seed % 2 else b.CONCRETE),
        *b.wall((-12, WALL_Y), (-1.0, WALL_Y), 2.3, skin, 0.3),
        *b.wall((1.0, WALL_Y), (12, WALL_Y), 2.3, skin, 0.3),
        b.cuboid(-1.35, WALL_Y - 0.3, -0.95, WALL_Y + 0.3, 0, 3.0, skin),
        b.cuboid(0.95, WALL_Y - 0.3, 1.35, WALL_Y + 0.3, 0, 3.0, skin),
        b.cuboid(-1.6, WALL_Y - 0.5, 1.6, WALL_Y + 0.5, 3.0, 3.16, b.CONCRETE),
        *_rails(),
        *_hut(),
        *b.facade((-24, 20), (24, 20), 6, house, seed + 3, balconies=True),
        *b.facade((18, 20), (18, -14), 5, house, seed + 4),
        *b.facade((-18, -14), (-18, 20), 5, house, seed + 5),
        *b.facade((24, -16), (-24, -16), 5, house, seed + 6),
        *b.hedge(-9.5, 3.5, -3.0, 4.4, 0.9, seed),
        *b.lamp_post((-2.6, 2.0), 4.1, (0, -0.6)),
    ]
    for number, spot in enumerate(((-6.0, 6.5), (6.5, 11.5), (-9.0, 12.0))):
        made += b.tree(spot, float(dice.uniform(5.0, 6.6)), seed * 10 + number)
    for thing in fixtures(seed):
        made += b.standing(thing)
    return made


def _rails() -> list[Piece]:
    made = []
    for side in (-1, 1):
        x = side * 0.85
        made += [b.beam((x, 1.2), (x, 4.4), z, z + 0.05, 0.05, b.PALE_STEEL) for z in (0.5, 0.95)]
        made += [box((0.07, 0.07, 1.0), b.PALE_STEEL, (x, y, 0.5)) for y in (1.2, 2.25, 3.7, 4.4)]
    made.append(box((0.16, 0.12, 1.15), Stuff("plastic", (0.06, 0.06, 0.07)), (-0.98, 1.3, 0.58)))
    made.append(box((0.10, 0.02, 0.14), Stuff("plastic", (0.08, 0.25, 0.5)), (-0.98, 1.23, 1.05)))
    return made


def _hut() -> list[Piece]:
    walls = b.plaster((0.55, 0.55, 0.52))
    return [
        b.cuboid(2.4, 3.3, 5.0, 5.6, 0, 2.5, walls),
        b.cuboid(2.2, 3.1, 5.2, 5.8, 2.5, 2.68, b.CONCRETE),
        b.cuboid(2.37, 3.9, 2.42, 5.2, 1.0, 2.1, b.LIT),
        b.cuboid(2.8, 5.57, 4.6, 5.63, 1.0, 2.1, b.WINDOW),
    ]
