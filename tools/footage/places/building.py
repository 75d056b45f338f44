"""What places are built of: ground, walls, fences, façades, trees, lamp posts, benches. Pieces of numpy."""

import numpy as np
from numpy.typing import NDArray

from tools.footage.looks import Colour
from tools.footage.mesh import Piece, Stuff, box, disc, tube
from tools.footage.places.base import Spot
from tools.footage.props import prop
from tools.footage.world import Thing

STEEL = Stuff("metal", (0.10, 0.11, 0.12))
PALE_STEEL = Stuff("metal", (0.42, 0.43, 0.45))
BARK = Stuff("bark", (0.07, 0.05, 0.035))
WHITE_LINE, YELLOW_LINE = (
    Stuff("plaster", (0.62, 0.62, 0.60), second=(0.4, 0.4, 0.38)),
    Stuff("plaster", (0.6, 0.42, 0.05), second=(0.42, 0.3, 0.06)),
)
ASPHALT = Stuff("asphalt", (0.085, 0.085, 0.088), second=(0.055, 0.055, 0.058))
PAVERS = Stuff("pavers", (0.30, 0.27, 0.25), second=(0.16, 0.15, 0.14))
SLABS = Stuff("slabs", (0.34, 0.33, 0.31), second=(0.18, 0.175, 0.17))
CONCRETE = Stuff("concrete", (0.32, 0.31, 0.30), second=(0.22, 0.215, 0.21))
GRASS = Stuff("grass", (0.06, 0.11, 0.025), second=(0.035, 0.065, 0.018))
BRICK = Stuff("brick", (0.26, 0.10, 0.065), second=(0.34, 0.32, 0.29))
WINDOW = Stuff("window", (0.035, 0.045, 0.055))
LIT = Stuff("lit_window", (1.0, 0.72, 0.42))


def plaster(colour: Colour) -> Stuff:
    """Painted wall of a colour, with its stains."""
    return Stuff("plaster", colour, second=(colour[0] * 0.82, colour[1] * 0.80, colour[2] * 0.77))


def floor(west: float, south: float, east: float, north: float, stuff: Stuff, height_m: float = 0.0) -> Piece:
    """A flat rectangle."""
    corners = np.array([(west, south), (east, south), (east, north), (west, north)], np.float32)
    points = np.concatenate([corners, np.full((4, 1), height_m, np.float32)], 1)
    return Piece(points, np.array([[0, 1, 2, 3]], np.int32), stuff, soft=False)


def cuboid(west: float, south: float, east: float, north: float, low: float, high: float, stuff: Stuff) -> Piece:
    """A block by its six sides."""
    size = (east - west, north - south, high - low)
    return box(size, stuff, ((west + east) / 2, (south + north) / 2, (low + high) / 2))


def beam(start: Spot, end: Spot, low: float, high: float, thick: float, stuff: Stuff) -> Piece:
    """An upright slab along a line: a wall, a rail."""
    along = np.array(end) - np.array(start)
    length, angle = float(np.hypot(*along)), float(np.arctan2(along[1], along[0]))
    cosine, sine = np.cos(angle), np.sin(angle)
    turn = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, (low + high) / 2)
    return box((length, thick, high - low), stuff).moved(turn, middle)


def wall(start: Spot, end: Spot, height_m: float, stuff: Stuff, thick: float = 0.2) -> list[Piece]:
    """A wall with a coping."""
    coping = Stuff("concrete", (0.36, 0.35, 0.34), second=(0.26, 0.255, 0.25))
    return [
        beam(start, end, 0, height_m, thick, stuff),
        beam(start, end, height_m, height_m + 0.07, thick + 0.1, coping),
    ]


def fence(start: Spot, end: Spot, height_m: float, stuff: Stuff = STEEL, gap: float = 0.14) -> list[Piece]:
    """Upright bars between two rails, posts every 2.4 m on a low plinth."""
    begin, along = np.array(start, float), np.subtract(end, start).astype(float)
    length = float(np.hypot(*along))
    along /= length
    bars = [begin + along * at for at in np.arange(gap / 2, length, gap)]
    pieces = [beam(start, end, z, z + 0.04, 0.04, stuff) for z in (0.35, height_m - 0.25)]
    pieces += [
        box((0.022, 0.022, height_m - 0.25), stuff, (float(x), float(y), 0.25 + (height_m - 0.25) / 2)) for x, y in bars
    ]
    for at in np.arange(0, length + 0.01, 2.4):
        x, y = begin + along * min(at, length)
        pieces.append(box((0.09, 0.09, height_m + 0.1), stuff, (float(x), float(y), height_m / 2 + 0.05)))
    pieces.append(beam(start, end, 0, 0.25, 0.18, CONCRETE))
    return pieces


