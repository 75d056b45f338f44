from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.rules.base import Place
from edge.rules.errors import RuleError
from edge.rules.ground import Ground
from edge.rules.running import Running, RunningSettings
from protocol.kinds import Phase
from protocol.messages import Zone
from protocol.sentences import sentence
from tests.edge.pinhole import Pinhole
from tests.edge.rules.test_ground import CORNERS
from tests.edge.rules.test_motion import PACE
from tests.edge.scenes import Thing, play

WHOLE = Zone(name="yard", polygon=((0, 0), (1, 0), (1, 1), (0, 1)))
YARD = Place("yard", {"yard": WHOLE}, {})
CAMERA = Pinhole(4, 20)
MEASURED = replace(YARD, ground=Ground.measured([(*CAMERA.share(c), *c) for c in CORNERS]))


def rule(place: Place = YARD, **settings: Any) -> Running:
    return Running(RunningSettings(zone="yard", **settings), place)


def to_and_fro(pace: float, track: int = 1, seconds: float = 12, y: float = 0.8, **more: Any) -> Thing:
    """Between two ends of the picture, so many body heights a second."""
    lap = 0.8 / (pace * PACE)
    laps = int(seconds / lap) + 2
    return Thing(track, [(lap * n, ((0.1, y), (0.9, y))[n % 2]) for n in range(laps)], **more)


def sprint(track: int = 1, pace: float = 2.0, seconds: float = 2.0, **more: Any) -> Thing:
    """Stands for 3 s, runs, stands."""
    end = 0.1 + pace * PACE * seconds
    return Thing(track, [(0, (0.1, 0.8)), (3, (0.1, 0.8)), (3 + seconds, (end, 0.8)), (20, (end, 0.8))], **more)


@pytest.mark.parametrize("fps", [5, 10, 25])
def test_it_begins_when_somebody_has_run_for_the_limit_and_ends_when_nobody_does(fps: float) -> None:
    run = play(rule(after_s=0.5, grace_s=2), sprint(), until=12, fps=fps)
    assert [finding.phase for _, finding in run.findings] == [Phase.BEGIN, Phase.END]
    assert run.begins()[0] == pytest.approx(4.2, abs=0.35)
    assert run.ends()[0] == pytest.approx(7.6, abs=0.5)


def test_the_sentence_says_how_fast_of_how_fast() -> None:
    run = play(rule(after_s=0.5), sprint(), until=12)
    assert sentence(run.findings[0][1].reason, "en") == "A person runs in «yard»: 2.0 body heights/s (limit 1.8)"


@settings(max_examples=30)
@given(st.floats(0.2, 1.4), st.sampled_from([5, 10, 25]))
def test_nobody_slower_than_the_limit_is_ever_raised(pace: float, fps: float) -> None:
    assert play(rule(after_s=0), to_and_fro(pace), until=12, fps=fps).findings == []


@settings(max_examples=30)
@given(st.floats(1.95, 3.0), st.sampled_from([5, 10, 25]), st.booleans())
def test_who_is_faster_is_raised_once_and_mirrored_as_well(pace: float, fps: float, mirrored: bool) -> None:
    thing = sprint(pace=pace, seconds=2.2)
    if mirrored:
        thing = replace(thing, path=[(t, (1 - x, y)) for t, (x, y) in thing.path])
    assert len(play(rule(), thing, until=12, fps=fps).begins()) == 1


@pytest.mark.parametrize(
    "thing",
    [
        to_and_fro(0.9, jitter=0.03),
        to_and_fro(0.9, cut=[(2, 4, 0.5), (6, 7, 0.5)]),
        to_and_fro(0.9, grown=[(2, 4, 0.1), (6, 7, 0.1)]),
        to_and_fro(0.9, gaps=[(1, 1.6), (2, 2.4), (5, 8)]),
    ],
    ids=["jitter", "behind a car", "met by somebody", "missed"],
)
def test_a_walker_with_a_bad_box_is_no_runner(thing: Thing) -> None:
    assert play(rule(after_s=0.3), thing, until=12, fps=5).findings == []


def test_a_runner_under_two_numbers_is_one_alert() -> None:
    whole = sprint(seconds=2.4)
    first = replace(whole, path=[*whole.path[:2], (4.0, (0.1 + 2.0 * PACE, 0.8))])
    second = replace(whole, track=5, path=[(4.2, (0.1 + 2.4 * PACE, 0.8)), *whole.path[2:]])
    assert len(play(rule(), first, second, until=12).begins()) == 1


def test_two_who_run_together_are_one_alert() -> None:
    run = play(rule(after_s=0.5), sprint(), replace(sprint(2), path=[(t + 0.6, p) for t, p in sprint().path]), until=14)
    assert [finding.phase for _, finding in run.findings] == [Phase.BEGIN, Phase.UPDATE, Phase.END]
    assert run.findings[-1][1].objects == (1, 2)


def test_a_cyclist_is_no_runner_even_where_the_bicycle_is_not_seen_for_a_while() -> None:
    rider = sprint()
    bicycle = replace(rider, track=2, label="bicycle", height=0.15, gaps=[(3.4, 4.4)])
    run = play(rule(after_s=0.3), rider, bicycle, until=8)
    assert run.findings == []
    assert run.why(1, 4).condition == "rider"


def test_the_trace_says_how_fast_of_how_fast() -> None:
    run = play(rule(), to_and_fro(1.0), until=3)
    assert run.why(1, 3).condition == "speed"
    assert run.why(1, 3).have == pytest.approx(1.0, abs=0.05)
    assert run.why(1, 3).need == 1.8


def test_with_a_ground_somebody_who_runs_towards_the_camera_is_as_fast_as_across() -> None:
    def way(start: tuple[float, float], end: tuple[float, float]) -> Thing:
        path = [
            (4 * n / 40, (start[0] + (end[0] - start[0]) * n / 40, start[1] + (end[1] - start[1]) * n / 40))
            for n in range(41)
        ]
        return Thing(1, [(t, CAMERA.share(spot)) for t, spot in path])

    for thing in (way((0, 20), (0, 8)), way((-6, 12), (6, 12))):  # 3 m/s
        assert len(play(rule(MEASURED), thing, until=4).begins()) == 1
        assert play(rule(MEASURED, speed_m_s=3.3), thing, until=4).findings == []


def test_metres_need_a_ground() -> None:
    with pytest.raises(RuleError, match="speed_heights_s") as refused:
        rule(speed_m_s=3)
    assert refused.value.field == "speed_m_s"
