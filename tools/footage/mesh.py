"""A piece of surface with its skin weights and its stuff; bodies, clothes and things are put together of these."""

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tools.footage.bodies import Index, Points
from tools.footage.looks import Colour, Pattern

# fmt: off
Kind = Literal[
    "skin", "cloth", "hair", "leather", "rubber", "metal", "paint", "glass", "plastic", "lamp", "chrome", "steel",
    "bark", "asphalt", "pavers", "slabs", "brick", "tile", "concrete", "plaster", "grass", "leaves", "window",
    "lit_window",
]
# fmt: on


@dataclass(frozen=True, slots=True)
class Stuff:
    """What a surface is made of: the shader follows `kind`; `second` colours joints, stains, stripes. Linear."""

    kind: Kind
    colour: Colour
    pattern: Pattern = "plain"
    second: Colour = (0.5, 0.5, 0.5)


@dataclass(frozen=True, slots=True)
class Piece:
    """vertices (N, 3) at rest; faces (M, 4), the last corner -1 for triangles; bone_of, weight_of (N, 4)."""

    vertices: Points
    faces: Index
    stuff: Stuff
    bone_of: Index = field(default_factory=lambda: np.zeros((0, 4), np.int32))
    weight_of: Points = field(default_factory=lambda: np.zeros((0, 4), np.float32))
    soft: bool = True
    """Shaded smoothly; else every face for itself."""

    def on_bone(self, bone: int) -> "Piece":
        """The same piece, carried stiffly by one bone."""
        count = len(self.vertices)
        weights = np.zeros((count, 4), np.float32)
        weights[:, 0] = 1
        return replace(self, bone_of=np.full((count, 4), bone, np.int32), weight_of=weights)

    def moved(self, turn: NDArray[np.floating] | None = None, by: tuple[float, float, float] = (0, 0, 0)) -> "Piece":
        """Turned by a matrix (3, 3), then shifted."""
        turned = self.vertices if turn is None else self.vertices @ np.asarray(turn, np.float32).T
        return replace(self, vertices=(turned + np.array(by, np.float32)).astype(np.float32))


def cut(vertices: Points, faces: Index, keep: NDArray[np.bool_]) -> tuple[Index, Index]:
    """Those faces all of whose corners are kept: (indices of the vertices used, faces over those)."""
    chosen = faces[keep[faces].all(1)]
    used, inverse = np.unique(chosen, return_inverse=True)
    return used.astype(np.int32), inverse.reshape(chosen.shape).astype(np.int32)


def normals(vertices: Points, faces: Index) -> Points:
    """Unit normals of the vertices (N, 3), outwards for faces that turn counter-clockwise."""
    a, b, c, d = (vertices[faces[:, k]] for k in range(4))
    across = np.cross(c - a, d - b)
    sums = np.zeros_like(vertices)
    for k in range(4):
        np.add.at(sums, faces[:, k], across)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    result: Points = (sums / np.maximum(lengths, 1e-9)).astype(np.float32)
    return result


def smoothed(vertices: Points, faces: Index, rounds: int) -> Points:
    """Each vertex drawn half way to its neighbours' mean, several times; those of open edges along the edge only.

    So hems become lines, whatever steps the cut left in them.
    """
    edges = np.sort(np.concatenate([faces[:, [k, (k + 1) % 4]] for k in range(4)]), 1)
    unique, counts = np.unique(edges, axis=0, return_counts=True)
    on_rim = np.zeros(len(vertices), bool)
    on_rim[unique[counts == 1].ravel()] = True
    # Inner vertices listen to all their neighbours, those of a rim to neighbours along the rim.
    heard = np.concatenate([unique, unique[:, ::-1]])
    along = np.concatenate([counts, counts]) == 1
    heard = heard[~on_rim[heard[:, 0]] | along]
    degree = np.bincount(heard[:, 0], minlength=len(vertices)).astype(np.float32)[:, None]
    result = vertices.copy()
    for _ in range(rounds):
        sums = np.zeros_like(result)
        np.add.at(sums, heard[:, 0], result[heard[:, 1]])
        mean = np.where(degree > 0, sums / np.maximum(degree, 1), result)
        result = (0.5 * result + 0.5 * mean).astype(np.float32)
    return result


