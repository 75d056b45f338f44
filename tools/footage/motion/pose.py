"""A pose: joint angles in degrees, away from a body that stands upright with its arms hanging."""

import math
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Self

Angles = tuple[float, float, float]
"""Of one joint, degrees: forward, outward, turn.

Limbs: forward swings the limb to the front (a knee's forward is its bend, always ≥ 0; a foot's lifts the toes), outward
away from the other side, turn outwards around itself. Trunk, neck, head: forward bends, outward leans to the left, turn
twists to the left.
"""

STRAIGHT: Angles = (0.0, 0.0, 0.0)
MIRRORED = {"_l": "_r", "_r": "_l"}


@dataclass(frozen=True, slots=True)
class Limbs:
    """The lengths in metres that a gait needs of a body."""

    thigh: float
    shank: float
    ankle: float
    """How high the ankle is when standing."""
    heel: float
    """How far behind the ankle the heel touches."""
    ball: float
    """How far before the ankle the ball of the foot touches."""
    height: float

    @classmethod
    def of_height(cls, height_m: float) -> Self:
        """The usual shares of body height (Drillis and Contini 1966, rounded)."""
        return cls(0.245 * height_m, 0.246 * height_m, 0.042 * height_m, 0.03 * height_m, 0.085 * height_m, height_m)


@dataclass(frozen=True, slots=True)
class Pose:
    """All angles of one body at one instant.

    `joints`: by name: thigh, calf, foot, upperarm, lowerarm, hand, fingers with _l or _r; spine, neck, head.
    `root`: the whole body about the pelvis. `height_m`: of the pelvis over the ground, or none: the lowest point
    touches the ground. `lift_m`: what is added to either. `shift_m`: forward and to the left.
    """

    joints: dict[str, Angles] = field(default_factory=dict)
    root: Angles = STRAIGHT
    height_m: float | None = None
    lift_m: float = 0.0
    shift_m: tuple[float, float] = (0.0, 0.0)

    def joint(self, name: str) -> Angles:
        """Angles of one joint."""
        return self.joints.get(name, STRAIGHT)

    def but(self, **joints: Angles) -> "Pose":
        """The same pose with some joints set anew."""
        return replace(self, joints={**self.joints, **joints})

    def mirrored(self) -> "Pose":
        """Left and right exchanged."""
        swapped = {name[:-2] + MIRRORED.get(name[-2:], name[-2:]): angles for name, angles in self.joints.items()}
        trunk = {
            name: (swapped[name][0], -swapped[name][1], -swapped[name][2]) for name in swapped if name[-2:-1] != "_"
        }
        return replace(self, joints={**swapped, **trunk}, root=(self.root[0], -self.root[1], -self.root[2]))


def both(name: str, angles: Angles) -> dict[str, Angles]:
    """The same angles left and right."""
    return {f"{name}_l": angles, f"{name}_r": angles}


def _mix(a: Angles, b: Angles, share: float) -> Angles:
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)


def blend(a: Pose, b: Pose, share: float) -> Pose:
    """Between two poses; 0 is the first. A height that only one has is taken from that one with its share of lift."""
    names = a.joints.keys() | b.joints.keys()
    height = b.height_m if share > 0.5 else a.height_m
    if a.height_m is not None and b.height_m is not None:
        height = a.height_m + (b.height_m - a.height_m) * share
    return Pose(
        {name: _mix(a.joint(name), b.joint(name), share) for name in names},
        _mix(a.root, b.root, share),
        height,
        a.lift_m + (b.lift_m - a.lift_m) * share,
        (
            a.shift_m[0] + (b.shift_m[0] - a.shift_m[0]) * share,
            a.shift_m[1] + (b.shift_m[1] - a.shift_m[1]) * share,
        ),
    )


def smooth(share: float) -> float:
    """0..1 with a soft start and end."""
    share = min(1.0, max(0.0, share))
    return share * share * (3 - 2 * share)


def along(keys: list[tuple[float, Pose]], phase: float) -> Pose:
    """A pose between key poses at rising phases, softly."""
    if phase <= keys[0][0]:
        return keys[0][1]
    for (start, a), (end, b) in pairwise(keys):
        if phase <= end:
            return blend(a, b, smooth((phase - start) / (end - start)))
    return keys[-1][1]


def wave(phase: float) -> float:
    """Sine of a phase that counts cycles."""
    return math.sin(2 * math.pi * phase)
