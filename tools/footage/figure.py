"""A dressed person as one mesh: body, clothes, hair and load put together, ready to be bent."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tools.footage import bodies
from tools.footage.bodies import Body, Index, Points
from tools.footage.clothes import Measures, lower, shoes, skin, upper
from tools.footage.hair import eyes, hair
from tools.footage.loads import load
from tools.footage.looks import Looks
from tools.footage.mesh import Piece, Stuff
from tools.footage.motion.pose import Limbs, Pose
from tools.footage.skeleton import bent, limbs_of


@dataclass(frozen=True, slots=True)
class Solid:
    """Pieces joined. vertices (N, 3); faces (M, 4) with -1 as a triangle's last; stuff_of (M,); soft (M,) shading."""

    vertices: Points
    faces: Index
    stuffs: tuple[Stuff, ...]
    stuff_of: Index
    soft: Index


def joined(pieces: list[Piece]) -> Solid:
    """One mesh of many pieces."""
    stuffs = tuple(dict.fromkeys(piece.stuff for piece in pieces))
    starts = np.cumsum([0, *(len(piece.vertices) for piece in pieces)])
    faces = [np.where(p.faces < 0, -1, p.faces + start) for p, start in zip(pieces, starts, strict=False)]
    return Solid(
        np.concatenate([piece.vertices for piece in pieces]),
        np.concatenate(faces).astype(np.int32),
        stuffs,
        np.concatenate([np.full(len(p.faces), stuffs.index(p.stuff), np.int32) for p in pieces]),
        np.concatenate([np.full(len(p.faces), int(p.soft), np.int32) for p in pieces]),
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """One person, dressed, at rest."""

    solid: Solid
    body: Body
    limbs: Limbs
    bone_of: Index
    weight_of: Points

    def bent(self, pose: Pose) -> Points:
        """The vertices under a pose: on the ground under the pelvis, facing x."""
        return bent(self.body, self.solid.vertices, self.bone_of, self.weight_of, pose)


@lru_cache(maxsize=64)
def figure(looks: Looks) -> Figure:
    """The person of these looks; about a second, some 10 000 vertices."""
    body = bodies.body(looks)
    at = Measures.of(body)
    parts = (skin(body, at, looks), lower(body, at, looks), upper(body, at, looks), shoes(body, at, looks))
    worn = (hair(body, at, looks), eyes(body, at, looks), load(body, at, looks))
    pieces = [piece for group in (*parts, *worn) for piece in group]
    return Figure(
        joined(pieces),
        body,
        limbs_of(body),
        np.concatenate([piece.bone_of for piece in pieces]),
        np.concatenate([piece.weight_of for piece in pieces]),
    )
