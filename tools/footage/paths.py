"""Where somebody is at every moment: waypoints with times become smooth positions, speeds, headings and phases. Pure.

Everything is computed on a fine grid of times (`STEP_S` apart) and then read off at the pictures' times.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tools.footage.world import Action

Numbers = NDArray[np.float64]
STEP_S = 0.02
MARGIN_S = 1.0
"""The grid begins so much before 0 and ends so much after the end, so that smoothing has something to look at."""
LOCOMOTION = frozenset({Action.WALK, Action.RUN, Action.CARRY, Action.PUSH, Action.RIDE})
CYCLES_A_S = {Action.PUNCH: 0.85, Action.FLINCH: 0.85}
"""Cycles a second of what goes round and round on the spot."""
ONCE = frozenset({Action.FALL, Action.GET_UP, Action.CLIMB, Action.REACH, Action.THROW})
POSTURES = frozenset({Action.SIT, Action.CROUCH, Action.LIE})
CLIMBED = ([0.0, 0.12, 0.40, 0.64, 0.82, 1.0], [0.0, 0.2, 0.36, 0.72, 0.9, 1.0])
"""Share of a climb's time, and of its way: first up, then over, then down."""
INTO_POSTURE_S = 0.9
STANDS_BELOW = 0.12
"""Metres a second; whoever is slower stands."""
FULL_STRIDE = 0.7
"""Metres a second from which a step is a whole one."""
SHOULDER_M = 0.62
"""Nearer than this, middle to middle, two people brush each other."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of a path: from `begin_s` to `end_s` on the way to `goal`, or standing there."""

    begin_s: float
    end_s: float
    goal: tuple[float, float]
    action: Action
    facing: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole path. `round_s`: half the time over which corners and changes of speed are smoothed."""

    start: tuple[float, float]
    legs: tuple[Leg, ...] = ()
    facing: float | None = None
    round_s: float = 0.4
    rest: Action = Action.STAND


@dataclass(frozen=True, slots=True)
class Course:
    """Somebody's way on the grid: positions (N, 2), headings (N,), actions, phases (N,), amounts (N,)."""

    times: Numbers
    positions: Numbers
    headings: Numbers
    actions: tuple[Action, ...]
    phases: Numbers
    amounts: Numbers

    def row(self, time_s: float) -> int:
        """The grid's row at a time."""
        return int(np.clip(round((time_s + MARGIN_S) / STEP_S), 0, len(self.times) - 1))


def grid(seconds: float) -> Numbers:
    """Times of the grid for a scene of so many seconds."""
    return np.arange(round((seconds + 2 * MARGIN_S) / STEP_S) + 1, dtype=np.float64) * STEP_S - MARGIN_S


def smoothed(values: Numbers, half_s: float) -> Numbers:
    """Values (N,) or (N, 2) averaged over ± `half_s` with a raised cosine; the ends go on as they are."""
    half = max(1, round(half_s / STEP_S))
    window = 1 + np.cos(np.linspace(-np.pi, np.pi, 2 * half + 1))
    window /= window.sum()
    columns = values.reshape(len(values), -1)
    padded = np.pad(columns, ((half, half), (0, 0)), mode="edge")
    out = np.stack([np.convolve(column, window, mode="valid") for column in padded.T], axis=1)
    return out.reshape(values.shape)


def way(plan: Plan, times: Numbers) -> Numbers:
    """Positions (N, 2) at the times: straight between waypoints, then rounded."""
    knots_s: list[float] = [float(times[0])]
    knots: list[tuple[float, ...]] = [plan.start]
    for leg in plan.legs:
        shares, covered = CLIMBED if leg.action is Action.CLIMB else ([0.0, 1.0], [0.0, 1.0])
        begin = np.asarray(knots[-1])
        knots_s += [leg.begin_s + share * (leg.end_s - leg.begin_s) for share in shares]
        knots += [tuple(begin + share * (np.asarray(leg.goal) - begin)) for share in covered]
    points = np.asarray(knots, np.float64)
    straight = np.stack([np.interp(times, knots_s, points[:, axis]) for axis in (0, 1)], axis=1)
    return smoothed(straight, plan.round_s)


