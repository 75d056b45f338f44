"""On a bicycle: feet on the pedals, hands on the bar, all by inverse kinematics from the bicycle's own measures."""

import math

from tools.footage.motion.gait import bend
from tools.footage.motion.pose import Angles, Limbs, Pose, both

SADDLE_M = (-0.18, 0.93)
"""Forward of the bottom bracket's vertical, and above the ground: the hips' seat."""
BRACKET_M = (0.0, 0.29)
BAR_M = (0.44, 1.06)
CRANK_M = 0.165
PEDAL_TURN_M = 4.6
"""Metres per turn of the pedals (46 × 20 teeth, 28 inches)."""
SEAT_M = 0.80
"""How high the seat of an e-bike is; it has a footboard instead of pedals."""
FOOTBOARD_M = (0.24, 0.36)


def ride(phase: float, limbs: Limbs, *, pedals: bool) -> Pose:
    """Riding; phase counts turns of the pedals. Without pedals (e-bike) the feet rest."""
    hip_x, hip_z = (SADDLE_M[0], SADDLE_M[1] + 0.06) if pedals else (-0.22, SEAT_M + 0.08)
    joints: dict[str, Angles] = {}
    for side, ahead in (("l", 0.0), ("r", 0.5)):
        turn = 2 * math.pi * (phase + ahead)
        foot_x = BRACKET_M[0] + CRANK_M * math.sin(turn) if pedals else FOOTBOARD_M[0]
        foot_z = BRACKET_M[1] + CRANK_M * math.cos(turn) if pedals else FOOTBOARD_M[1]
        hip, knee = bend(limbs, foot_x - 0.10 - hip_x, hip_z - foot_z - limbs.ankle)
        joints |= {
            f"thigh_{side}": (hip, 1 if pedals else 5, 0),
            f"calf_{side}": (knee, 0, 0),
            f"foot_{side}": (knee - hip - 6, 0, 0),
        }
    lean = 26.0 if pedals else 8.0
    shoulder = 0.29 * limbs.height
    at_x = hip_x + shoulder * math.sin(math.radians(lean))
    at_z = hip_z + shoulder * math.cos(math.radians(lean))
    arm = 0.31 * limbs.height
    far = min(arm * 0.98, math.hypot(BAR_M[0] - at_x, at_z - BAR_M[1]))
    fold = math.degrees(math.acos(min(1.0, far / arm)))
    swing = math.degrees(math.atan2(BAR_M[0] - at_x, at_z - BAR_M[1]))
    joints |= {**both("upperarm", (swing + lean - fold, 8, 0)), **both("lowerarm", (2 * fold, 0, 0))}
    joints |= {**both("fingers", (62, 0, 0)), "spine": (lean, 0, 0), "head": (-lean + 4, 0, 0)}
    return Pose(joints, height_m=hip_z, shift_m=(hip_x, 0.0))
