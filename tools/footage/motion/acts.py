"""What a body does in one place: standing, sitting, lying, falling, striking. Phase 0..1 where it is an act."""

import math

from tools.footage.motion.pose import Angles, Limbs, Pose, along, blend, both, wave

HANGING = {**both("upperarm", (2, 5, 0)), **both("lowerarm", (14, 0, 0))}


SIT_BACK = 0.22
"""How far the hips go back from where somebody stood to where he sits, as a share of height."""


def stand(time_s: float, seed: int) -> Pose:
    """Upright, weight shifting from leg to leg, looking about; every seed with its own habit of holding the arms."""
    slow, quick = wave(time_s * 0.11 + seed * 0.37), wave(time_s * 0.23 + seed * 0.61)
    lean = 2.0 * slow
    pose = Pose(
        {
            **HANGING,
            **both("thigh", (1, 3, 8)),
            **both("calf", (3, 0, 0)),
            **both("foot", (2, 0, 0)),
            "spine": (1 + quick, lean, 4 * quick),
            "head": (4 + 3 * quick, 0, 22 * slow),
        },
        (0, -lean * 0.5, 0),
    )
    habit = seed % 5
    if habit == 1:  # arms folded
        return pose.but(**both("upperarm", (22, 6, -28)), **both("lowerarm", (105, 0, 0)))
    if habit == 2:  # looks at a telephone
        return pose.but(upperarm_r=(28, 4, -12), lowerarm_r=(98, 0, 0), head=(26, 0, 4 * slow))
    if habit == 3:  # one hand in the side
        return pose.but(upperarm_l=(-18, 32, 12), lowerarm_l=(78, 0, 0))
    return pose


def sit(seat_m: float, limbs: Limbs, time_s: float, seed: int) -> Pose:
    """On a seat of some height, hands on the thighs; the feet stay where the person stood, the seat is behind."""
    down = seat_m + 0.05 * limbs.height
    knee = 88.0 if seat_m > 0.3 else 120.0
    hip = 90.0 - math.degrees(math.asin(max(-1.0, min(1.0, (limbs.shank + limbs.ankle - down) / limbs.thigh))))
    hip = 180 - hip if seat_m <= 0.3 else max(70.0, min(110.0, 180 - hip))
    return Pose(
        {
            **both("thigh", (hip, 5, 6)),
            **both("calf", (knee, 0, 0)),
            **both("foot", (knee - hip, 0, 0)),
            **both("upperarm", (26, 6, -6)),
            **both("lowerarm", (52, 0, 0)),
            "spine": (10 + wave(time_s * 0.15 + seed) * 2, 0, 0),
            "head": (4, 0, 18 * wave(time_s * 0.1 + seed * 0.3)),
        },
        (-4, 0, 0),
        height_m=down,
        shift_m=(-SIT_BACK * limbs.height, 0.0),
    )


def crouch(time_s: float, seed: int) -> Pose:
    """On the heels, arms over the knees."""
    return Pose(
        {
            **both("thigh", (112, 14, 8)),
            **both("calf", (132, 0, 0)),
            **both("foot", (14, 0, 0)),
            **both("upperarm", (62, 4, -8)),
            **both("lowerarm", (40 + 6 * wave(time_s * 0.3 + seed), 0, 0)),
            "spine": (24, 0, 3 * wave(time_s * 0.2 + seed)),
            "head": (-12, 0, 10 * wave(time_s * 0.13 + seed)),
        },
        (18, 0, 0),
    )


def lie(seed: int, side: str) -> Pose:
    """On the back, the belly or the side."""
    if side == "belly":
        arms = {
            "upperarm_l": (176, 24, 0),
            "lowerarm_l": (12, 0, 0),
            "upperarm_r": (-4, 26, 0),
            "lowerarm_r": (0, 0, 0),
        }
        legs = {"thigh_l": (-2, 12, 8), "calf_l": (10, 0, 0), "thigh_r": (-2, 6, 6), **both("foot", (-58, 0, 0))}
        return Pose({**arms, **legs, "head": (-6, 0, 64)}, (90, 0, 0))
    if side == "side":
        legs = {"thigh_l": (50, 2, 0), "calf_l": (65, 0, 0), "thigh_r": (24, 0, 0), "calf_r": (35, 0, 0)}
        arms = {"upperarm_l": (60, -4, 0), "lowerarm_l": (50, 0, 0), "upperarm_r": (80, 4, 0), "lowerarm_r": (40, 0, 0)}
        return Pose({**legs, **arms, "spine": (14, 0, 0), **both("foot", (-25, 0, 0))}, (0, -88 if seed % 2 else 88, 0))
    arms = {"upperarm_l": (-6, 44, 20), "lowerarm_l": (14, 0, 0), "upperarm_r": (-6, 26, 10), "lowerarm_r": (10, 0, 0)}
    legs = {"thigh_r": (24, 10, 8), "calf_r": (50, 0, 0), "thigh_l": (0, 9, 12), **both("foot", (-26, 0, 0))}
    return Pose({**arms, **legs, "head": (4, 0, 16)}, (-90, 0, 0))


