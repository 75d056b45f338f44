"""What people have on them: a backpack, a bag in the hand, a box in the arms, an umbrella."""

import numpy as np

from tools.footage.bodies import Body
from tools.footage.clothes import Measures
from tools.footage.looks import Looks
from tools.footage.mesh import Piece, Stuff, box, tube


def load(body: Body, at: Measures, looks: Looks) -> list[Piece]:
    """The load that the looks name; an unknown one is an error."""
    makers = {
        "": _nothing,
        "nothing": _nothing,
        "backpack": _backpack,
        "bag": _bag,
        "box": _box,
        "suitcase": _suitcase,
        "umbrella": _umbrella,
    }
    if looks.load not in makers:
        raise ValueError(f"load: no «{looks.load}»; expected one of: {', '.join(name for name in makers if name)}")
    return makers[looks.load](body, at, looks)


def _nothing(body: Body, at: Measures, looks: Looks) -> list[Piece]:
    return []


def _backpack(body: Body, at: Measures, looks: Looks) -> list[Piece]:
    bone = body.rig.bones.index("spine_03")
    stuff = Stuff("cloth", looks.load_colour)
    scale = max(0.8, at.height / 1.72)
    back = float(body.vertices[(at.arm < -0.2) & (np.abs(body.vertices[:, 2] - body.heads[bone][2]) < 0.08), 0].min())
    centre = (back - 0.085 * scale, 0.0, float(body.heads[bone][2]) - 0.01)
    bag = box((0.17 * scale, 0.29 * scale, 0.42 * scale), stuff, centre, bulge=0.35)
    pocket = box(
        (0.07 * scale, 0.22 * scale, 0.17 * scale), stuff, (centre[0] - 0.09 * scale, 0, centre[2] - 0.1), bulge=0.4
    )
    straps = []
    shoulder = float(body.heads[body.rig.bones.index("upperarm_l")][2])
    for side in (-1, 1):
        wide = side * 0.095 * scale
        arc = [
            (back, wide, shoulder),
            (0.0, wide, shoulder + 0.055),
            (0.09, wide, shoulder - 0.02),
            (0.115, wide, shoulder - 0.16),
        ]
        straps.append(tube(np.array([*arc, (0.02, wide * 1.6, shoulder - 0.32)]), 0.02, stuff, 6).on_bone(bone))
    return [bag.on_bone(bone), pocket.on_bone(bone), *straps]


def _hung(body: Body, pieces: list[Piece]) -> list[Piece]:
    """Pieces built about a grip at the origin, hanging from the right hand: the bone after the last of the rig."""
    return [piece.on_bone(len(body.rig.bones)) for piece in pieces]


def _bag(body: Body, at: Measures, looks: Looks) -> list[Piece]:
    stuff = Stuff("leather", looks.load_colour)
    low = box((0.34, 0.13, 0.26), stuff, (0, 0, -0.30), bulge=0.25)
    arc = np.array([(-0.11, 0, -0.18), (-0.08, 0, -0.03), (0, 0, 0.0), (0.08, 0, -0.03), (0.11, 0, -0.18)])
    return _hung(body, [low, tube(arc, 0.008, stuff, 5)])


def _suitcase(body: Body, at: Measures, looks: Looks) -> list[Piece]:
    """Carried by its side handle, so that it hangs."""
    stuff = Stuff("plastic", looks.load_colour)
    return _hung(
        body, [box((0.56, 0.22, 0.38), stuff, (0, 0, -0.24), bulge=0.18), box((0.16, 0.03, 0.03), stuff, (0, 0, -0.03))]
    )


def _box(body: Body, at: Measures, looks: Looks) -> list[Piece]:
    bone = body.rig.bones.index("spine_02")
    place = (0.32 * at.height / 1.72, 0.0, float(body.heads[bone][2]) + 0.02 * at.height)
    return [box((0.34, 0.44, 0.30), Stuff("cloth", (0.36, 0.24, 0.13)), place).on_bone(bone)]


def _umbrella(body: Body, at: Measures, looks: Looks) -> list[Piece]:
    bone = body.rig.bones.index("spine_03")
    stuff = Stuff("cloth", looks.load_colour)
    stick = (0.16, -0.16, float(body.heads[bone][2]))
    top = at.height + 0.32
    pieces = [
        tube(
            np.array([(stick[0], stick[1], stick[2] - 0.05), (stick[0], stick[1], top)]),
            0.008,
            Stuff("metal", (0.3, 0.3, 0.3)),
            5,
        )
    ]
    angle = np.linspace(0, 2 * np.pi, 17)[:-1]
    radii, drop = np.linspace(0.02, 0.52, 6), np.array([0.0, 0.01, 0.035, 0.08, 0.14, 0.22])
    rings = [
        np.stack([stick[0] + r * np.cos(angle), stick[1] + r * np.sin(angle), np.full(16, top - d)], -1)
        for r, d in zip(radii, drop, strict=True)
    ]
    faces = [
        [i * 16 + j, (i + 1) * 16 + j, (i + 1) * 16 + (j + 1) % 16, i * 16 + (j + 1) % 16]
        for i in range(5)
        for j in range(16)
    ]
    pieces.append(Piece(np.concatenate(rings).astype(np.float32), np.array(faces, np.int32), stuff))
    return [piece.on_bone(bone) for piece in pieces]
