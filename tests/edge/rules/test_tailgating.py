import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from edge.rules.tailgating import Tailgating, TailgatingSettings
from protocol.kinds import Phase
from tests.edge.scenes import PLACE, Thing, play


def rule(**settings: Any) -> Tailgating:
    return Tailgating(TailgatingSettings(**{"line": "gate", "window_s": 3, **settings}), PLACE)


def passes(track: int, at: float, y: float = 0.6, *, back: bool = False, **more: Any) -> Thing:
    """Crosses the gate from left to right, or back."""
    start, end = (0.8, 0.2) if back else (0.2, 0.8)
    return Thing(track, [(at - 2, (start, y)), (at + 2, (end, y))], **more)


@pytest.mark.parametrize("fps", [5, 10, 25])
def test_who_follows_through_the_open_gate_is_told_of_once(fps: float) -> None:
    run = play(rule(), passes(1, 5), passes(2, 6.2), until=15, fps=fps)
    assert [finding.phase for _, finding in run.findings] == [Phase.BEGIN, Phase.END]
    assert run.begins() == [pytest.approx(6.3, abs=0.25)]
    assert run.ends() == [pytest.approx(9.4, abs=0.5)]
    assert run.findings[0][1].objects == (1, 2)


def test_a_third_is_an_update_of_the_same_alert() -> None:
    run = play(rule(), passes(1, 5), passes(2, 6.2), passes(3, 8.5), until=15)
    assert [finding.phase for _, finding in run.findings] == [Phase.BEGIN, Phase.UPDATE, Phase.END]
    assert run.findings[-1][1].reason.arguments["count"] == 3


def test_who_comes_when_the_gate_has_closed_has_it_opened_anew() -> None:
    run = play(rule(), passes(1, 5), passes(2, 9), until=15)
    assert run.findings == []
    assert ("opening", 1, 1) in {(trace.condition, trace.have, trace.need) for _, trace in run.traces[2]}


def test_an_opening_may_be_for_more_than_one() -> None:
    assert play(rule(per_opening=2), passes(1, 5), passes(2, 6), until=15).findings == []
    assert len(play(rule(per_opening=2), passes(1, 5), passes(2, 6), passes(3, 7), until=15).begins()) == 1


def test_who_turns_round_in_the_gate_follows_nobody() -> None:
    undecided = Thing(1, [(3, (0.2, 0.6)), (5, (0.7, 0.6)), (6, (0.3, 0.6)), (8, (0.8, 0.6))])
    assert play(rule(), undecided, until=15).findings == []


def test_only_the_watched_direction_counts() -> None:
    leaving = passes(2, 6, back=True)
    assert play(rule(direction="right_to_left"), passes(1, 5), leaving, until=15).findings == []
    assert len(play(rule(), passes(1, 5), leaving, until=15).begins()) == 1


def test_a_changed_number_in_the_gate_is_no_second_person() -> None:
    before, after = Thing(1, [(3, (0.2, 0.6)), (5.2, (0.53, 0.6))]), Thing(9, [(5.4, (0.56, 0.6)), (7, (0.8, 0.6))])
    assert play(rule(), before, after, until=15).findings == []


def test_missed_frames_and_jitter_change_nothing() -> None:
    run = play(rule(), passes(1, 5, jitter=0.01), passes(2, 6.2, gaps=[(5.8, 6.6)], jitter=0.01), until=15)
    assert len(run.begins()) == 1


@settings(max_examples=30)
@given(st.lists(st.floats(3, 60), min_size=1, max_size=6), st.floats(0.5, 5))
def test_people_farther_apart_than_the_window_never_raise(times: list[float], window_s: float) -> None:
    times = sorted(times)
    apart = [b - a for a, b in itertools.pairwise(times)]
    run = play(rule(window_s=window_s), *(passes(n + 1, at, 0.3 + n / 10) for n, at in enumerate(times)), until=66)
    if all(gap > window_s + 0.3 for gap in apart):
        assert run.findings == []
    assert len(run.begins()) == len(run.ends())


def test_a_window_of_nothing_is_refused() -> None:
    with pytest.raises(ValidationError):
        rule(window_s=0)