def kept_apart(ways: list[Numbers], free: list[bool], radius_m: float = SHOULDER_M) -> list[Numbers]:
    """The ways (N, 2) of several people, bent so that no two who meet walk through each other.

    `free`: whose way may be bent and who minds being touched; the others are let through. A few rounds: who is near
    another is pushed aside, with the push spread over time so that it becomes a curve.
    """
    bent = [positions.copy() for positions in ways]
    for _ in range(12):
        worst = 0.0
        for one in range(len(bent)):
            for other in range(one + 1, len(bent)):
                if free[one] and free[other]:
                    worst = max(worst, _push_apart(bent, one, other, radius_m))
        if worst < 0.02:
            break
    return bent


def _push_apart(bent: list[Numbers], one: int, other: int, radius_m: float) -> float:
    """Bend two ways a little; returns by how much they were too near."""
    gap = bent[other] - bent[one]
    distance = np.hypot(*gap.T)
    lack = np.maximum(radius_m - distance, 0.0)
    if not lack.any():
        return 0.0
    drift = np.gradient(gap, STEP_S, axis=0)
    across = np.stack([-drift[:, 1], drift[:, 0]], axis=1)
    length = np.hypot(*across.T)[:, None]
    # Who crosses steps aside; who hardly moves against the other is pushed straight away from him.
    sideways = across / np.maximum(length, 1e-6)
    sideways *= np.where((sideways * gap).sum(axis=1, keepdims=True) < 0, -1.0, 1.0)
    away = np.where(distance[:, None] > 1e-3, gap / np.maximum(distance[:, None], 1e-3), [1.0, 0.0])
    push = smoothed(np.where(length > 0.3, sideways, away) * lack[:, None], 0.5)
    peak = np.hypot(*push.T).max()
    push *= 0.5 * lack.max() / max(peak, 1e-6)
    bent[one] = bent[one] - push
    bent[other] = bent[other] + push
    return float(lack.max())


def course(plan: Plan, times: Numbers, positions: Numbers, stride_m: dict[Action, float]) -> Course:
    """The whole course of somebody whose (perhaps bent) way is known. `stride_m`: metres a cycle, by action."""
    velocity = np.gradient(positions, STEP_S, axis=0)
    speed = np.hypot(*velocity.T)
    leg_at = np.array([_leg(plan, time_s) for time_s in times])
    actions = tuple(_action(plan, number, float(v)) for number, v in zip(leg_at, speed, strict=True))
    amounts = np.array(
        [
            _amount(plan, int(leg), action, float(v), float(time_s))
            for leg, action, v, time_s in zip(leg_at, actions, speed, times, strict=True)
        ]
    )
    return Course(
        times,
        positions,
        _headings(plan, times, velocity, speed, leg_at),
        actions,
        _phases(plan, times, actions, speed, leg_at, stride_m),
        amounts,
    )


def led(course_: Course, ahead_m: float, left_m: float, action: Action) -> Course:
    """The course of something that goes along with another, so much ahead of it and to its left."""
    forward = np.stack([np.cos(course_.headings), np.sin(course_.headings)], axis=1)
    sideways = np.stack([-forward[:, 1], forward[:, 0]], axis=1)
    positions = course_.positions + ahead_m * forward + left_m * sideways
    return replace(course_, positions=positions, actions=(action,) * len(course_.times))


def _leg(plan: Plan, time_s: float) -> int:
    """The leg of a time; -1 between and outside legs."""
    for number, leg in enumerate(plan.legs):
        if leg.begin_s <= time_s < leg.end_s:
            return number
    # What lasts goes on after the path's end: who lies stays lying.
    lasts = plan.legs and time_s >= plan.legs[-1].end_s
    return len(plan.legs) - 1 if lasts and _lasts(plan.legs[-1].action) else -1


