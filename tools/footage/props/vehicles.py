"""Cars and vans: a skin over cross-sections along the length; windows, lamps and wheels put on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.footage.looks import Colour
from tools.footage.mesh import Piece, Stuff, box, disc, loft, ring

GLASS = Stuff("glass", (0.02, 0.025, 0.03))
TYRE = Stuff("rubber", (0.02, 0.02, 0.02))
RIM = Stuff("metal", (0.45, 0.45, 0.47))
DARK = Stuff("plastic", (0.03, 0.03, 0.032))
FRONT_LAMP, REAR_LAMP = Stuff("plastic", (0.75, 0.77, 0.8)), Stuff("plastic", (0.45, 0.02, 0.02))
PLATE = Stuff("plastic", (0.05, 0.12, 0.45))


@dataclass(frozen=True, slots=True)
class Form:
    """A vehicle's outline, metres: stations along x from rear to front with belt and roof heights and half widths."""

    stations: tuple[tuple[float, float, float, float], ...]
    """x, belt, roof, half width; roof equal to belt where there is none."""
    axles: tuple[float, float]
    wheel: float


SEDAN = Form(
    (
        (-2.28, 0.80, 0.80, 0.70),
        (-2.18, 0.96, 0.97, 0.82),
        (-1.72, 0.99, 1.00, 0.87),
        (-1.05, 0.98, 1.38, 0.88),
        (-0.45, 0.96, 1.45, 0.89),
        (0.25, 0.95, 1.44, 0.89),
        (0.42, 0.95, 1.41, 0.89),
        (1.12, 0.95, 0.97, 0.88),
        (1.80, 0.86, 0.87, 0.86),
        (2.20, 0.74, 0.75, 0.78),
        (2.32, 0.58, 0.58, 0.66),
    ),
    (-1.36, 1.36),
    0.325,
)
SUV = Form(
    (
        (-2.25, 0.85, 0.85, 0.74),
        (-2.15, 1.05, 1.10, 0.86),
        (-1.95, 1.08, 1.55, 0.89),
        (-1.30, 1.08, 1.66, 0.91),
        (-0.30, 1.06, 1.68, 0.92),
        (0.35, 1.06, 1.65, 0.92),
        (0.50, 1.06, 1.60, 0.92),
        (1.15, 1.06, 1.08, 0.91),
        (1.85, 0.98, 0.99, 0.89),
        (2.20, 0.84, 0.85, 0.82),
        (2.30, 0.64, 0.64, 0.70),
    ),
    (-1.32, 1.36),
    0.36,
)
VAN = Form(
    (
        (-2.55, 1.00, 1.00, 0.80),
        (-2.50, 1.12, 1.88, 0.88),
        (-2.35, 1.12, 1.96, 0.91),
        (-1.20, 1.12, 1.98, 0.92),
        (0.30, 1.12, 1.98, 0.92),
        (1.15, 1.12, 1.92, 0.92),
        (1.30, 1.12, 1.86, 0.92),
        (1.95, 1.10, 1.12, 0.90),
        (2.35, 0.98, 0.99, 0.86),
        (2.48, 0.70, 0.70, 0.76),
    ),
    (-1.55, 1.60),
    0.335,
)
PAINTS: tuple[Colour, ...] = (
    (0.72, 0.73, 0.72),
    (0.72, 0.73, 0.72),
    (0.02, 0.02, 0.022),
    (0.32, 0.33, 0.35),
    (0.12, 0.125, 0.13),
    (0.30, 0.02, 0.02),
    (0.03, 0.07, 0.25),
    (0.38, 0.30, 0.20),
)


def _section(x: float, belt: float, roof: float, wide: float) -> NDArray[np.float64]:
    """One ring, counter-clockwise seen from the front: floor, sill, belt, roof and back on the other side."""
    inset = 0.16 * min(1.0, (roof - belt) / 0.4)
    crown = 0.03 if roof > belt + 0.1 else 0.015
    right = [(wide * 0.82, 0.19), (wide * 0.98, 0.30), (wide, 0.30 + 0.6 * (belt - 0.3)), (wide * 0.97, belt)]
    right += [(wide * 0.97 - inset, roof), ((wide * 0.97 - inset) * 0.5, roof + crown)]
    ring_ = [*right, *[(-y, z) for y, z in reversed(right)]]
    return np.array([(x, y, z) for y, z in ring_])


def _finer(stations: tuple[tuple[float, float, float, float], ...], step: float) -> NDArray[np.float64]:
    at = np.array(stations)
    x = np.unique(np.concatenate([np.arange(at[0, 0], at[-1, 0], step), at[:, 0]]).round(3))
    return np.stack([x, *(np.interp(x, at[:, 0], at[:, k]) for k in (1, 2, 3))], 1)