def fall(phase: float, end: Pose, side: str) -> Pose:
    """From standing to lying as in `end`: knees give way, hands go out, the body comes down."""
    toward = 1 if side == "belly" else -1 if side == "back" else 0
    roll = math.copysign(1.0, end.root[1]) if side == "side" else 0.0
    trip = Pose(
        {
            "upperarm_l": (50, 30, 0),
            "upperarm_r": (35, 42, 0),
            **both("lowerarm", (45, 0, 0)),
            "thigh_l": (34, 6, 0),
            "calf_l": (42, 0, 0),
            "thigh_r": (8, 4, 0),
            "calf_r": (28, 0, 0),
            "spine": (16, 0, 8),
        },
        (14 * toward, 16 * roll, 0),
    )
    half = Pose(
        {
            "upperarm_l": (75, 35, 0),
            "upperarm_r": (60, 45, 0),
            **both("lowerarm", (30, 0, 0)),
            "thigh_l": (62, 8, 0),
            "calf_l": (85, 0, 0),
            "thigh_r": (46, 8, 0),
            "calf_r": (78, 0, 0),
            "spine": (18, 0, 0),
        },
        (48 * toward, 50 * roll, 0),
    )
    return along([(0.0, stand(0, 0)), (0.3, trip), (0.62, half), (0.9, end), (1.0, end)], phase)


def get_up(phase: float, lain: Pose) -> Pose:
    """From lying to standing, over sitting and one knee."""
    sitting = Pose(
        {
            **both("thigh", (82, 8, 4)),
            **both("calf", (48, 0, 0)),
            **both("upperarm", (-24, 18, 0)),
            **both("lowerarm", (10, 0, 0)),
            "spine": (20, 0, 0),
        },
        (-22, 0, 0),
    )
    kneeling = Pose(
        {
            "thigh_l": (88, 4, 0),
            "calf_l": (92, 0, 0),
            "thigh_r": (4, 4, 0),
            "calf_r": (88, 0, 0),
            "foot_r": (-30, 0, 0),
            "upperarm_l": (40, 4, 0),
            "lowerarm_l": (40, 0, 0),
            "upperarm_r": (20, 10, 0),
            "lowerarm_r": (20, 0, 0),
            "spine": (28, 0, 0),
        },
        (12, 0, 0),
    )
    keys = [(0.0, lain), (0.35, sitting), (0.65, kneeling), (1.0, stand(0, 0))]
    return along(keys, phase)


def climb(phase: float, over_m: float, limbs: Limbs) -> Pose:
    """Up and over something `over_m` high: 0..0.45 up, 0.45..0.6 astride on top, until 1 down on the far side."""
    leg = limbs.thigh + limbs.shank + limbs.ankle
    reach = blend(stand(0, 0), Pose({**both("upperarm", (165, 8, 0)), **both("lowerarm", (12, 0, 0))}), 1)
    pull = Pose(
        {
            **both("upperarm", (118, 14, 0)),
            **both("lowerarm", (72, 0, 0)),
            "thigh_l": (92, 8, 10),
            "calf_l": (96, 0, 0),
            "thigh_r": (14, 4, 0),
            "calf_r": (24, 0, 0),
            "spine": (8, 0, 0),
            "head": (-12, 0, 0),
        },
        (8, 0, 0),
        height_m=max(leg, over_m - 0.25),
    )
    top = Pose(
        {
            "thigh_l": (66, 26, 12),
            "calf_l": (58, 0, 0),
            "thigh_r": (18, 30, 0),
            "calf_r": (56, 0, 0),
            **both("upperarm", (44, 14, 0)),
            **both("lowerarm", (24, 0, 0)),
            "spine": (30, 0, 0),
        },
        (20, 0, 0),
        height_m=over_m + 0.16,
    )
    drop = Pose(
        {
            **both("upperarm", (95, 22, 0)),
            **both("lowerarm", (30, 0, 0)),
            **both("thigh", (38, 8, 0)),
            **both("calf", (48, 0, 0)),
            **both("foot", (-18, 0, 0)),
            "spine": (12, 0, 0),
        },
        height_m=max(leg, over_m * 0.72),
    )
    landed = Pose({**crouch(0, 0).joints, **both("upperarm", (50, 18, 0))}, (20, 0, 0), height_m=leg * 0.55)
    up = stand(0, 0)
    low = Pose(reach.joints, reach.root, leg * 0.995)
    high = Pose(up.joints, up.root, leg * 0.985)
    keys = [(0.0, high), (0.1, low), (0.4, pull), (0.52, top), (0.62, top), (0.8, drop), (0.9, landed), (1.0, high)]
    return along(keys, phase)


