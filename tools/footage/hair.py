"""Hair and what is worn on it: the crown of the head let out, MakeHuman's hair helper, caps and hoods."""

import numpy as np

from tools.footage.bodies import Body
from tools.footage.clothes import Mask, Measures, shell
from tools.footage.looks import Looks
from tools.footage.mesh import Piece, Stuff, box


def _crown(body: Body, at: Measures, low: float, front: float) -> Mask:
    """The part of the head above a line: `low` at its back, `front` at the forehead (shares of its height)."""
    bones = body.rig.bones
    chin = float(body.heads[bones.index("head")][2]) - 0.012 * at.height
    high = at.height - chin
    middle = body.heads[bones.index("head")][0] + 0.15 * high
    share = (body.vertices[:, 2] - chin) / high
    ahead = np.clip((body.vertices[:, 0] - middle) / (0.38 * high) + 0.5, 0, 1)
    wanted = low + (front - low) * ahead**1.5
    crown: Mask = (share > wanted) & (at.on_head | (share > 0.0)) & (at.arm < -0.2) & (share < 1.2)
    return crown


def _before_face(body: Body, at: Measures) -> Mask:
    """What would hang before eyes and cheeks: below the forehead and ahead of the ears. A face must be seen as one."""
    head = body.heads[body.rig.bones.index("head")]
    high = at.height - float(head[2])
    before: Mask = (body.vertices[:, 0] > head[0] + 0.22 * high) & (body.vertices[:, 2] < head[2] + 0.78 * high)
    return before


def hair(body: Body, at: Measures, looks: Looks) -> list[Piece]:
    """The hair, and a cap or hood where worn."""
    scale = at.height / 1.72
    stuff = Stuff("hair", looks.hair_colour)
    faces = body.faces["body"]
    if looks.hair == "bald":
        return []
    if looks.hair == "hood":
        cloth = Stuff("cloth", looks.upper_colour)
        keep = _crown(body, at, -0.25, 0.78)
        return [shell(body, faces, keep, cloth, 0.03 * scale, 10)]
    if looks.hair == "cap":
        cloth = Stuff("cloth", looks.second_colour)
        cap = shell(body, faces, _crown(body, at, 0.62, 0.72), cloth, 0.017 * scale, 8)
        short = shell(body, faces, _crown(body, at, 0.22, 0.9), stuff, 0.008 * scale, 4)
        return [cap, _brim(body, cap, cloth, scale), short]
    out = {"crop": 0.008, "short": 0.018, "bob": 0.016, "long": 0.016, "bun": 0.012}[looks.hair] * scale
    low = {"crop": 0.28, "short": 0.20, "bob": 0.12, "long": 0.10, "bun": 0.15}[looks.hair]
    pieces = [shell(body, faces, _crown(body, at, low, 0.80), stuff, out, 5, 0.006 * scale, 5)]
    if looks.hair in ("bob", "long"):
        chin = float(body.heads[body.rig.bones.index("head")][2])
        end = chin - (0.01 if looks.hair == "bob" else 0.085) * at.height
        keep = (body.vertices[:, 2] > end) & ~_before_face(body, at)
        pieces.append(shell(body, body.faces["helper-hair"], keep, stuff, 0.004 * scale, 1, 0.006 * scale, 6))
    if looks.hair == "bun":
        top = body.heads[body.rig.bones.index("head")]
        knot = box((0.085, 0.085, 0.08), stuff, (0, 0, 0), bulge=0.95)
        where = (float(top[0]) - 0.055 * at.height, 0.0, float(top[2]) + 0.075 * at.height)
        pieces.append(knot.moved(np.eye(3) * scale, where).on_bone(body.rig.bones.index("head")))
    return pieces


def _brim(body: Body, cap: Piece, stuff: Stuff, scale: float) -> Piece:
    front = float(cap.vertices[:, 0].max())
    low = float(np.sort(cap.vertices[cap.vertices[:, 0] > front - 0.02 * scale, 2])[0])
    brim = box((0.11, 0.13, 0.008), stuff, (0, 0, 0), bulge=0.5)
    return brim.moved(np.eye(3) * scale, (front + 0.015 * scale, 0, low)).on_bone(body.rig.bones.index("head"))


def eyes(body: Body, at: Measures, looks: Looks) -> list[Piece]:
    """Both eyes, dark as they look from afar, and brows over them: a face needs them from ten pixels up."""
    dark = Stuff("leather", (0.05, 0.035, 0.025))
    everywhere: Mask = np.ones(len(body.vertices), bool)
    balls = [shell(body, body.faces[f"helper-{side}-eye"], everywhere, dark, 0.0, 0) for side in "lr"]
    brows = []
    bone = body.rig.bones.index("head")
    for ball in balls:
        middle = ball.vertices.mean(0)
        size = float(np.ptp(ball.vertices[:, 2]))
        front = float(ball.vertices[:, 0].max())
        brow = box((0.5 * size, 1.5 * size, 0.28 * size), Stuff("hair", looks.hair_colour), (0, 0, 0), bulge=0.7)
        brows.append(
            brow.moved(by=(front - 0.05 * size, float(middle[1]), float(middle[2]) + 0.85 * size)).on_bone(bone)
        )
    return [*balls, *brows]
