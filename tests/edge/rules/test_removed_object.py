from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from edge.rules.finding import Finding
from edge.rules.removed_object import RemovedObject, RemovedObjectSettings
from edge.vision.gate import Decision, Reason
from edge.vision.scene import Scene
from edge.vision.senses.still import StillThings
from protocol.kinds import Phase
from tests.edge.scenes import PLACE, START, Thing, scene

INSIDE, SMALL, ELSEWHERE = (0.45, 0.45, 0.7, 0.75), (0.5, 0.5, 0.52, 0.54), (0.0, 0.1, 0.2, 0.3)


def rule(**settings: Any) -> RemovedObject:
    return RemovedObject(RemovedObjectSettings(zone="shed", **({"after_s": 10} | settings)), PLACE)


def judged(
    judge: RemovedObject,
    box: tuple[float, ...],
    *,
    since: float = 5,
    until: float = 40,
    brought: bool = False,
    people: Sequence[Thing] = (),
) -> tuple[list[tuple[float, Finding]], str]:
    findings, why = [], ""
    for number in range(250):
        second = number / 5
        there = since + 1.5 <= second < until
        reading = StillThings(
            np.array([1] * there, np.int64),
            np.array([box] * there, np.float32).reshape(-1, 4),
            np.array([second - since] * there, np.float32),
            np.array([brought] * there, np.bool_),
        )
        at = START + timedelta(seconds=second)
        step = judge.step(
            Scene("yard", number, at, scene(second, people).tracks, Decision(Reason.QUIET), 0, (reading,))
        )
        findings += [(second, finding) for finding in step.findings]
        missing = [trace.condition for trace in step.traces if trace.condition != "gap"]
        why = missing[-1] if missing else why
    return findings, why


def test_it_begins_when_the_thing_has_been_gone_for_the_limit_and_ends_when_it_is_back() -> None:
    findings, _ = judged(rule(), INSIDE)
    assert [(second, finding.phase) for second, finding in findings] == [(15, Phase.BEGIN), (40, Phase.END)]


def test_where_nothing_is_missing_that_is_said() -> None:
    nothing = StillThings(
        np.zeros(0, np.int64), np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, bool)
    )
    seen = Scene("yard", 0, START, scene(0, []).tracks, Decision(Reason.QUIET), 0, (nothing,))
    assert [trace.condition for trace in rule().step(seen).traces] == ["gap"]


def test_what_is_brought_is_not_removed() -> None:
    assert judged(rule(), INSIDE, brought=True) == ([], "brought")


def test_a_gap_elsewhere_does_not_count() -> None:
    assert judged(rule(), ELSEWHERE) == ([], "place")


def test_a_small_gap_in_the_place_is_not_the_thing() -> None:
    assert judged(rule(), SMALL) == ([], "size")


def test_put_back_in_time_it_raises_nothing() -> None:
    findings, why = judged(rule(), INSIDE, until=12)
    assert (findings, why) == ([], "time")


def test_while_somebody_stands_before_it_the_thing_may_still_be_there() -> None:
    stands = Thing(1, [(4, (0.57, 0.9)), (20, (0.57, 0.9))], height=0.6, width=0.3)
    assert judged(rule(), INSIDE, people=[stands], until=21)[0] == []
    findings, _ = judged(rule(), INSIDE, people=[stands])
    assert [second for second, finding in findings if finding.phase is Phase.BEGIN] == [30]
