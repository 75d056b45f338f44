from typing import Any

import pytest

from edge.rules.loitering import Loitering, LoiteringSettings
from protocol.kinds import Phase
from tests.edge.scenes import IN, OUT, PLACE, Thing, play


def rule(**settings: Any) -> Loitering:
    return Loitering(LoiteringSettings(zone="shed", **settings), PLACE)


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


def test_each_person_has_an_alert_of_her_own() -> None:
    first, second = Thing(1, [(0, IN), (100, IN)]), Thing(2, [(10, (0.45, 0.5)), (100, (0.45, 0.5))])
    run = play(rule(), first, second, until=100, fps=5)
    assert [finding.episode for _, finding in run.findings] == [1, 2]
    assert run.begins() == [pytest.approx(60.2), pytest.approx(70.2)]


def test_the_trace_says_how_long_of_how_long() -> None:
    run = play(rule(), Thing(1, [(0, IN), (20, IN)]), until=20)
    assert (run.why(1, 20).condition, run.why(1, 20).have, run.why(1, 20).need) == ("time", 20.0, 60.0)