def reach(phase: float, height_m: float, limbs: Limbs) -> Pose:
    """Bends or stretches to something at a height above the ground: at phase 0.5 the hand is there, at 1 back."""
    there = math.sin(math.pi * min(1.0, max(0.0, phase)))
    up = height_m / limbs.height
    if up > 0.55:
        arm = 90.0 + (up - 0.8) * 160
        goal = Pose({**HANGING, "upperarm_r": (arm, 4, 0), "lowerarm_r": (8, 0, 0), "spine": (8, 0, 10)})
    else:
        deep = 1 - up / 0.55
        goal = Pose(
            {
                **both("thigh", (30 + 72 * deep, 6, 6)),
                **both("calf", (20 + 74 * deep, 0, 0)),
                **both("foot", (8 + 6 * deep, 0, 0)),
                "upperarm_r": (52 + 22 * deep, 2, 0),
                "lowerarm_r": (12, 0, 0),
                "upperarm_l": (34, 8, 0),
                "lowerarm_l": (40, 0, 0),
                "spine": (26 + 12 * deep, 0, 4),
                "head": (-6, 0, 0),
            },
            (16 + 12 * deep, 0, 0),
        )
    return blend(stand(0, 0), goal, there)


def throw(phase: float) -> Pose:
    """Winds up and throws with the right arm."""
    start = stand(0, 0)
    legs = {
        "thigh_l": (16, 4, 4),
        "calf_l": (10, 0, 0),
        "thigh_r": (-14, 4, 6),
        "calf_r": (8, 0, 0),
        "foot_r": (6, 0, 0),
    }
    back = start.but(**legs, upperarm_r=(40, 88, 60), lowerarm_r=(92, 0, 0), upperarm_l=(48, 10, 0), spine=(-8, 0, -32))
    out = start.but(**legs, upperarm_r=(112, 12, 0), lowerarm_r=(8, 0, 0), upperarm_l=(-20, 14, 0), spine=(22, 0, 30))
    return along([(0.0, start), (0.4, back), (0.58, out), (0.7, out), (1.0, start)], phase)


GUARD: dict[str, Angles] = {
    **both("fingers", (72, 0, 0)),
    "upperarm_l": (38, 12, 0),
    "lowerarm_l": (104, 0, 0),
    "upperarm_r": (30, 14, 0),
    "lowerarm_r": (112, 0, 0),
    "thigh_l": (24, 8, 4),
    "calf_l": (24, 0, 0),
    "thigh_r": (-8, 10, 14),
    "calf_r": (24, 0, 0),
    "foot_r": (12, 0, 0),
}


def punch(phase: float) -> Pose:
    """Blows from a guard, left and right in turn; phase counts pairs of blows."""
    part = phase % 1.0
    guard = Pose({**GUARD, "spine": (12, 0, 8), "head": (8, 0, 0)}, (4, 0, 0))
    left = guard.but(upperarm_l=(86, 4, 0), lowerarm_l=(8, 0, 0), spine=(20, 0, -26))
    right = guard.but(upperarm_r=(88, 2, 0), lowerarm_r=(6, 0, 0), spine=(24, 0, 38))
    return along([(0.0, guard), (0.16, left), (0.34, guard), (0.62, right), (0.82, guard), (1.0, guard)], part)


def flinch(phase: float) -> Pose:
    """Struck, again and again: the arms go up, the body bends away; phase counts blows."""
    part = phase % 1.0
    ward = Pose(
        {
            **GUARD,
            "upperarm_l": (74, 10, 0),
            "lowerarm_l": (112, 0, 0),
            "upperarm_r": (70, 12, 0),
            "lowerarm_r": (118, 0, 0),
            "spine": (18, 0, -8),
            "head": (18, 0, 0),
        }
    )
    hit = ward.but(spine=(-14, 12, -28), head=(-16, 8, -26), thigh_l=(34, 8, 4), calf_l=(40, 0, 0))
    return along([(0.0, ward), (0.15, hit), (0.5, ward), (1.0, ward)], part)