def box(
    size: tuple[float, float, float], stuff: Stuff, centre: tuple[float, float, float] = (0, 0, 0), bulge: float = 0.0
) -> Piece:
    """A box of three lengths; `bulge` (0..1) rounds it towards an ellipsoid, with a finer mesh."""
    if bulge <= 0:
        corners = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)], np.float32)
        faces = np.array([[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]], np.int32)
        return Piece((corners * size + centre).astype(np.float32), faces, stuff, soft=False)
    steps = 6
    line = np.linspace(-1, 1, steps + 1)
    points: list[NDArray[np.floating]] = []
    quads: list[list[int]] = []
    for axis in range(3):
        for side in (-1.0, 1.0):
            start = len(points)
            for u in line:
                for v in line:
                    point = np.zeros(3)
                    point[axis], point[(axis + 1) % 3], point[(axis + 2) % 3] = side, u, v
                    points.append(point)
            for i in range(steps):
                for j in range(steps):
                    k = start + i * (steps + 1) + j
                    quad = [k, k + steps + 1, k + steps + 2, k + 1]
                    quads.append(quad if side > 0 else quad[::-1])
    cube = np.array(points)
    ball = cube / np.linalg.norm(cube, axis=1, keepdims=True)
    shape = (1 - bulge) * cube + bulge * ball
    return Piece((shape * np.array(size) / 2 + centre).astype(np.float32), np.array(quads, np.int32), stuff)


def tube(points: NDArray[np.floating], radius: float, stuff: Stuff, sides: int = 8) -> Piece:
    """A round bar along some points (N, 3), open at the ends."""
    points = np.asarray(points, np.float64)
    along = np.gradient(points, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    up = np.where(np.abs(along[:, [2]]) > 0.9, np.array([[1.0, 0, 0]]), np.array([[0, 0, 1.0]]))
    first = np.cross(along, up)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(along, first)
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    ring = radius * (np.cos(angle)[None, :, None] * first[:, None] + np.sin(angle)[None, :, None] * second[:, None])
    vertices = (points[:, None] + ring).reshape(-1, 3)
    faces = [
        [i * sides + j, i * sides + (j + 1) % sides, (i + 1) * sides + (j + 1) % sides, (i + 1) * sides + j]
        for i in range(len(points) - 1)
        for j in range(sides)
    ]
    return Piece(vertices.astype(np.float32), np.array(faces, np.int32)[:, ::-1], stuff)


def ring(radius: float, thick: float, stuff: Stuff, around: int = 24, sides: int = 6) -> Piece:
    """A torus that stands in the plane of x and z, about the origin: a tyre."""
    angle = np.linspace(0, 2 * np.pi, around, endpoint=False)
    turn = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    far = radius + thick * np.cos(turn)[None]
    x, z = far * np.cos(angle)[:, None], far * np.sin(angle)[:, None]
    y = np.broadcast_to(thick * np.sin(turn)[None], x.shape)
    faces = [
        [
            i * sides + j,
            ((i + 1) % around) * sides + j,
            ((i + 1) % around) * sides + (j + 1) % sides,
            i * sides + (j + 1) % sides,
        ]
        for i in range(around)
        for j in range(sides)
    ]
    return Piece(np.stack([x, y, z], -1).reshape(-1, 3).astype(np.float32), np.array(faces, np.int32), stuff)


def disc(radius: float, wide: float, stuff: Stuff, around: int = 20) -> Piece:
    """A closed drum about the y axis: wheel, lamp, lid."""
    angle = np.linspace(0, 2 * np.pi, around, endpoint=False)
    circle = np.stack([radius * np.cos(angle), np.zeros(around), radius * np.sin(angle)], -1)
    half = np.array([0, wide / 2, 0])
    vertices = np.concatenate([circle - half, circle + half, [-half], [half]])
    faces = []
    for i in range(around):
        j = (i + 1) % around
        faces += [
            [i, j, around + j, around + i],
            [j, i, 2 * around, 2 * around],
            [around + i, around + j, 2 * around + 1, 2 * around + 1],
        ]
    quads = np.array(faces, np.int32)
    quads[quads[:, 2] == quads[:, 3], 3] = -1
    return Piece(vertices.astype(np.float32), quads, stuff, soft=False)


def loft(sections: list[NDArray[np.floating]], stuff: Stuff, *, closed: bool = True, capped: bool = True) -> Piece:
    """A skin over rings of points (each (K, 3)), with flat caps; `closed`: the rings are."""
    count = len(sections[0])
    vertices = np.concatenate(sections).astype(np.float32)
    faces: list[list[int]] = []
    for i in range(len(sections) - 1):
        for j in range(count if closed else count - 1):
            k = (j + 1) % count
            faces.append([i * count + j, i * count + k, (i + 1) * count + k, (i + 1) * count + j])
    if capped:
        for start, flip in ((0, True), ((len(sections) - 1) * count, False)):
            middle = len(vertices)
            vertices = np.concatenate([vertices, vertices[start : start + count].mean(0, keepdims=True)])
            for j in range(count):
                fan = [start + j, start + (j + 1) % count, middle]
                faces.append([*(fan[::-1] if flip else fan), -1])
    return Piece(vertices, np.array(faces, np.int32), stuff)
