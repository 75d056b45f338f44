"""Bends a body by a pose: forward kinematics over the rig, linear blend skinning of the vertices. Numpy only."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from tools.footage.bodies import Body, Points
from tools.footage.motion.pose import Angles, Limbs, Pose

Matrix = NDArray[np.float64]

_HANG: dict[str, tuple[float, float, float]] = {
    "thigh_l": (0.0, 0.0, -1.0),
    "calf_l": (0.0, 0.0, -1.0),
    "upperarm_l": (-0.03, 0.13, -1.0),
    "lowerarm_l": (0.02, 0.06, -1.0),
    "hand_l": (0.06, 0.03, -1.0),
}
"""Which way the limbs of MakeHuman's rest pose are turned first, so that arms hang; the right is the mirror."""
_LIMBS = ("thigh", "calf", "foot", "upperarm", "lowerarm", "hand")
_FINGERS = ("thumb", "index", "middle", "ring", "pinky")
RELAXED = 24.0
"""Degrees by which each joint of a hanging hand's fingers is bent."""
_SHARE = {"spine_01": ("spine", 0.34), "spine_02": ("spine", 0.33), "spine_03": ("spine", 0.33)}
_SHARE |= {"neck_01": ("neck", 1.0), "head": ("head", 1.0)}


def _about(axis: int, degrees: float) -> Matrix:
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    a, b = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(3)
    matrix[a, a] = matrix[b, b] = cosine
    matrix[a, b], matrix[b, a] = -sine, sine
    return matrix


def _turned(start: NDArray[np.floating], end: NDArray[np.floating]) -> Matrix:
    """The smallest rotation of one direction onto another."""
    start, end = start / np.linalg.norm(start), end / np.linalg.norm(end)
    axis, cosine = np.cross(start, end), float(start @ end)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    turn: Matrix = np.eye(3) + cross + cross @ cross / (1 + cosine)
    return turn


def limb(angles: Angles, side: int) -> Matrix:
    """Rotation of a hanging limb; side 1 is left, -1 right."""
    forward, outward, turn = angles
    return _about(1, -forward) @ _about(0, side * outward) @ _about(2, side * turn)


def trunk(angles: Angles) -> Matrix:
    """Rotation of something upright."""
    bend, lean, twist = angles
    return _about(1, bend) @ _about(0, -lean) @ _about(2, twist)


def _local(pose: Pose, bone: str) -> Matrix | None:
    if bone[:-5] in _FINGERS:
        side = bone[-2:]
        curl = pose.joints.get(f"fingers{side}", (RELAXED, 0.0, 0.0))[0] * (0.4 if bone.startswith("thumb") else 1.0)
        return limb((0.0, -curl, 0.0), 1 if side == "_l" else -1)
    if bone in _SHARE:
        joint, share = _SHARE[bone]
        bend, lean, twist = pose.joint(joint)
        return trunk((bend * share, lean * share, twist * share))
    if bone[:-2] not in _LIMBS:
        return None
    forward, outward, turn = pose.joint(bone)
    if bone[:-2] == "calf":
        forward = -forward
    return limb((forward, outward, turn), 1 if bone.endswith("_l") else -1)


@cache
def _rest(bones: tuple[str, ...], parents: tuple[int, ...], key: bytes) -> list[Matrix]:
    """For each bone the rotation from MakeHuman's rest pose to hanging arms and straight legs; `key` holds the ends."""
    ends = np.frombuffer(key, np.float32).reshape(2, -1, 3).astype(np.float64)
    turned: list[Matrix] = []
    for i, (bone, parent) in enumerate(zip(bones, parents, strict=True)):
        goal = _HANG.get(bone[:-2] + "_l")
        if goal is None:
            keep = parent < 0 or bone[:-2] == "foot"
            turned.append(np.eye(3) if keep else turned[parent])
            continue
        mirrored = np.array(goal) * (1, 1 if bone.endswith("_l") else -1, 1)
        carried = turned[parent] if bone[:-2] in ("hand", "lowerarm") else np.eye(3)
        turned.append(_turned(carried @ (ends[1, i] - ends[0, i]), mirrored) @ carried)
    return turned


