"""Small things: bags, suitcases, boxes, bins, bottles."""

import numpy as np
from numpy.typing import NDArray

from tools.footage.looks import Colour
from tools.footage.mesh import Piece, Stuff, box, disc, loft, tube
from tools.footage.props.vehicles import DARK, TYRE

CARDBOARD = Stuff("plastic", (0.36, 0.24, 0.13))


def bag(colour: Colour) -> list[Piece]:
    """A shopping or travel bag that stands on the ground."""
    stuff = Stuff("leather", colour)
    arc = np.array([(-0.14, 0, 0.28), (-0.10, 0, 0.44), (0.10, 0, 0.44), (0.14, 0, 0.28)])
    handles = [tube(np.add(arc, (0, side * 0.06, 0)), 0.010, DARK, 6) for side in (-1, 1)]
    return [box((0.46, 0.22, 0.32), stuff, (0, 0, 0.16), bulge=0.3), *handles]


def backpack(colour: Colour) -> list[Piece]:
    """A backpack put down, leaning a little."""
    stuff = Stuff("cloth", colour)
    return [
        box((0.20, 0.30, 0.44), stuff, (0, 0, 0.22), bulge=0.35),
        box((0.09, 0.24, 0.20), stuff, (-0.11, 0, 0.14), bulge=0.4),
        tube(np.array([(0.09, -0.08, 0.40), (0.18, -0.09, 0.26), (0.10, -0.1, 0.06)]), 0.018, stuff, 6),
        tube(np.array([(0.09, 0.08, 0.40), (0.18, 0.09, 0.26), (0.10, 0.1, 0.06)]), 0.018, stuff, 6),
    ]


def suitcase(colour: Colour) -> list[Piece]:
    """A trolley case, its handle pulled out."""
    stuff = Stuff("plastic", colour)
    grooves = [box((0.245, 0.012, 0.56), DARK, (0, y, 0.35)) for y in (-0.12, 0.0, 0.12)]
    bars = [tube(np.array([(-0.06, y, 0.64), (-0.06, y, 1.0)]), 0.008, DARK, 5) for y in (-0.09, 0.09)]
    wheels = [disc(0.03, 0.03, TYRE, 10).moved(by=(x, y, 0.03)) for x in (-0.09, 0.09) for y in (-0.17, 0.17)]
    grip = box((0.03, 0.22, 0.03), DARK, (-0.06, 0, 1.0), bulge=0.3)
    return [box((0.26, 0.44, 0.62), stuff, (0, 0, 0.36), bulge=0.18), *grooves, *bars, *wheels, grip]


def carton() -> list[Piece]:
    """A cardboard box with tape."""
    return [
        box((0.40, 0.50, 0.34), CARDBOARD, (0, 0, 0.17)),
        box((0.402, 0.06, 0.342), Stuff("plastic", (0.5, 0.42, 0.3)), (0, 0, 0.17)),
    ]


def bin_(colour: Colour) -> list[Piece]:
    """A wheeled rubbish bin of 240 litres."""
    stuff = Stuff("plastic", colour)

    def ring_at(z: float, wide: float, deep: float) -> NDArray[np.float64]:
        x = np.array([-1, 1, 1, -1]) * deep / 2
        y = np.array([-1, -1, 1, 1]) * wide / 2
        return np.stack([x, y, np.full(4, z)], 1)

    body = loft([ring_at(0.06, 0.44, 0.50), ring_at(0.98, 0.58, 0.70)], stuff)
    lid = box((0.76, 0.62, 0.09), stuff, (0.0, 0, 1.03), bulge=0.25)
    wheels = [disc(0.1, 0.05, TYRE, 14).moved(by=(-0.24, y, 0.1)) for y in (-0.25, 0.25)]
    return [
        Piece(body.vertices, body.faces, stuff, soft=False),
        lid,
        *wheels,
        box((0.05, 0.5, 0.04), stuff, (-0.38, 0, 1.0)),
    ]


def bottle() -> list[Piece]:
    """A bottle, lying in the air or on the ground; about its middle."""
    angle = np.linspace(0, 2 * np.pi, 10, endpoint=False)
    rows = [(-0.13, 0.04), (0.04, 0.04), (0.09, 0.018), (0.14, 0.016)]
    rings = [np.stack([np.full(10, x), r * np.cos(angle), 0.04 + r * np.sin(angle)], 1) for x, r in rows]
    return [loft(rings, Stuff("glass", (0.05, 0.16, 0.06)))]
