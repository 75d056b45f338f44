"""Clothes: MakeHuman's tights and skirt helpers, cut to garments, smoothed and let out; shoes from the feet."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.footage.bodies import Body, Index
from tools.footage.looks import Looks
from tools.footage.mesh import Piece, Stuff, cut, normals, smoothed

Mask = NDArray[np.bool_]
Reals = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Measures:
    """Where things are on one body at rest, for the scissors."""

    height: float
    waist: float
    crotch: float
    knee: float
    ankle: float
    arm: Reals
    """(N,) of every vertex: 0 at the shoulder, 1 at the elbow, 2 at the wrist, more on the hand; -1 off the arms."""
    on_leg: Mask
    on_foot: Mask
    on_head: Mask

    @classmethod
    def of(cls, body: Body) -> "Measures":
        """Take a body's measures."""
        names = body.rig.bones
        at = {name: body.heads[i] for i, name in enumerate(names)}
        main = np.array(names)[body.rig.bone_of[:, 0]]
        stem = np.array([name[:-2] if name[-2:] in ("_l", "_r") else name for name in main])
        arm = np.full(len(main), -1.0, np.float32)
        for k, (bone, end) in enumerate((("upperarm", "lowerarm"), ("lowerarm", "hand"))):
            for side in ("_l", "_r"):
                mine = main == bone + side
                way = at[end + side] - at[bone + side]
                arm[mine] = k + (body.vertices[mine] - at[bone + side]) @ way / float(way @ way)
        arm[np.isin(stem, ("hand", "thumb_01", "thumb_02", "thumb_03", "index_01", "index_02", "index_03"))] = 3
        arm[np.isin(stem, [f"{f}_0{k}" for f in ("middle", "ring", "pinky") for k in (1, 2, 3)])] = 3
        return cls(
            height=float(body.vertices[:13380, 2].max()),
            waist=float(at["spine_02"][2]),
            crotch=float(at["thigh_l"][2]) - 0.045 * float(body.vertices[:13380, 2].max()),
            knee=float(at["calf_l"][2]),
            ankle=float(at["foot_l"][2]),
            arm=arm,
            on_leg=np.isin(stem, ("thigh", "calf", "foot", "ball")),
            on_foot=np.isin(stem, ("foot", "ball")),
            on_head=np.isin(stem, ("head",)),
        )


def shell(
    body: Body,
    faces: Index,
    keep: Mask,
    stuff: Stuff,
    out: float | Reals,
    rounds: int = 3,
    folds: float = 0.0,
    seed: int = 0,
) -> Piece:
    """The kept part of a surface, smoothed and pushed outwards by `out` metres (one for all, or per body vertex)."""
    used, quads = cut(body.vertices, faces, keep)
    flat = smoothed(body.vertices[used], quads, rounds)
    push = np.asarray(out if np.isscalar(out) else np.asarray(out)[used], np.float32).reshape(-1, 1)
    if folds:
        dice = np.random.default_rng(seed)
        waves = dice.normal(size=(6, 3)) * np.array([14, 14, 22])
        crease = np.sin(flat @ waves.T + dice.uniform(0, 6.3, 6)).mean(1, keepdims=True)
        push = push + folds * crease
    moved = (flat + normals(flat, quads) * push).astype(np.float32)
    return Piece(moved, quads, stuff, body.rig.bone_of[used], body.rig.weight_of[used])


_SLEEVE = {"tee": 0.62, "shirt": 1.96, "jumper": 1.96, "jacket": 1.98, "coat": 1.98, "vest": -0.5}
_OUT = {"tee": 0.013, "shirt": 0.015, "jumper": 0.02, "jacket": 0.028, "coat": 0.032, "vest": 0.012}
_HEM = {"tee": 0.0, "shirt": -0.012, "jumper": -0.015, "jacket": -0.03, "coat": -0.03, "vest": 0.0}