def limbs_of(body: Body) -> Limbs:
    """The lengths that gaits need, measured on this body."""
    at = {name: body.heads[i] for i, name in enumerate(body.rig.bones)}
    feet = body.vertices[:13380][body.vertices[:13380, 2] < 0.02 * body.vertices[:13380, 2].max()]
    ankle = at["foot_l"]
    return Limbs(
        float(np.linalg.norm(at["calf_l"] - at["thigh_l"])),
        float(np.linalg.norm(at["foot_l"] - at["calf_l"])),
        float(ankle[2]),
        float(ankle[0] - feet[:, 0].min()),
        float(at["ball_l"][0] - ankle[0]),
        float(body.vertices[:13380, 2].max()),
    )


def resting(body: Body) -> list[Matrix]:
    """For each bone the rotation from MakeHuman's rest pose to that of a person who stands with hanging arms."""
    rig = body.rig
    return _rest(rig.bones, rig.parents, np.stack([body.heads, body.tails]).astype(np.float32).tobytes())


def joints_at(body: Body, pose: Pose) -> tuple[Matrix, Matrix]:
    """Rotations (bones, 3, 3) from rest and positions (bones, 3) of all bones, the pelvis at the origin, facing x."""
    rig = body.rig
    rest = resting(body)
    pelvis = rig.bones.index("pelvis")
    bend, lean, turn = pose.root
    root = _about(2, turn) @ _about(1, bend) @ _about(0, -lean)
    frames = np.zeros((len(rig.bones), 3, 3))
    whole = np.zeros_like(frames)
    places = np.zeros((len(rig.bones), 3))
    for i, (bone, parent) in enumerate(zip(rig.bones, rig.parents, strict=True)):
        above = frames[parent] if parent >= 0 and i != pelvis else root
        local = _local(pose, bone)
        frames[i] = above if local is None else above @ local
        whole[i] = frames[i] @ rest[i]
        if parent >= 0 and i != pelvis:
            places[i] = places[parent] + whole[parent] @ (body.heads[i] - body.heads[parent])
    return whole, places


def hung(body: Body, pose: Pose, turns: Matrix, places: Matrix) -> tuple[Matrix, Matrix]:
    """Rotation and place of what hangs from the right hand: it stays upright however the arm swings."""
    hand = body.rig.bones.index("hand_r")
    palm = 0.085 * float(body.vertices[:13380, 2].max()) / 1.72
    grip = turns[hand] @ resting(body)[hand].T @ np.array([0.0, 0.0, -palm])
    return _about(2, pose.root[2]), places[hand] + grip


def bent(body: Body, vertices: Points, bone_of: NDArray[np.int32], weight_of: Points, pose: Pose) -> Points:
    """The vertices (N, 3) of body or clothes under a pose, on the ground below the pelvis, facing x.

    vertices at rest; bone_of, weight_of (N, 4); one bone more than the rig has is what hangs from the right hand, and
    its pieces are built about the grip. Some 10 ms for 10 000 vertices.
    """
    turns, places = joints_at(body, pose)
    turn, place = hung(body, pose, turns, places)
    offsets = places - np.einsum("bij,bj->bi", turns, body.heads)
    turns, offsets = np.concatenate([turns, turn[None]]), np.concatenate([offsets, place[None]])
    blended = np.einsum("nk,nkij->nij", weight_of, turns[bone_of].astype(np.float32))
    moved = np.einsum("nij,nj->ni", blended, vertices)
    moved += np.einsum("nk,nki->ni", weight_of, offsets[bone_of].astype(np.float32))
    hanging = bone_of[:, 0] == len(places)
    height = pose.height_m if pose.height_m is not None else -float(moved[~hanging, 2].min())
    if hanging.any():
        # What hangs lower than the ground lies on it.
        moved[hanging, 2] += max(0.0, -height - float(moved[hanging, 2].min()))
    result: Points = (moved + np.array([*pose.shift_m, height + pose.lift_m], np.float32)).astype(np.float32)
    return result
