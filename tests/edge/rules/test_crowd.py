from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from edge.rules.crowd import Crowd, CrowdSettings
from protocol.kinds import Phase
from tests.edge.scenes import OUT, PLACE, Thing, play


def rule(**settings: Any) -> Crowd:
    return Crowd(CrowdSettings(**{"zone": "shed", "count": 4, "after_s": 2, "grace_s": 3, **settings}), PLACE)


def guest(track: int, comes: float, goes: float = 1000, **more: Any) -> Thing:
    spot = (0.45 + 0.07 * (track % 5), 0.5 + 0.06 * (track // 5))
    return Thing(
        track, [(0, OUT), (comes - 0.01, OUT), (comes, spot), (goes, spot), (goes + 0.01, OUT), (2000, OUT)], **more
    )


@pytest.mark.parametrize("fps", [5, 10, 25])
def test_it_begins_when_there_are_enough_for_the_time_and_ends_when_there_are_not(fps: float) -> None:
    people = [guest(track, track, 20) for track in (1, 2, 3)]
    run = play(rule(), *people, guest(4, 4, 12), until=20, fps=fps)
    assert [finding.phase for _, finding in run.findings] == [Phase.BEGIN, Phase.END]
    assert run.begins() == [pytest.approx(6.0, abs=0.21)]
    assert run.ends() == [pytest.approx(15.5, abs=0.4)]
    assert run.findings[0][1].objects == (1, 2, 3, 4)


def test_one_too_few_is_no_crowd_and_the_trace_says_how_many_of_how_many() -> None:
    run = play(rule(), *(guest(track, 1) for track in (1, 2, 3)), until=20)
    assert run.findings == []
    trace = run.why(2, 10)
    assert (trace.condition, trace.have, trace.need) == ("count", 3, 4)


def test_who_is_hidden_by_others_for_some_seconds_still_counts() -> None:
    hidden = guest(4, 4, gaps=[(5, 6.8), (9, 10.8)])
    run = play(rule(), *(guest(track, 1) for track in (1, 2, 3)), hidden, until=20)
    assert run.begins() == [pytest.approx(6.0)]
    assert run.ends() == []


def test_somebody_who_walks_out_does_not_count_any_more() -> None:
    run = play(rule(), *(guest(track, 1) for track in (1, 2, 3)), guest(4, 4, 5), until=20)
    assert run.findings == []


def test_a_crowd_that_grows_is_told_of_now_and_then() -> None:
    run = play(rule(update_s=5), *(guest(track, track) for track in range(1, 13)), until=30)
    updates = [finding.reason.arguments["count"] for _, finding in run.findings if finding.phase is Phase.UPDATE]
    assert updates == [11, 12]


def test_growth_within_a_minute_is_a_crowd_forming() -> None:
    settings = {"count": 50, "growth": 5, "after_s": 1}
    people = [guest(track, 80 + track) for track in range(1, 7)]
    run = play(rule(**settings), *people, until=100, fps=5)
    assert run.findings[0][1].reason.id == "reason.crowd.growth.begin"
    assert run.begins() == [pytest.approx(86.0, abs=0.3)]
    assert (
        play(rule(**settings), *(guest(track, 80 + 20 * track) for track in range(1, 7)), until=220, fps=2).findings
        == []
    )


@settings(max_examples=30)
@given(st.lists(st.tuples(st.floats(1, 20), st.floats(0.5, 10)), max_size=7), st.integers(2, 8))
def test_fewer_than_the_count_never_raise(visits: list[tuple[float, float]], count: int) -> None:
    people = [guest(track + 1, comes, comes + stays) for track, (comes, stays) in enumerate(visits)]
    run = play(rule(count=count, after_s=0), *people, until=30, fps=5)
    if len(people) < count:
        assert run.findings == []
    phases = [finding.phase for _, finding in run.findings if finding.phase is not Phase.UPDATE]
    assert phases == [Phase.BEGIN, Phase.END] * (len(phases) // 2) + [Phase.BEGIN] * (len(phases) % 2)


def test_one_person_is_no_crowd() -> None:
    with pytest.raises(ValidationError):
        rule(count=1)
