from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.rules.blocked_passage import BlockedPassage, BlockedPassageSettings
from protocol.kinds import Phase
from tests.edge.scenes import IN, OUT, PLACE, Thing, play


def rule(**settings: Any) -> BlockedPassage:
    return BlockedPassage(BlockedPassageSettings(**{"zone": "shed", "after_s": 10, **settings}), PLACE)


def car(track: int = 1, leaves: float = 60, **more: Any) -> Thing:
    """Comes into the zone at 2.5 s, stands from 5 s."""
    return Thing(
        track, [(0, OUT), (5, IN), (leaves, IN), (leaves + 3, (0.95, 0.95)), (200, (0.95, 0.95))], label="car", **more
    )


@pytest.mark.parametrize("fps", [5, 10, 25])
def test_it_begins_when_the_car_has_been_there_for_the_limit_and_ends_when_the_lane_is_clear(fps: float) -> None:
    run = play(rule(), car(), until=80, fps=fps)
    assert [finding.phase for _, finding in run.findings] == [Phase.BEGIN, Phase.END]
    assert run.begins() == [pytest.approx(12.8, abs=0.4)]
    assert run.ends() == [pytest.approx(66.5, abs=1.0)]


def test_another_car_joins_the_alert_and_the_lane_is_clear_when_both_have_gone() -> None:
    other = Thing(2, [(20, OUT), (22, (0.5, 0.5)), (70, (0.5, 0.5)), (71, OUT), (99, OUT)], label="car")
    run = play(rule(), car(leaves=40), other, until=90, fps=5)
    assert [finding.phase for _, finding in run.findings] == [Phase.BEGIN, Phase.UPDATE, Phase.END]
    assert run.ends()[0] > 75


def test_what_drives_through_slowly_does_not_block_and_the_trace_says_so() -> None:
    slow = Thing(1, [(0, (0.3, 0.6)), (15, (0.95, 0.6))], label="car")
    run = play(rule(), slow, until=15, fps=5)
    assert run.findings == []
    assert run.why(1, 11).condition == "still"


@pytest.mark.parametrize(
    "more",
    [{"jitter": 0.02}, {"gaps": [(8, 11), (13, 17)]}, {"cut": [(7, 9, 0.4)]}, {"grown": [(7, 9, 0.1)]}],
    ids=["jitter", "people who pass", "cut off", "merged"],
)
def test_a_bad_box_does_not_make_it_drive(more: dict[str, Any]) -> None:
    run = play(rule(), car(**more), until=50, fps=5)
    assert run.begins() == [pytest.approx(12.8, abs=1.6 if "gaps" not in more else 6)]


def test_a_changed_number_keeps_the_time() -> None:
    first = Thing(1, [(0, OUT), (5, IN), (8, IN)], label="car")
    second = Thing(3, [(9, IN), (40, IN)], label="car")
    assert play(rule(), first, second, until=40, fps=5).begins() == [pytest.approx(12.8, abs=0.4)]


def test_a_car_whose_wheels_are_beside_the_middle_of_its_box_still_counts() -> None:
    beside = Thing(1, [(0, (0.36, 0.6)), (30, (0.36, 0.6))], label="car", width=0.2)
    assert len(play(rule(), beside, until=30, fps=5).begins()) == 1
    assert play(rule(share=None), beside, until=30, fps=5).findings == []


@settings(max_examples=30)
@given(st.floats(0.5, 9), st.sampled_from([5, 10]))
def test_nothing_that_stays_less_than_the_limit_raises(stays: float, fps: float) -> None:
    thing = Thing(1, [(0, OUT), (1, OUT), (1.01, IN), (1 + stays, IN), (1.01 + stays, OUT), (30, OUT)], label="car")
    assert play(rule(), thing, until=30, fps=fps).findings == []
