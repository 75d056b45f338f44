"""How people lie: not in three ways but as they came down, an arm under the head, a knee up, a leg drawn in.

A detector that has seen everybody lie alike finds those alone who lie like that. Angles within what joints allow, and
such that no limb goes through the ground on which the body comes to rest.
"""

import numpy as np

from tools.footage.motion.pose import Angles, Pose, both

KNEE_UP, ARM_OVER = 0.55, 0.25
"""Of who is on his back: how often a knee is drawn up, and an arm lies on the body."""
SEED = 77


def sprawl(seed: int, side: str) -> Pose:
    """On the back, the belly or the side, the same for the same seed."""
    chance = np.random.default_rng((seed, SEED))
    lain = {"back": _on_the_back, "belly": _on_the_belly, "side": _on_the_side}[side]
    return lain(chance, seed)


def _on_the_back(chance: np.random.Generator, _: int) -> Pose:
    joints: dict[str, Angles] = {"head": _angles(chance, (-8, 20), (0, 0), (-60, 60))}
    for side in ("l", "r"):
        if chance.random() < KNEE_UP:
            joints[f"thigh_{side}"] = thigh = _angles(chance, (25, 75), (0, 25), (-5, 15))
            joints[f"calf_{side}"] = _angles(chance, (thigh[0], min(125, thigh[0] + 55)))
        else:
            joints[f"thigh_{side}"] = _angles(chance, (0, 8), (2, 30), (0, 15))
            joints[f"calf_{side}"] = _angles(chance, (0, 25))
        over = chance.random() < ARM_OVER
        joints[f"upperarm_{side}"] = _angles(chance, (20, 60), (0, 15)) if over else _angles(chance, (0, 8), (8, 150))
        joints[f"lowerarm_{side}"] = _angles(chance, (50, 110) if over else (0, 45))
    feet = both("foot", _angles(chance, (-35, -10)))
    spine = _angles(chance, (-4, 18), (-14, 14), (-12, 12))
    return Pose({**joints, **feet, "spine": spine}, _angles(chance, (-91, -86), (-6, 6)))


def _on_the_belly(chance: np.random.Generator, _: int) -> Pose:
    joints: dict[str, Angles] = {"head": _angles(chance, (-8, 0), (0, 0), (-60, 60))}
    for side in ("l", "r"):
        bent = chance.random() < 0.3
        joints[f"thigh_{side}"] = _angles(chance, (-5, 0), (3, 45 if bent else 22), (0, 15))
        joints[f"calf_{side}"] = _angles(chance, (20, 80) if bent else (0, 20))
        joints[f"upperarm_{side}"] = _angles(chance, (-8, -1), (8, 150), (0, 20))
        joints[f"lowerarm_{side}"] = _angles(chance, (0, 45))
    spine = _angles(chance, (0, 0), (-14, 14), (-12, 12))
    return Pose({**joints, **both("foot", (-58, 0, 0)), "spine": spine}, _angles(chance, (88, 92), (-4, 4)))


def _on_the_side(chance: np.random.Generator, seed: int) -> Pose:
    joints: dict[str, Angles] = {"head": _angles(chance, (-8, 20), (0, 0), (-60, 60))}
    for side in ("l", "r"):
        joints[f"thigh_{side}"] = thigh = _angles(chance, (0, 100), (-4, 12))
        joints[f"calf_{side}"] = _angles(chance, (max(0, thigh[0] - 30), thigh[0] + 30))
        joints[f"upperarm_{side}"] = _angles(chance, (10, 150), (-4, 12))
        joints[f"lowerarm_{side}"] = _angles(chance, (0, 110))
    feet = both("foot", _angles(chance, (-35, -10)))
    spine = _angles(chance, (-4, 18), (-14, 14), (-12, 12))
    over = -90 if seed % 2 else 90
    return Pose({**joints, **feet, "spine": spine}, _angles(chance, (-12, 12), (over - 12, over + 12)))


def _angles(chance: np.random.Generator, *ranges: tuple[float, float]) -> Angles:
    """One angle of each range, none where no range is left."""
    forward, outward, turn = (*(float(chance.uniform(*one)) for one in ranges), 0.0, 0.0)[:3]
    return forward, outward, turn
