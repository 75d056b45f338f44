"""How bodies move: joint angles for each action and phase, and how far a cycle carries them. Needs no Blender."""

from collections.abc import Callable
from dataclasses import replace

from tools.footage.looks import looks
from tools.footage.motion import acts
from tools.footage.motion.gait import RUN, WALK, Gait, go
from tools.footage.motion.pose import Limbs, Pose, blend, both, wave
from tools.footage.motion.riding import PEDAL_TURN_M, ride
from tools.footage.motion.sprawl import sprawl
from tools.footage.world import Action, Thing

_PACES = {"slow": 0.72, "normal": 1.0, "brisk": 1.12}
_GOING = frozenset({Action.WALK, Action.RUN, Action.PUSH, Action.CARRY})
_ARMS_BEFORE = {
    "upperarm_l": (38.0, -16.0, 0.0),
    "upperarm_r": (34.0, 34.0, 0.0),
    **both("lowerarm", (40, 0, 0)),
    **both("fingers", (62, 0, 0)),
}
"""Of who pushes a bicycle that is on his right."""


def height_m(thing: Thing) -> float:
    """How tall a person stands, by traits and seed."""
    return looks(thing).height_m


def _gait(action: Action, thing: Thing) -> Gait:
    """This one's gait: trait `pace` (slow, normal, brisk) and age make the steps wider or narrower."""
    base, who = (RUN if action is Action.RUN else WALK), looks(thing)
    wide = _PACES[thing.traits.get("pace", "normal")] * (0.82 if who.age_years > 65 else 1.0)
    if action in (Action.PUSH, Action.CARRY):
        wide *= 0.9
    return replace(base, stride=base.stride * wide * (0.94 + 0.06 * who.pace))


def stride_m(action: Action, thing: Thing) -> float:
    """Metres on the ground that one cycle (two steps) of `action` carries this body; 0 for actions that stay.

    Advance `phase` by metres / stride_m and the feet do not slide. Of RIDE: metres for one turn of the pedals.
    """
    if action in (Action.WALK, Action.RUN, Action.PUSH, Action.CARRY):
        return _gait(action, thing).stride * height_m(thing)
    return PEDAL_TURN_M if action is Action.RIDE else 0.0


def pose(thing: Thing, time_s: float, limbs: Limbs | None = None) -> Pose:
    """The joint angles of a person at an instant; `limbs` of the very body if known, else by the height.

    Traits: pace (slow, normal, brisk); seat (metres, of SIT); side (back, belly, side) and sprawled (yes: see
    `sprawl`), both of LIE, FALL, GET_UP; over (metres, of CLIMB); at (metres above ground, of REACH).
    """
    limbs = limbs or Limbs.of_height(height_m(thing))
    phase, seed, asked = thing.phase, thing.seed, thing.traits
    side = asked.get("side", "back")

    def lying() -> Pose:
        return sprawl(seed, side) if asked.get("sprawled") == "yes" else acts.lie(seed, side)

    def going() -> Pose:
        who = looks(thing)
        walking = go(_gait(thing.action, thing), limbs, phase, who.pace)
        if who.load not in ("bag", "suitcase"):
            return walking
        return walking.but(
            upperarm_r=(walking.joint("upperarm_r")[0] * 0.35, 7, 0), lowerarm_r=(6, 0, 0), fingers_r=(70, 0, 0)
        )

    def pushing() -> Pose:
        return going().but(**_ARMS_BEFORE, spine=(8, 0, 2 * wave(phase)))

    def carrying() -> Pose:
        return going().but(
            **both("upperarm", (24, 3, 0)), **both("lowerarm", (72, 0, 0)), spine=(-3, 0, 2 * wave(phase))
        )

    poses: dict[Action, Callable[[], Pose]] = {
        Action.WALK: going,
        Action.RUN: going,
        Action.PUSH: pushing,
        Action.CARRY: carrying,
        Action.SIT: lambda: acts.sit(float(asked.get("seat", "0.45")), limbs, time_s, seed),
        Action.CROUCH: lambda: acts.crouch(time_s, seed),
        Action.LIE: lying,
        Action.CLIMB: lambda: acts.climb(phase, float(asked.get("over", "2.0")), limbs),
        Action.REACH: lambda: acts.reach(phase, float(asked.get("at", "0.2")), limbs),
        Action.THROW: lambda: acts.throw(phase),
        Action.RIDE: lambda: ride(phase, limbs, pedals=asked.get("pedals", "yes") == "yes"),
        Action.FALL: lambda: acts.fall(phase, lying(), side),
        Action.GET_UP: lambda: acts.get_up(phase, lying()),
        Action.PUNCH: lambda: acts.punch(phase),
        Action.FLINCH: lambda: acts.flinch(phase),
    }
    acted = poses.get(thing.action, lambda: acts.stand(time_s, seed))()
    if thing.amount >= 1.0:
        return acted
    upright = acts.stand(time_s, seed)
    if acted.height_m is not None:
        upright = Pose(upright.joints, upright.root, 0.985 * (limbs.thigh + limbs.shank + limbs.ankle))
    return blend(upright, acted, thing.amount)
