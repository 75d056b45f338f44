"""Walking and running: feet stay where they touch the ground, hips and knees follow from that."""

import math
from dataclasses import dataclass

from tools.footage.motion.pose import Angles, Limbs, Pose, smooth, wave


@dataclass(frozen=True, slots=True)
class Gait:
    """One way to go. Lengths as shares of body height, phases as shares of a cycle of two steps."""

    stride: float
    stance: float
    """How long a foot stays on the ground."""
    reach: float
    """Which share of its way on the ground a foot spends before the hip."""
    crouch: float
    """How much lower the hips are than on straight legs."""
    bob: float
    swing_lift: float
    flight: float
    toes_up: float
    heel_off: float
    """Degrees of the foot when it lands, when it leaves."""
    arm_swing: float
    elbow: float
    lean: float
    twist: float


WALK = Gait(0.76, 0.60, 0.47, 0.012, 0.016, 0.055, 0.0, 18, 42, 24, 14, 3, 6)
RUN = Gait(1.30, 0.36, 0.42, 0.055, 0.02, 0.26, 0.035, 8, 48, 42, 88, 11, 12)


def bend(limbs: Limbs, forward: float, down: float) -> tuple[float, float]:
    """Hip and knee angles (degrees) that put the ankle `forward` and `down` of the hip; stretched if out of reach."""
    far = min(math.hypot(forward, down), (limbs.thigh + limbs.shank) * 0.999)
    cosine = (limbs.thigh**2 + limbs.shank**2 - far**2) / (2 * limbs.thigh * limbs.shank)
    knee = math.pi - math.acos(max(-1.0, min(1.0, cosine)))
    cosine = (limbs.thigh**2 + far**2 - limbs.shank**2) / (2 * limbs.thigh * far)
    above = math.acos(max(-1.0, min(1.0, cosine)))
    return math.degrees(math.atan2(forward, down) + above), math.degrees(knee)


def _foot(gait: Gait, limbs: Limbs, phase: float) -> tuple[float, float, float]:
    """Ankle forward of the hip and above the ground (metres), and the foot's pitch (degrees, toes up > 0)."""
    way = gait.stride * limbs.height * gait.stance

    def on_ground(share: float) -> tuple[float, float, float]:
        flat = way * (gait.reach - share)
        up = gait.toes_up * max(0.0, 1 - share / 0.16)
        off = gait.heel_off * max(0.0, (share - 0.55) / 0.45) ** 1.4
        pitch = math.radians(up - off)
        pivot = -limbs.heel if pitch > 0 else limbs.ball
        ankle_x = pivot - pivot * math.cos(pitch) - limbs.ankle * math.sin(pitch)
        ankle_z = -pivot * math.sin(pitch) + limbs.ankle * math.cos(pitch)
        return flat + ankle_x, ankle_z, math.degrees(pitch)

    if phase < gait.stance:
        return on_ground(phase / gait.stance)
    share = (phase - gait.stance) / (1 - gait.stance)
    x0, z0, pitch0 = on_ground(1.0)
    x1, z1, pitch1 = on_ground(0.0)
    go = smooth(share)
    hump = math.sin(math.pi * min(1.0, share * 1.15) ** 0.8) if share < 0.87 else 0.0
    lift = gait.swing_lift * limbs.height * max(0.0, hump)
    return x0 + (x1 - x0) * go, z0 + (z1 - z0) * go + lift, pitch0 + (pitch1 - pitch0) * smooth(share * 1.4)


def _leg(gait: Gait, limbs: Limbs, phase: float, hip_m: float) -> tuple[Angles, Angles, Angles]:
    ankle_x, ankle_z, pitch = _foot(gait, limbs, phase % 1.0)
    hip, knee = bend(limbs, ankle_x, hip_m - ankle_z)
    return (hip, 1.0, 4.0), (knee, 0.0, 0.0), (pitch - hip + knee, 0.0, 0.0)


def go(gait: Gait, limbs: Limbs, phase: float, pace: float = 1.0) -> Pose:
    """The pose of a gait; at phase 0 the left foot lands, at 0.5 the right one. `pace`: how wide the arms swing."""
    legs = limbs.thigh + limbs.shank + limbs.ankle
    half = phase * 2
    hip_m = legs - (gait.crouch + gait.bob * (1 + math.cos(2 * math.pi * half)) / 2) * limbs.height
    left, right = _leg(gait, limbs, phase, hip_m), _leg(gait, limbs, phase + 0.5, hip_m)
    swing = gait.arm_swing * pace * -math.cos(2 * math.pi * phase)
    elbow = gait.elbow
    joints: dict[str, Angles] = {
        "thigh_l": left[0],
        "calf_l": left[1],
        "foot_l": left[2],
        "thigh_r": right[0],
        "calf_r": right[1],
        "foot_r": right[2],
        "upperarm_l": (swing - 2, 4, 0),
        "upperarm_r": (-swing - 2, 4, 0),
        "lowerarm_l": (elbow + max(0.0, swing) * 0.6, 0, 0),
        "lowerarm_r": (elbow + max(0.0, -swing) * 0.6, 0, 0),
        "spine": (gait.lean, 1.5 * wave(phase), gait.twist * math.cos(2 * math.pi * phase)),
        "head": (-gait.lean * 0.5, 0, -gait.twist * 0.5 * math.cos(2 * math.pi * phase)),
    }
    flying = max(0.0, math.cos(2 * math.pi * (half - 2 * gait.stance + 0.1))) if gait.flight else 0.0
    turn = -gait.twist * 0.5 * math.cos(2 * math.pi * phase)
    return Pose(joints, (0.0, 0.0, turn), None, gait.flight * limbs.height * flying)
