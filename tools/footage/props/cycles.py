"""Bicycles and electric scooters («e-bikes»): tubes, tyres, a saddle where `motion.riding` seats the rider."""

import numpy as np
from numpy.typing import NDArray

from tools.footage.looks import Colour
from tools.footage.mesh import Piece, Stuff, box, disc, loft, ring, tube
from tools.footage.motion.riding import BAR_M, BRACKET_M, SADDLE_M, SEAT_M
from tools.footage.props.vehicles import DARK, FRONT_LAMP, REAR_LAMP, RIM, TYRE

Wheels = list[tuple[Piece, tuple[float, float]]]


def _wheel(x: float, radius: float, thick: float, spokes: int) -> Wheels:
    pieces = [ring(radius - thick, thick, TYRE, 26, 6), ring(radius - 2.2 * thick, 0.010, RIM, 26, 5)]
    for angle in np.linspace(0, np.pi, spokes, endpoint=False):
        end = np.array([np.cos(angle), 0, np.sin(angle)]) * (radius - 2 * thick)
        pieces.append(tube(np.stack([-end, end]), 0.004, RIM, 4))
    pieces.append(disc(0.045, 0.09, DARK, 10))
    return [(piece.moved(by=(x, 0, radius)), (x, radius)) for piece in pieces]


def bicycle(colour: Colour, *, basket: bool) -> tuple[list[Piece], Wheels]:
    """A city bicycle, 1.75 m long; the origin is under its pedals."""
    paint, metal = Stuff("paint", colour), Stuff("metal", (0.4, 0.4, 0.42))
    radius, rear, front = 0.34, -0.45, 0.62
    bracket, seat = (BRACKET_M[0], 0, BRACKET_M[1]), (SADDLE_M[0] + 0.02, 0, SADDLE_M[1] - 0.16)
    head, low = (0.40, 0, 0.88), (0.44, 0, 0.70)

    def bar(points: list[tuple[float, float, float]], thick: float, stuff: Stuff) -> Piece:
        return tube(np.array(points), thick, stuff, 7)

    pieces = [
        bar([bracket, seat], 0.017, paint),
        bar([bracket, low], 0.020, paint),
        bar([seat, head], 0.017, paint),
        bar([head, low], 0.021, paint),
        bar([seat, (SADDLE_M[0], 0, SADDLE_M[1] - 0.02)], 0.014, metal),
        bar([head, (BAR_M[0] - 0.05, 0, BAR_M[1])], 0.014, metal),
        bar(
            [(0.30, -0.29, 1.02), (BAR_M[0] - 0.02, -0.16, BAR_M[1]), (BAR_M[0], 0.16, BAR_M[1]), (0.30, 0.29, 1.02)],
            0.013,
            metal,
        ),
        box((0.26, 0.16, 0.06), DARK, (SADDLE_M[0], 0, SADDLE_M[1]), bulge=0.6),
        bar([(rear, 0.06, radius + 0.36), (seat[0], 0.05, radius + 0.36)], 0.010, metal),
        box((0.40, 0.13, 0.02), metal, (rear + 0.05, 0, radius + 0.37)),
        box((0.05, 0.07, 0.06), REAR_LAMP, (rear - 0.18, 0, radius + 0.33), bulge=0.4),
        box((0.07, 0.08, 0.08), FRONT_LAMP, (0.50, 0, 0.92), bulge=0.5),
    ]
    for side in (-0.055, 0.055):
        pieces += [
            bar([bracket, (rear, side, radius)], 0.010, paint),
            bar([seat, (rear, side, radius)], 0.010, paint),
            bar([low, (front, side, radius)], 0.013, paint),
        ]
    mud = [
        (x + 0.385 * np.cos(a), 0, radius + 0.385 * np.sin(a)) for x, a in ((rear, t) for t in np.linspace(0.6, 3.2, 9))
    ]
    pieces.append(bar([(float(x), 0.0, float(z)) for x, _, z in mud], 0.026, DARK))
    pieces += [
        disc(0.09, 0.012, metal, 16).moved(by=(0, -0.05, BRACKET_M[1])),
        bar([(0, -0.08, BRACKET_M[1]), (0.16, -0.1, BRACKET_M[1] - 0.04)], 0.012, metal),
    ]
    pieces.append(bar([(0, 0.08, BRACKET_M[1]), (-0.16, 0.1, BRACKET_M[1] + 0.04)], 0.012, metal))
    if basket:
        pieces.append(box((0.28, 0.34, 0.24), Stuff("metal", (0.12, 0.12, 0.12)), (0.66, 0, 0.92)))
    return pieces, _wheel(rear, radius, 0.022, 9) + _wheel(front, radius, 0.022, 9)


def e_bike(colour: Colour, *, box_behind: bool) -> tuple[list[Piece], Wheels]:
    """An electric scooter as in every Chinese courtyard, 1.7 m long: leg shield, footboard, long seat."""
    paint = Stuff("paint", colour)
    radius, rear, front = 0.225, -0.58, 0.68

    def ring_at(x: float, z: float, wide: float, high: float) -> NDArray[np.float64]:
        angle = np.linspace(0, 2 * np.pi, 14, endpoint=False)
        return np.stack([np.full(14, x), wide * np.cos(angle), z + high * np.sin(angle)], 1)

    tail = [(-0.80, 0.62, 0.06, 0.05), (-0.62, 0.58, 0.14, 0.13), (-0.30, 0.52, 0.16, 0.20), (-0.05, 0.46, 0.14, 0.20)]
    board = [(-0.08, 0.30, 0.14, 0.06), (0.36, 0.30, 0.15, 0.05), (0.46, 0.36, 0.12, 0.08)]
    pieces = [
        loft([ring_at(*row) for row in tail], paint),
        loft([ring_at(*row) for row in board], DARK),
        box((0.66, 0.25, 0.12), DARK, (-0.38, 0, SEAT_M - 0.05), bulge=0.45),
        box((0.10, 0.40, 0.52), paint, (0.47, 0, 0.66), bulge=0.5).moved(),
        box((0.14, 0.26, 0.22), paint, (0.52, 0, 0.92), bulge=0.6),
        box((0.06, 0.14, 0.10), FRONT_LAMP, (0.60, 0, 0.88), bulge=0.5),
        box((0.34, 0.16, 0.10), paint, (front, 0, 0.44), bulge=0.6),
        box((0.06, 0.16, 0.07), REAR_LAMP, (-0.80, 0, 0.60), bulge=0.4),
        tube(np.array([(0.46, 0, 0.40), (front, 0.07, radius)]), 0.022, DARK, 7),
        tube(np.array([(0.46, 0, 0.40), (front, -0.07, radius)]), 0.022, DARK, 7),
        tube(
            np.array([(0.36, -0.34, 1.02), (0.44, -0.12, 1.0), (0.44, 0.12, 1.0), (0.36, 0.34, 1.02)]), 0.016, DARK, 7
        ),
        tube(np.array([(-0.2, 0, 0.3), (rear, 0.09, radius)]), 0.03, DARK, 7),
    ]
    for side in (-1, 1):
        pieces.append(tube(np.array([(0.40, side * 0.26, 1.02), (0.38, side * 0.30, 1.16)]), 0.006, DARK, 5))
        pieces.append(box((0.03, 0.12, 0.08), DARK, (0.38, side * 0.31, 1.19), bulge=0.4))
    if box_behind:
        pieces.append(box((0.32, 0.36, 0.30), DARK, (-0.86, 0, 0.86), bulge=0.2))
    return pieces, _wheel(rear, radius, 0.05, 5) + _wheel(front, radius, 0.05, 5)