def tree(spot: Spot, height_m: float, seed: int) -> list[Piece]:
    """A round-headed tree: trunk, a few boughs, a crown of some thousand leaf sprays."""
    dice = np.random.default_rng(seed)
    x, y = spot
    trunk = height_m * 0.42
    stem = np.array([(x, y, -0.1), (x + dice.normal(0, 0.06), y, trunk * 0.5), (x, y + dice.normal(0, 0.1), trunk)])
    pieces = [tube(stem, 0.035 * height_m**0.75, BARK, 9)]
    centres = []
    for angle in np.linspace(0, 2 * np.pi, 7)[:-1] + dice.uniform(0, 1):
        far, up = height_m * dice.uniform(0.12, 0.24), height_m * dice.uniform(0.16, 0.42)
        end = np.array([x + far * np.cos(angle), y + far * np.sin(angle), trunk + up])
        pieces.append(
            tube(
                np.array([stem[2] - (0, 0, 0.2), (stem[2] + end) / 2 + (0, 0, 0.15), end]),
                0.012 * height_m**0.7,
                BARK,
                6,
            )
        )
        centres.append(end)
    centres.append(np.array([x, y, height_m * 0.86]))
    shade = dice.uniform(0.75, 1.15)
    green = Stuff("leaves", (0.055 * shade, 0.11 * shade, 0.022 * shade), second=(0.028 * shade, 0.06 * shade, 0.014))
    for centre in centres:
        pieces.append(leaves(centre, height_m * dice.uniform(0.15, 0.2), 420, 0.16, green, dice))
    return pieces


def leaves(
    centre: NDArray[np.floating], radius: float, count: int, size: float, stuff: Stuff, dice: np.random.Generator
) -> Piece:
    """Small leaf sprays in a ball, denser at its skin."""
    toward = dice.normal(size=(count, 3))
    toward /= np.linalg.norm(toward, axis=1, keepdims=True)
    middles = centre + toward * radius * dice.uniform(0.55, 1.08, (count, 1)) * (1, 1, 0.8)
    a = dice.normal(size=(count, 3))
    a /= np.linalg.norm(a, axis=1, keepdims=True)
    b = np.cross(a, dice.normal(size=(count, 3)))
    b /= np.linalg.norm(b, axis=1, keepdims=True)
    wide = size * dice.uniform(0.6, 1.3, (count, 1))
    corners = np.stack([middles - a * wide, middles - b * wide * 0.5, middles + a * wide, middles + b * wide * 0.5], 1)
    faces = np.arange(4 * count, dtype=np.int32).reshape(-1, 4)
    return Piece(corners.reshape(-1, 3).astype(np.float32), faces, stuff, soft=False)


def hedge(west: float, south: float, east: float, north: float, height_m: float, seed: int) -> list[Piece]:
    """A clipped hedge."""
    dice = np.random.default_rng(seed)
    dark, green = (
        Stuff("leaves", (0.02, 0.045, 0.012), second=(0.015, 0.03, 0.01)),
        Stuff("leaves", (0.06, 0.12, 0.03), second=(0.03, 0.07, 0.018)),
    )
    area = (east - west) * (north - south) + 2 * height_m * (east - west + north - south)
    count = int(area * 190)
    points = dice.uniform((west, south, 0.05), (east, north, height_m), (count, 3))
    side = dice.integers(0, 5, count)
    for number, (axis, value) in enumerate(((0, west), (0, east), (1, south), (1, north), (2, height_m))):
        points[side == number, axis] = value
    a, b = dice.normal(size=(2, count, 3)) * 0.055
    corners = np.stack([points - a, points - b, points + a, points + b], 1).reshape(-1, 3)
    sprays = Piece(corners.astype(np.float32), np.arange(4 * count, dtype=np.int32).reshape(-1, 4), green, soft=False)
    return [cuboid(west + 0.04, south + 0.04, east - 0.04, north - 0.04, 0, height_m - 0.04, dark), sprays]


def lamp_post(spot: Spot, height_m: float, reach: tuple[float, float] = (0.0, 0.0)) -> list[Piece]:
    """A post with a head; the light itself hangs just below, see the place's lamps."""
    x, y = spot
    points = np.array(
        [
            (x, y, 0),
            (x, y, height_m * 0.9),
            (x + reach[0] * 0.5, y + reach[1] * 0.5, height_m),
            (x + reach[0], y + reach[1], height_m),
        ]
    )
    head = box((0.5, 0.22, 0.09), STEEL, (x + reach[0], y + reach[1], height_m + 0.05), bulge=0.3)
    return [
        tube(points, 0.055, STEEL, 9),
        head,
        disc(0.12, 0.25, STEEL).moved(np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]]), (x, y, 0.12)),
    ]