def _windowed(body: Piece, form: Form, rear_glass: bool) -> list[Piece]:
    """The skin parted into paint and glass."""
    faces = body.faces
    corner = np.where(faces < 0, faces[:, [0]], faces)
    middle = body.vertices[corner].mean(1)
    at = np.array(form.stations)
    belt = np.interp(middle[:, 0], at[:, 0], at[:, 1])
    roof = np.interp(middle[:, 0], at[:, 0], at[:, 2])
    high = roof - belt > 0.08
    side = (np.abs(middle[:, 1]) > 0.62) & (middle[:, 2] > belt + 0.02) & (middle[:, 2] < roof - 0.02)
    ends = np.ptp(body.vertices[corner][..., 0], axis=1) > 1e-3
    rise = np.ptp(body.vertices[corner][..., 2], axis=1) / np.maximum(
        np.ptp(body.vertices[corner][..., 0], axis=1), 1e-3
    )
    front = (middle[:, 2] > belt + 0.04) & (rise > 0.35) & (np.abs(middle[:, 1]) < 0.70) & ends
    if not rear_glass:
        front &= middle[:, 0] > 0
    pillars = (np.abs(middle[:, 0] - form.stations[4][0] - 0.12) < 0.07) & side
    glass = high & (side | front) & ~pillars
    if not rear_glass:
        glass &= middle[:, 0] > form.stations[4][0] - 0.1
    return [
        Piece(body.vertices, faces[~glass], body.stuff),
        Piece(body.vertices, faces[glass], GLASS),
    ]


def _rear_doors(form: Form) -> list[Piece]:
    """What a van shows from behind: a window in each of two doors, the gap between them, tall lamps at the corners."""
    rear, belt, roof = form.stations[0][0], *form.stations[1][1:3]
    high = roof - belt
    made = [box((0.04, 0.02, roof - 0.5), DARK, (rear + 0.01, 0, 0.5 + (roof - 0.5) / 2 - 0.06))]
    for side in (-1, 1):
        made.append(box((0.05, 0.5, 0.62 * high), GLASS, (rear + 0.02, side * 0.33, belt + 0.45 * high), bulge=0.05))
        made.append(box((0.14, 0.12, 0.42), REAR_LAMP, (rear + 0.06, side * 0.75, belt - 0.16), bulge=0.1))
    return made


def wheels(form: Form, wide: float) -> list[tuple[Piece, tuple[float, float]]]:
    """Four wheels and their axles (x, z)."""
    made = []
    for x in form.axles:
        for side in (-1, 1):
            y = side * (wide - 0.075)
            tyre = ring(form.wheel - 0.075, 0.075, TYRE, 22, 6)
            drum = disc(form.wheel - 0.10, 0.20, RIM, 14)
            for piece in (Piece(tyre.vertices * (1, 1.5, 1), tyre.faces, TYRE), drum, *_spokes(form.wheel)):
                made.append((piece.moved(by=(x, y, form.wheel)), (x, form.wheel)))
    return made


def _spokes(radius: float) -> list[Piece]:
    return [box((2 * radius - 0.24, 0.215, 0.05), DARK).moved(_about_y(angle)) for angle in (0.3, 1.35, 2.4)]


def _about_y(angle: float) -> NDArray[np.float64]:
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]])


def vehicle(
    form: Form, paint: Colour, *, rear_glass: bool = True
) -> tuple[list[Piece], list[tuple[Piece, tuple[float, float]]]]:
    """A vehicle's stiff pieces and its wheels with their axles."""
    rows = _finer(form.stations, 0.11)
    body = loft([_section(*row) for row in rows.tolist()], Stuff("paint", paint))
    wide = float(rows[:, 3].max())
    rear, front = form.stations[0][0], form.stations[-1][0]
    pieces = _windowed(body, form, rear_glass)
    for x in form.axles:
        for side in (-1, 1):
            arch = disc(form.wheel + 0.06, 0.12, DARK, 22)
            pieces.append(arch.moved(by=(x, side * (wide - 0.056), form.wheel + 0.065)))
    light = form.stations[-2][1] - 0.06
    for side in (-1, 1):
        pieces.append(box((0.16, 0.34, 0.12), FRONT_LAMP, (front - 0.11, side * 0.56, light - 0.02), bulge=0.3))
        pieces.append(
            box((0.12, 0.28, 0.16), REAR_LAMP, (rear + 0.08, side * 0.60, form.stations[1][1] - 0.10), bulge=0.2)
        )
        mirror = form.stations[6][0] + 0.30
        pieces.append(
            box(
                (0.12, 0.16, 0.12),
                Stuff("paint", paint),
                (mirror, side * (wide + 0.06), form.stations[6][1] + 0.06),
                bulge=0.4,
            )
        )
    if not rear_glass:
        pieces += _rear_doors(form)
    for x, z in ((front - 0.01, 0.45), (rear + 0.0, 0.62)):
        pieces.append(box((0.05, 0.44, 0.13), PLATE, (x, 0, z)))
    pieces.append(box((0.10, 1.1, 0.16), DARK, (front - 0.06, 0, 0.38), bulge=0.3))
    pieces.append(box((0.10, 1.2, 0.14), DARK, (rear + 0.03, 0, 0.36), bulge=0.3))
    return pieces, wheels(form, wide)
