from typing import Any

import pytest

from edge.rules.errors import RuleError
from edge.rules.loitering import Loitering, LoiteringSettings
from protocol.kinds import Phase
from tests.edge.scenes import IN, OUT, PLACE, Thing, play


def rule(**settings: Any) -> Loitering:
    return Loitering(LoiteringSettings(**{"zone": "shed", "least_way": 0, **settings}), PLACE)


def test_it_begins_after_the_limit_tells_how_it_goes_on_and_ends_when_the_person_has_left() -> None:
    person = Thing(1, [(0, IN), (150, IN), (150.1, OUT), (170, OUT)])
    run = play(rule(after_s=60, update_s=60), person, until=170)
    assert [finding.phase for _, finding in run.findings] == [Phase.BEGIN, Phase.UPDATE, Phase.END]
    assert [t for t, _ in run.findings] == pytest.approx([60.1, 120.1, 155.1])
    assert run.findings[-1][1].reason.arguments["dwell_s"] == 150


def test_short_absences_are_forgiven_and_long_ones_are_not() -> None:
    steps_out = Thing(1, [(0, IN), (30, IN), (30.1, OUT), (33, OUT), (33.1, IN), (80, IN)])
    assert play(rule(forgive_s=5), steps_out, until=80).begins() == [pytest.approx(60.1)]
    assert play(rule(forgive_s=2), steps_out, until=80).begins() == []


def test_an_unseen_stretch_and_a_new_id_do_not_reset_the_clock() -> None:
    before, after = Thing(1, [(0, IN), (30, IN)]), Thing(2, [(32, IN), (80, IN)])
    assert play(rule(), before, after, until=80).begins() == [pytest.approx(60.1)]


def test_who_walks_by_where_something_tiny_was_lost_does_not_take_over_its_time() -> None:
    litter, passer = Thing(1, [(0, IN), (58, IN)], height=0.05), Thing(2, [(59, IN), (70, IN)])
    assert play(rule(), litter, passer, until=70).begins() == []


def test_each_person_has_an_alert_of_her_own() -> None:
    first, second = Thing(1, [(0, IN), (100, IN)]), Thing(2, [(10, (0.45, 0.5)), (100, (0.45, 0.5))])
    run = play(rule(), first, second, until=100, fps=5)
    assert [finding.episode for _, finding in run.findings] == [1, 2]
    assert run.begins() == [pytest.approx(60.2), pytest.approx(70.2)]


def test_the_trace_says_how_long_of_how_long() -> None:
    run = play(rule(), Thing(1, [(0, IN), (20, IN)]), until=20)
    assert (run.why(1, 20).condition, run.why(1, 20).have, run.why(1, 20).need) == ("time", 20.0, 60.0)


def test_what_never_moves_is_a_coat_on_a_hook_and_the_trace_says_so() -> None:
    coat, person = Thing(1, [(0, IN), (90, IN)], jitter=0.01), Thing(2, [(0, (0.5, 0.7)), (3, IN), (90, IN)])
    run = play(rule(least_way=0.3), coat, person, until=90, fps=5)
    assert [finding.objects for _, finding in run.findings] == [(2,)]
    assert run.why(1, 80).condition == "way"


def test_a_coat_whose_box_jumps_when_somebody_passes_has_not_moved() -> None:
    coat = Thing(1, [(0, IN), (90, IN)], grown=[(30, 30.4, 0.3)])
    assert play(rule(least_way=0.3), coat, until=90, fps=5).begins() == []


def pacing(turns: int) -> Thing:
    """To and fro over 0.2 of the picture's width: 1.2 body heights each way."""
    return Thing(1, [(2 * turn, ((0.5, 0.6), (0.7, 0.6))[turn % 2]) for turn in range(turns + 1)])


def test_who_goes_to_and_fro_is_told_of_before_the_time_is_up() -> None:
    run = play(rule(pacing_heights=5.0), pacing(10), until=20)
    assert len(run.begins()) == 1
    assert run.begins()[0] == pytest.approx(10, abs=2)
    assert run.findings[0][1].reason.id == "reason.loitering.pacing.begin"


def test_who_only_walks_through_does_not_go_to_and_fro() -> None:
    through = Thing(1, [(0, (0.41, 0.5)), (8, (0.79, 0.7))])
    assert play(rule(pacing_heights=1.0), through, until=8).findings == []


def test_pacing_in_metres_needs_a_ground() -> None:
    with pytest.raises(RuleError, match="add ground") as refused:
        rule(pacing_m=20)
    assert refused.value.field == "pacing_m"
