from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.rules.forbidden_object import ForbiddenObject, ForbiddenObjectSettings
from edge.vision.gate import Decision, Reason
from protocol.kinds import Phase
from tests.edge.scenes import IN, OUT, PLACE, Thing, play, scene


def rule(**settings: Any) -> ForbiddenObject:
    return ForbiddenObject(ForbiddenObjectSettings(zone="shed", **settings), PLACE)


def e_bike(leaves: float = 8, **more: Any) -> Thing:
    path = [(0, OUT), (1.99, OUT), (2, IN), (leaves, IN), (leaves + 0.01, OUT), (60, OUT)]
    return Thing(1, path, **{"label": "motorcycle", **more})


@pytest.mark.parametrize("fps", [5, 10, 25])
def test_it_begins_when_looks_have_confirmed_it_and_ends_when_it_has_left(fps: float) -> None:
    run = play(rule(), e_bike(), until=20, fps=fps)
    assert [finding.phase for _, finding in run.findings] == [Phase.BEGIN, Phase.END]
    assert run.begins() == [pytest.approx(3.0, abs=0.21)]
    assert run.ends() == [pytest.approx(13.1, abs=0.3)]


@pytest.mark.parametrize(("x", "begins"), [(0.385, True), (0.34, False)])
def test_what_leans_on_the_wall_is_in_the_room_if_a_part_of_it_is(x: float, begins: bool) -> None:
    run = play(rule(), Thing(1, [(0, (x, 0.6)), (20, (x, 0.6))], label="motorcycle"), until=20)
    assert bool(run.begins()) is begins


def test_a_mistake_of_a_few_frames_is_none() -> None:
    assert play(rule(), e_bike(leaves=2.6), until=20).findings == []


def test_scores_that_are_not_dependable_confirm_nothing_and_the_trace_says_so() -> None:
    run = play(rule(dependable=0.5), e_bike(score=0.3), until=10)
    assert run.findings == []
    assert (run.why(1, 7).condition, run.why(1, 7).have, run.why(1, 7).need) == ("votes", 0, 3)


def test_what_is_only_predicted_confirms_nothing() -> None:
    judge, thing = rule(after_s=0), e_bike()
    for number in range(60):
        now = scene(number / 10, [thing])
        if number > 21:
            tracks = replace(now.tracks, seen=now.tracks.seen & False)
            now = replace(now, tracks=tracks, gate=Decision(Reason.KNOWN))
        assert judge.step(now).findings == ()


def test_gaps_a_changed_number_and_jitter_make_no_second_alert() -> None:
    first = Thing(1, [(2, IN), (4, IN)], label="motorcycle", jitter=0.02)
    second = Thing(2, [(5, IN), (9, IN)], label="motorcycle", gaps=[(6, 7.5)])
    assert len(play(rule(), first, second, until=9).begins()) == 1


def test_people_may_be_there() -> None:
    run = play(rule(), e_bike(label="person"), until=10)
    assert (run.findings, run.why(1, 5).condition) == ([], "class")


@settings(max_examples=30)
@given(st.floats(0, 0.39), st.floats(3, 9))
def test_no_score_below_the_dependable_one_ever_raises(score: float, leaves: float) -> None:
    assert play(rule(), e_bike(leaves, score=score), until=12, fps=5).findings == []