def _lasts(action: Action) -> bool:
    return action in POSTURES or action is Action.FALL


def _action(plan: Plan, leg: int, speed: float) -> Action:
    action = plan.legs[leg].action if leg >= 0 else plan.rest
    if action in LOCOMOTION and speed < STANDS_BELOW:
        return plan.rest if action is not Action.RIDE else action
    if action is Action.STAND and speed > 2 * STANDS_BELOW:
        return _moving_action(plan, leg)
    return action


def _moving_action(plan: Plan, leg: int) -> Action:
    """What somebody does who still (or already) moves while he is said to stand: as on the leg beside this one."""
    beside = [leg - 1, leg + 1] if leg >= 0 else [len(plan.legs) - 1, 0]
    near = (plan.legs[number].action for number in beside if 0 <= number < len(plan.legs))
    return next((action for action in near if action in LOCOMOTION), Action.WALK)


def _headings(plan: Plan, times: Numbers, velocity: Numbers, speed: Numbers, leg_at: NDArray[np.int64]) -> Numbers:
    """Along the way where somebody moves, as asked where he stands, without jumps."""
    wanted = np.full(len(times), np.nan)
    along = np.arctan2(velocity[:, 1], velocity[:, 0])
    moving = speed > 0.2
    wanted[moving] = along[moving]
    for number, leg in enumerate(plan.legs):
        if leg.facing is not None:
            wanted[leg_at == number] = leg.facing
    if plan.facing is not None and np.isnan(wanted[0]):
        wanted[0] = plan.facing
    known = np.flatnonzero(~np.isnan(wanted))
    if not len(known):
        return np.zeros(len(times))
    # Hold the last known heading; before the first, that one.
    last = np.maximum.accumulate(np.where(np.isnan(wanted), -1, np.arange(len(times))))
    held = wanted[np.where(last < 0, known[0], last)]
    return smoothed(np.unwrap(held), 0.3)


def _phases(
    plan: Plan,
    times: Numbers,
    actions: tuple[Action, ...],
    speed: Numbers,
    leg_at: NDArray[np.int64],
    stride_m: dict[Action, float],
) -> Numbers:
    phases = np.zeros(len(times))
    phase = 0.0
    for row, action in enumerate(actions):
        leg = plan.legs[leg_at[row]] if leg_at[row] >= 0 else None
        if action in ONCE and leg is not None:
            phases[row] = np.clip((times[row] - leg.begin_s) / (leg.end_s - leg.begin_s), 0.0, 1.0)
        else:
            stride = stride_m.get(action, 0.0)
            phase += speed[row] * STEP_S / stride if stride else CYCLES_A_S.get(action, 0.0) * STEP_S
            phases[row] = phase
    return phases


def _amount(plan: Plan, leg: int, action: Action, speed: float, time_s: float) -> float:
    if action in LOCOMOTION and action is not Action.RIDE:
        return float(np.clip(speed / FULL_STRIDE, 0.0, 1.0))
    return _posture(plan, leg, time_s) if action in POSTURES and leg >= 0 else 1.0


def _posture(plan: Plan, number: int, time_s: float) -> float:
    """How far into a posture: down at its beginning and up at its end, unless the neighbour leg is low too."""
    leg = plan.legs[number]
    last, first = number == len(plan.legs) - 1, number == 0
    low = POSTURES | {Action.FALL}
    low_before = (first and leg.begin_s <= 0) or (not first and plan.legs[number - 1].action in low)
    low_after = last or plan.legs[number + 1].action in low | {Action.GET_UP}
    into = min(INTO_POSTURE_S, (leg.end_s - leg.begin_s) / 2)
    down = 1.0 if low_before else (time_s - leg.begin_s) / into
    up = 1.0 if low_after else (leg.end_s - time_s) / into
    share = float(np.clip(min(down, up), 0.0, 1.0))
    return share * share * (3 - 2 * share)
