from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.rules.falling_object import FallingObject, FallingObjectSettings
from edge.rules.finding import Finding
from edge.vision.gate import Decision, Reason
from edge.vision.scene import Scene, Tracks
from edge.vision.senses.movers import Movers
from protocol.kinds import Phase
from tests.edge.scenes import PLACE, START, Thing, scene


def rule(**settings: Any) -> FallingObject:
    return FallingObject(FallingObjectSettings(zone="shed", **settings), PLACE)


def fall(second: float, *, gravity: float = 0.5, start: float = 1.0, x: float = 0.6) -> list[tuple[float, float]]:
    """Where a thing is that is let go at (x, 0.42); heights a second squared."""
    t = second - start
    y = 0.42 + gravity * t * t / 2
    return [(x + 0.01 * t, y)] if t > 0 and y < 0.79 else []


def judged(judge: FallingObject, where: Any, fps: float = 10, people: tuple[Thing, ...] = ()) -> list[Finding]:
    findings: list[Finding] = []
    for number in range(int(4 * fps)):
        second = number / fps
        boxes = [(x - 0.01, y - 0.015, x + 0.01, y + 0.015) for x, y in where(second)]
        tracks = scene(second, people).tracks if people else Tracks.none()
        at = START + timedelta(seconds=second)
        reading = Movers(np.array(boxes, np.float32).reshape(-1, 4))
        findings += judge.step(Scene("yard", number, at, tracks, Decision(Reason.MOTION), 0, (reading,))).findings
    return findings


@pytest.mark.parametrize("fps", [5, 10, 25])
def test_what_falls_is_told_once(fps: float) -> None:
    findings = judged(rule(), fall, fps)
    assert [finding.phase for finding in findings] == [Phase.BEGIN, Phase.END]
    assert findings[0].zone == "shed"
    assert findings[0].things


def test_what_goes_down_at_an_even_pace_does_not_fall() -> None:
    assert judged(rule(), lambda second: [(0.6, 0.42 + 0.25 * (second - 1))] if 1 < second < 2.4 else []) == []


def test_what_rises_does_not_fall() -> None:
    assert judged(rule(), lambda second: [(0.6, 1.2 - y) for _, y in fall(second)]) == []


def test_what_falls_elsewhere_does_not_count() -> None:
    assert judged(rule(), lambda second: fall(second, x=0.2)) == []


def test_a_short_way_is_no_fall() -> None:
    assert judged(rule(min_path=0.5), fall) == []


def test_legs_of_somebody_who_is_tracked_do_not_fall() -> None:
    walker = Thing(1, [(0, (0.6, 0.8)), (4, (0.6, 0.8))], height=0.5)
    assert judged(rule(), fall, people=(walker,)) == []


@given(st.integers(0, 2**32 - 1))
def test_a_swarm_that_flits_about_does_not_fall(seed: int) -> None:
    chance = np.random.default_rng(seed)
    places = chance.uniform(0.42, 0.78, (40, 6, 2))
    drift = np.cumsum(chance.normal(0, 0.004, (40, 6, 2)), axis=0)
    assert judged(rule(), lambda second: (places[0] + drift[round(second * 10)]).tolist()) == []


def test_pictures_that_are_judged_as_of_one_moment_are_no_way_down() -> None:
    judge = rule()
    for number in range(5):
        y = 0.45 + 0.05 * number
        reading = Movers(np.array([[0.59, y, 0.61, y + 0.03]], np.float32))
        late = Scene("yard", number, START, Tracks.none(), Decision(Reason.MOTION), 0, (reading,))
        assert judge.step(late).findings == ()
