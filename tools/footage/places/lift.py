"""The lift: a cabin with open doors towards the hall; the camera hangs in the cabin's far corner."""

from tools.footage.mesh import Piece, Stuff, box
from tools.footage.places import building as b
from tools.footage.places.base import Lamp, Place, across, block
from tools.footage.world import View

STEEL = Stuff("metal", (0.50, 0.50, 0.51))
PANEL = Stuff("plastic", (0.50, 0.46, 0.38))
FLOOR = Stuff("tile", (0.26, 0.25, 0.24), second=(0.12, 0.12, 0.12))
HALL_FLOOR = Stuff("tile", (0.46, 0.44, 0.40), second=(0.22, 0.21, 0.2))

LIFT = Place(
    name="lift",
    title="Lift cabin with its hall",
    bounds=(-2.6, -4.2, 2.6, 2.4),
    obstacles=(
        across("west wall", (-1.1, 0.0), (-1.1, 2.4), 2.5, 0.1),
        across("east wall", (1.1, 0.0), (1.1, 2.4), 2.5, 0.1),
        across("back wall", (-1.1, 2.4), (1.1, 2.4), 2.5, 0.1),
        across("door west", (-2.6, -0.1), (-0.68, -0.1), 2.6, 0.2),
        across("door east", (0.68, -0.1), (2.6, -0.1), 2.6, 0.2),
        block("hall back", -2.6, -4.6, 2.6, -4.3, 2.7),
    ),
    views={
        "main": View((0.98, 2.28, 2.42), (-0.06, 0.25, 0.5), 94),
        "hall": View((2.3, -4.0, 2.5), (-0.4, -0.6, 0.7), 80),
    },
    spots={
        "inside": (0.0, 1.2, 0),
        "left": (-0.6, 1.6, 0),
        "right": (0.55, 1.4, 0),
        "door": (0.0, 0.2, 0),
        "hall": (0.0, -1.8, 0),
        "hall left": (-1.8, -2.2, 0),
        "hall right": (1.8, -2.6, 0),
    },
    areas={
        "cabin": ((-1.05, 0.05), (1.05, 0.05), (1.05, 2.35), (-1.05, 2.35)),
        "hall": ((-2.5, -4.2), (2.5, -4.2), (2.5, -0.3), (-2.5, -0.3)),
    },
    lamps=(
        Lamp((0.0, 1.2, 2.36), colour=(1, 0.95, 0.87), watts=62),
        Lamp((-1.2, -2.2, 2.5), colour=(1, 0.93, 0.82), watts=120),
        Lamp((1.3, -2.4, 2.5), colour=(1, 0.93, 0.82), watts=90),
    ),
    indoors=True,
)


def pieces(seed: int) -> list[Piece]:
    """Cabin and hall; the seed chooses the walls' colours."""
    hall = b.plaster(((0.58, 0.55, 0.48), (0.50, 0.55, 0.55), (0.60, 0.52, 0.42))[seed % 3])
    lining = STEEL if seed % 2 else PANEL
    ceiling = b.plaster((0.62, 0.62, 0.60))
    made = [
        b.floor(-1.1, 0.0, 1.1, 2.4, FLOOR),
        b.floor(-2.6, -4.5, 2.6, 0.0, HALL_FLOOR),
        b.beam((-1.15, 0.0), (-1.15, 2.5), 0, 2.5, 0.1, lining),
        b.beam((1.15, 0.0), (1.15, 2.5), 0, 2.5, 0.1, lining),
        b.beam((-1.2, 2.45), (1.2, 2.45), 0, 2.5, 0.1, lining),
        b.cuboid(-1.2, -0.2, 1.2, 2.5, 2.5, 2.6, ceiling),
        b.cuboid(-0.5, 0.7, 0.5, 1.7, 2.46, 2.5, Stuff("lamp", (0.8, 0.8, 0.78))),
        b.beam((-2.6, -0.1), (-0.68, -0.1), 0, 2.7, 0.2, hall),
        b.beam((0.68, -0.1), (2.6, -0.1), 0, 2.7, 0.2, hall),
        b.cuboid(-0.68, -0.2, 0.68, 0.0, 2.1, 2.7, hall),
        b.beam((-0.72, -0.22), (-0.66, -0.22), 0, 2.15, 0.06, STEEL),
        b.beam((0.66, -0.22), (0.72, -0.22), 0, 2.15, 0.06, STEEL),
        b.beam((-2.65, -4.5), (-2.65, 0), 0, 2.7, 0.1, hall),
        b.beam((2.65, -4.5), (2.65, 0), 0, 2.7, 0.1, hall),
        b.beam((-2.6, -4.45), (2.6, -4.45), 0, 2.7, 0.1, hall),
        b.cuboid(-2.7, -4.6, 2.7, -0.2, 2.7, 2.8, ceiling),
        b.cuboid(-0.5, -4.44, 0.5, -4.36, 0, 2.1, Stuff("paint", (0.25, 0.10, 0.06))),
        box((0.04, 0.24, 0.9), PANEL, (1.08, 0.35, 1.2)),
        box((0.06, 1.9, 0.05), STEEL, (-1.05, 1.3, 0.9)),
        box((1.6, 0.06, 0.05), STEEL, (0, 2.36, 0.9)),
    ]
    for row in range(5):
        for column in range(2):
            made.append(
                box(
                    (0.02, 0.05, 0.05),
                    Stuff("plastic", (0.6, 0.58, 0.5)),
                    (1.055, 0.29 + 0.1 * column, 0.9 + 0.12 * row),
                )
            )
    return made