def bench(x: float, y: float, angle: float = 0.0) -> list[Piece]:
    """A bench of slats 1.6 m long, seat at 0.45 m; its back is towards +y at angle 0."""
    slat, leg = Stuff("bark", (0.22, 0.12, 0.06)), STEEL
    pieces = [box((1.6, 0.09, 0.035), slat, (0, dy, 0.44)) for dy in (-0.16, -0.05, 0.06, 0.17)]
    pieces += [box((1.6, 0.03, 0.09), slat, (0, 0.24, z)) for z in (0.6, 0.75)]
    pieces += [box((0.05, 0.42, 0.42), leg, (dx, 0, 0.21)) for dx in (-0.65, 0.65)]
    cosine, sine = np.cos(angle), np.sin(angle)
    turn = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    return [piece.moved(turn, (x, y, 0)) for piece in pieces]


def facade(
    start: Spot,
    end: Spot,
    storeys: int,
    stuff: Stuff,
    seed: int,
    *,
    storey_m: float = 3.0,
    balconies: bool = False,
    dark: float = 0.8,
) -> list[Piece]:
    """A house front that faces the right of start → end: windows with sills in a grid, some lit at night, balconies."""
    dice = np.random.default_rng(seed)
    begin, along = np.array(start, float), np.subtract(end, start).astype(float)
    length = float(np.hypot(*along))
    along /= length
    out = np.array([along[1], -along[0]])
    high = storeys * storey_m + 0.6
    pieces = [beam(tuple(begin - out * 2), tuple(begin - out * 2 + along * length), 0, high, 4.0, stuff)]
    frame, sill = Stuff("plastic", (0.5, 0.5, 0.48)), CONCRETE
    angle = float(np.arctan2(along[1], along[0]))
    cosine, sine = np.cos(angle), np.sin(angle)
    turn = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])

    def put(piece: Piece, at: float, forward: float, z: float) -> None:
        x, y = begin + along * at + out * forward
        pieces.append(piece.moved(turn, (float(x), float(y), z)))

    bays = max(1, int(length / 3.3))
    for storey in range(storeys):
        for bay in range(bays):
            at, z = (bay + 0.5) * length / bays, storey * storey_m + 1.65
            glass = WINDOW if dice.random() < dark else LIT
            put(box((1.5, 0.06, 1.35), glass), at, 0.0, z)
            for dx in (-0.76, 0.0, 0.76):
                put(box((0.06, 0.1, 1.42), frame), at + dx, 0.02, z)
            for dz in (-0.7, 0.7):
                put(box((1.58, 0.1, 0.06), frame), at, 0.02, z + dz)
            put(box((1.8, 0.24, 0.06), sill), at, 0.08, z - 0.76)
            if balconies and storey > 0 and bay % 2 == 1:
                put(box((2.6, 1.25, 0.14), CONCRETE), at, 0.62, storey * storey_m + 0.35)
                put(box((2.6, 0.06, 0.85), plaster((0.5, 0.48, 0.44))), at, 1.22, storey * storey_m + 0.80)
                put(box((2.66, 0.1, 0.06), STEEL), at, 1.22, storey * storey_m + 1.30)
                for dx in (-1.3, 1.3):
                    put(box((0.05, 1.25, 0.85), plaster((0.5, 0.48, 0.44))), at + dx, 0.62, storey * storey_m + 0.80)
            elif dice.random() < 0.4:
                put(box((0.8, 0.34, 0.56), Stuff("plastic", (0.5, 0.5, 0.49))), at + 1.15, 0.2, z - 0.9)
    return pieces


def parked(asset: str, seed: int, x: float, y: float, heading: float, colour: str = "") -> Thing:
    """A thing of `props` that never moves: a fixture of a place."""
    return Thing(0, asset, seed, (x, y, 0.0), heading, traits={"colour": colour} if colour else {})


def standing(thing: Thing) -> list[Piece]:
    """What a fixture is built of."""
    solid = prop(thing).solid
    cosine, sine = np.cos(thing.heading), np.sin(thing.heading)
    turn = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    pieces = []
    for number, stuff in enumerate(solid.stuffs):
        for soft in (0, 1):
            chosen = (solid.stuff_of == number) & (solid.soft == soft)
            if chosen.any():
                pieces.append(
                    Piece(solid.vertices, solid.faces[chosen], stuff, soft=bool(soft)).moved(turn, thing.position)
                )
    return pieces
