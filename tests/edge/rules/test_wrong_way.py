import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.rules.base import Place
from edge.rules.errors import RuleError
from edge.rules.wrong_way import WrongWay, WrongWaySettings
from protocol.kinds import Phase
from tests.edge.rules.test_motion import PACE
from tests.edge.rules.test_running import MEASURED, YARD
from tests.edge.scenes import Thing, play

EAST = ((0.2, 0.8), (0.8, 0.8))


def rule(place: Place = YARD, **settings: Any) -> WrongWay:
    return WrongWay(WrongWaySettings(**{"zone": "yard", "direction": EAST, **settings}), place)


def west(seconds: float = 4.0, pace: float = 1.0, **more: Any) -> Thing:
    """Stands for a second, goes to the left, stands."""
    end = 0.9 - pace * PACE * seconds
    return Thing(1, [(0, (0.9, 0.8)), (1, (0.9, 0.8)), (1 + seconds, (end, 0.8)), (15, (end, 0.8))], **more)


@pytest.mark.parametrize("fps", [5, 10, 25])
def test_it_begins_after_the_path_and_ends_when_the_object_stops(fps: float) -> None:
    run = play(rule(min_path_heights=2.0), west(), until=12, fps=fps)
    assert [finding.phase for _, finding in run.findings] == [Phase.BEGIN, Phase.END]
    assert run.begins()[0] == pytest.approx(3.0, abs=0.7)
    assert run.ends()[0] == pytest.approx(7.6, abs=0.6)


@settings(max_examples=30)
@given(st.floats(0, 360), st.sampled_from([5, 10, 25]))
def test_only_who_goes_more_than_120_degrees_off_is_raised(off_deg: float, fps: float) -> None:
    if abs(abs((off_deg + 180) % 360 - 180) - 120) < 6:
        return
    across, down = 0.3 / (16 / 9) * math.cos(math.radians(off_deg)), 0.3 * math.sin(math.radians(off_deg))
    middle = (0.5, 0.65)
    thing = Thing(1, [(0, (middle[0] - across, middle[1] - down)), (4, (middle[0] + across, middle[1] + down))])
    run = play(rule(min_path_heights=1.0), thing, until=4, fps=fps)
    assert bool(run.begins()) == (abs((off_deg + 180) % 360 - 180) > 120)


def test_a_short_way_back_is_none_and_the_trace_says_how_far() -> None:
    run = play(rule(min_path_heights=2.0), west(seconds=1.0), until=6)
    assert run.findings == []
    assert any(trace.condition == "path" for _, trace in run.traces[1])
    assert run.why(1, 6).condition == "direction"


@pytest.mark.parametrize(
    "more", [{"jitter": 0.02}, {"gaps": [(2, 2.5)]}, {"cut": [(2, 3, 0.4)]}], ids=["jitter", "missed", "behind a car"]
)
def test_it_stands_bad_boxes(more: dict[str, Any]) -> None:
    assert len(play(rule(), west(**more), until=12, fps=5).begins()) == 1


def test_who_stands_and_trembles_has_no_way() -> None:
    assert play(rule(), Thing(1, [(0, (0.5, 0.8)), (60, (0.5, 0.8))], jitter=0.04), until=60, fps=5).findings == []


def test_a_changed_number_keeps_the_path() -> None:
    whole = west(seconds=3)
    middle = (0.9 - 1.5 * PACE, 0.8)
    first, second = Thing(1, [*whole.path[:2], (2.5, middle)]), Thing(4, [(2.6, middle), *whole.path[2:]])
    run = play(rule(min_path_heights=2.4), first, second, until=12)
    assert len(run.begins()) == 1


def test_with_a_ground_the_path_is_in_metres() -> None:
    run = play(rule(MEASURED, min_path_m=1.0), west(), until=12)
    assert run.findings[0][1].reason.arguments["unit"] == "unit.metres"
    assert run.findings[0][1].phase is Phase.BEGIN


@pytest.mark.parametrize(
    ("place", "settings", "field", "told"),
    [
        (YARD, {"direction": ((0.5, 0.5), (0.5, 0.5))}, "direction", "no length"),
        (MEASURED, {"direction": ((0.2, 0.0), (0.5, 0.0))}, "direction", "horizon"),
        (YARD, {"min_path_m": 2}, "min_path_m", "min_path_heights"),
    ],
)
def test_a_direction_that_is_none_is_refused(place: Place, settings: dict[str, Any], field: str, told: str) -> None:
    with pytest.raises(RuleError, match=told) as refused:
        rule(place, **settings)
    assert refused.value.field == field
