import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.footage.paths import STEP_S, Course, Leg, Plan, course, grid, kept_apart, way
from tools.footage.world import Action

STRIDES = {Action.WALK: 1.4, Action.RUN: 2.4}
THERE_AND_BACK = Plan(
    (0.0, 0.0),
    (Leg(1, 5, (4, 0), Action.WALK), Leg(5, 7, (4, 0), Action.STAND), Leg(7, 11, (0, 0), Action.WALK)),
)


def walked(plan: Plan, seconds: float = 12.0) -> Course:
    times = grid(seconds)
    return course(plan, times, way(plan, times), STRIDES)


def at(path: Course, time_s: float) -> int:
    return path.row(time_s)


def test_somebody_is_where_the_waypoints_say_when_they_say() -> None:
    path = walked(THERE_AND_BACK)
    for time_s, spot in ((0.0, (0, 0)), (3.0, (2, 0)), (6.0, (4, 0)), (9.0, (2, 0)), (12.0, (0, 0))):
        assert path.positions[at(path, time_s)] == pytest.approx(spot, abs=0.02)


def test_nobody_starts_or_stops_at_once() -> None:
    path = walked(THERE_AND_BACK)
    speed = np.hypot(*np.gradient(path.positions, STEP_S, axis=0).T)
    assert np.abs(np.gradient(speed, STEP_S)).max() < 4.0  # metres a second, a second


def test_who_walks_looks_ahead_and_who_stands_keeps_looking_there() -> None:
    path = walked(THERE_AND_BACK)
    assert path.headings[at(path, 3)] == pytest.approx(0.0, abs=0.05)
    assert path.headings[at(path, 6)] == pytest.approx(0.0, abs=0.2)
    assert np.cos(path.headings[at(path, 9)]) == pytest.approx(-1.0, abs=0.05)
    assert np.abs(np.diff(path.headings)).max() / STEP_S < 12.0  # radians a second


def test_who_stands_looks_where_he_is_told_to() -> None:
    legs = (Leg(0, 3, (3, 0), Action.WALK), Leg(3, 8, (3, 0), Action.STAND, facing=np.pi / 2))
    path = walked(Plan((0, 0), legs))
    assert path.headings[at(path, 6)] == pytest.approx(np.pi / 2, abs=0.01)


def test_feet_do_not_slide_because_phases_advance_with_the_way() -> None:
    path = walked(THERE_AND_BACK)
    metres = np.abs(np.diff(path.positions[:, 0]))[at(path, 2) : at(path, 4)].sum()
    cycles = path.phases[at(path, 4)] - path.phases[at(path, 2)]
    assert cycles == pytest.approx(metres / STRIDES[Action.WALK], rel=0.02)


def test_actions_follow_the_legs_and_who_does_not_move_stands() -> None:
    path = walked(THERE_AND_BACK)
    assert path.actions[at(path, 0)] is Action.STAND
    assert path.actions[at(path, 3)] is Action.WALK
    assert path.actions[at(path, 6)] is Action.STAND
    assert path.actions[at(path, 12)] is Action.STAND


def test_somebody_who_falls_stays_down() -> None:
    path = walked(Plan((0, 0), (Leg(0, 3, (3, 0), Action.WALK), Leg(3, 4, (3, 0), Action.FALL))))
    assert path.actions[at(path, 3.5)] is Action.FALL
    assert 0.3 < path.phases[at(path, 3.5)] < 0.7
    assert path.actions[at(path, 12)] is Action.FALL
    assert path.phases[at(path, 12)] == 1.0


def test_somebody_sits_down_gradually_and_gets_up_again() -> None:
    path = walked(Plan((0, 0), (Leg(2, 8, (0, 0), Action.SIT),)), 10)
    assert path.amounts[at(path, 2.1)] < 0.2
    assert path.amounts[at(path, 5)] == 1.0
    path = walked(Plan((0, 0), (Leg(2, 8, (0, 0), Action.SIT), Leg(8, 10, (2, 0), Action.WALK))), 10)
    assert path.amounts[at(path, 7.9)] < 0.2


def test_a_climber_is_still_before_the_fence_while_he_goes_up() -> None:
    plan = Plan((0, 0), (Leg(0, 4, (0, 1), Action.CLIMB),))
    path = walked(plan, 5)
    assert path.positions[at(path, 1.5)][1] < 0.42
    assert path.positions[at(path, 3.0)][1] > 0.7


@given(st.integers(0, 10_000))
def test_people_who_cross_do_not_walk_through_each_other(seed: int) -> None:
    random = np.random.default_rng(seed)
    times = grid(12)
    ends = random.uniform(-5, 5, (4, 2, 2))
    ways = [way(Plan(tuple(a), (Leg(0, 12, tuple(b), Action.WALK),)), times) for a, b in ends]
    bent = kept_apart(ways, [True] * 4)
    inner = slice(round(2 / STEP_S), -round(2 / STEP_S))
    for one in range(4):
        for other in range(one + 1, 4):
            assert np.hypot(*(bent[one] - bent[other])[inner].T).min() > 0.3
    again = kept_apart(ways, [True] * 4)
    assert all((a == b).all() for a, b in zip(bent, again, strict=True))


def test_those_who_may_touch_are_left_alone() -> None:
    times = grid(4)
    ways = [way(Plan((0.0, 0.0)), times), way(Plan((0.1, 0.0)), times)]
    assert all((a == b).all() for a, b in zip(ways, kept_apart(ways, [False, True]), strict=True))