def upper(body: Body, at: Measures, looks: Looks) -> list[Piece]:
    """Shirt, jumper, jacket, coat …: tights above the hem, as far down the arms as the sleeves go."""
    stuff = Stuff("cloth", looks.upper_colour, looks.pattern, looks.second_colour)
    scale = at.height / 1.72
    z = body.vertices[:, 2]
    hem = at.crotch + (0.045 + _HEM[looks.upper]) * at.height
    torso = (at.arm < -0.2) & ~(at.on_leg & (z < hem)) & (z > hem)
    sleeve = (at.arm >= -0.2) & (at.arm < _SLEEVE[looks.upper])
    keep = torso | sleeve if _SLEEVE[looks.upper] > 0 else torso
    out = np.full(len(z), _OUT[looks.upper] * scale, np.float32)
    out[at.arm >= -0.2] *= 0.72
    out += np.clip((at.waist - z) / at.height, 0, 0.1) * 0.12 * (at.arm < -0.2)
    pieces = [shell(body, body.faces["helper-tights"], keep, stuff, out, 4, 0.006 * scale, 1)]
    if looks.upper == "coat":
        long = (z < hem + 0.05 * at.height) & (z > at.knee - 0.02 * at.height)
        wide = np.full(len(z), 0.035 * scale, np.float32)
        pieces.append(shell(body, body.faces["helper-skirt"], long, stuff, wide, 2, 0.01 * scale, 2))
    if looks.upper in ("jacket", "coat", "shirt"):
        pieces.append(_collar(body, at, looks))
    return pieces


def _collar(body: Body, at: Measures, looks: Looks) -> Piece:
    """A strip about the neck."""
    neck = body.heads[body.rig.bones.index("neck_01")]
    z, x = body.vertices[:, 2], body.vertices[:, 0]
    slope = neck[2] + (x - neck[0]) * -0.35
    near = np.hypot(x - neck[0], body.vertices[:, 1]) < 0.062 * at.height
    keep = (z > slope - 0.028 * at.height) & (z < slope + 0.020 * at.height) & near & (at.arm < -0.2)
    red, green, blue = looks.upper_colour
    darker = (0.7 * red, 0.7 * green, 0.7 * blue)
    return shell(body, body.faces["body"], keep, Stuff("cloth", darker), 0.014 * at.height / 1.72, 2)


def lower(body: Body, at: Measures, looks: Looks) -> list[Piece]:
    """Trousers, shorts, skirt or the lower half of a dress."""
    scale = at.height / 1.72
    z = body.vertices[:, 2]
    top = at.waist - 0.01 * at.height
    if looks.lower in ("skirt", "dress"):
        colour = looks.lower_colour if looks.lower == "skirt" else looks.upper_colour
        pattern = looks.pattern if looks.lower == "dress" else "plain"
        stuff = Stuff("cloth", colour, pattern, looks.second_colour)
        keep = (z < top + 0.04 * at.height) & (z > at.knee - 0.035 * at.height)
        return [shell(body, body.faces["helper-skirt"], keep, stuff, 0.016 * scale, 2, 0.012 * scale, 3)]
    stuff = Stuff("cloth", looks.lower_colour)
    bottom = at.knee + 0.01 * at.height if looks.lower == "shorts" else at.ankle * 0.62
    keep = (z < top) & (z > bottom) & (at.arm < -0.2)
    wide = 0.011 if looks.lower == "trousers" else 0.022
    down = np.clip((at.knee - z) / (at.knee - at.ankle), 0, 1)
    out = (wide * scale * (1 + 0.9 * down)).astype(np.float32)
    out[z > at.crotch] = 0.010 * scale
    return [shell(body, body.faces["helper-tights"], keep, stuff, out, 4, 0.007 * scale, 4)]


def shoes(body: Body, at: Measures, looks: Looks) -> list[Piece]:
    """Both feet without toes, on soles."""
    scale = at.height / 1.72
    z = body.vertices[:, 2]
    keep = at.on_foot & (z < at.ankle * 1.25)
    piece = shell(body, body.faces["body"], keep, Stuff("leather", looks.shoe_colour), 0.011 * scale, 16)
    low = piece.vertices[:, 2] < 0.016 * scale
    piece.vertices[low, 2] = -0.014 * scale
    return [piece]


def skin(body: Body, at: Measures, looks: Looks) -> list[Piece]:
    """What the clothes leave bare."""
    z = body.vertices[:, 2]
    neck = body.heads[body.rig.bones.index("neck_01")][2]
    sleeve = max(_SLEEVE[looks.upper], 0.0) if looks.upper != "vest" else -1.0
    bare = (z > neck - 0.035 * at.height) & (at.arm < -0.2)
    bare |= at.arm > sleeve - 0.15
    if looks.lower in ("skirt", "dress", "shorts"):
        bare |= at.on_leg & ~at.on_foot & (z < at.knee + 0.12 * at.height)
        bare |= at.on_leg & (z > at.ankle * 0.8) & (z < at.knee)
    used, quads = cut(body.vertices, body.faces["body"], bare)
    bones, weights = body.rig.bone_of[used], body.rig.weight_of[used]
    return [Piece(body.vertices[used], quads, Stuff("skin", looks.skin), bones, weights)]
