from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from edge.rules.finding import Finding
from edge.rules.unusual import Unusual, UnusualSettings
from protocol.kinds import Phase
from tests.edge.scenes import PLACE, START, Thing, scene

FPS = 5
WALK_S = 8.0


def rule(**settings: Any) -> Unusual:
    return Unusual(UnusualSettings(**({"learn_h": 0.5, "once_in_h": 0.5, "after_s": 0.6} | settings)), PLACE)


def walker(track: int, start: float, chance: np.random.Generator) -> Thing:
    """From left to right along the pavement."""
    y, pace = 0.7 + chance.normal(0, 0.01), WALK_S * chance.uniform(0.85, 1.15)
    return Thing(track, [(start, (0.05, y)), (start + pace, (0.95, y))], height=0.2)


class Street:
    """A camera before which people walk from left to right, day in, day out."""

    def __init__(self, judge: Unusual) -> None:
        self.judge, self.second, self.track = judge, 0.0, 0
        self._chance = np.random.default_rng(6)

    def show(self, things: Sequence[Thing], seconds: float) -> list[Finding]:
        found: list[Finding] = []
        for _ in range(int(seconds * FPS)):
            found += self.judge.step(scene(self.second, things)).findings
            self.second += 1 / FPS
        return found

    def go_on(self, people: int) -> list[Finding]:
        """So many people, one after the other."""
        found: list[Finding] = []
        for _ in range(people):
            self.track += 1
            found += self.show([walker(self.track, self.second, self._chance)], WALK_S + 4)
        return found

    def somebody(self, path: Sequence[tuple[float, tuple[float, float]]], label: str = "person") -> list[Finding]:
        """Somebody on a path whose times count from now."""
        self.track += 1
        moved = [(self.second + at, point) for at, point in path]
        return self.show([Thing(self.track, moved, label=label, height=0.2)], path[-1][0] + 6)


@pytest.fixture(scope="module")
def memory() -> dict[str, np.ndarray]:
    street = Street(rule(learn_h=1000))
    street.go_on(200)
    return dict(street.judge.memory())


def taught(memory: dict[str, np.ndarray], **settings: Any) -> Street:
    judge = rule(**settings)
    judge.remember({name: array.copy() for name, array in memory.items()})
    return Street(judge)


def test_nothing_is_unusual_while_the_camera_learns() -> None:
    street = Street(rule(learn_h=1000))
    street.go_on(5)
    assert street.somebody([(0, (0.5, 0.2)), (8, (0.5, 0.1))]) == []


def test_what_happens_every_day_raises_nothing(memory: dict[str, np.ndarray]) -> None:
    assert taught(memory).go_on(30) == []


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ([(0, (0.95, 0.7)), (8, (0.05, 0.7))], "way"),
        ([(0, (0.05, 0.7)), (1.6, (0.95, 0.7))], "pace"),
        ([(0, (0.05, 0.3)), (8, (0.95, 0.3))], "place"),
    ],
)
def test_another_way_pace_or_place_is_unusual_and_named(
    memory: dict[str, np.ndarray], path: list[tuple[float, tuple[float, float]]], why: str
) -> None:
    findings = taught(memory).somebody(path)
    assert [finding.phase for finding in findings] == [Phase.BEGIN, Phase.END]
    assert findings[0].reason.arguments["why"] == f"unusual.{why}"


def test_a_kind_that_never_comes_is_unusual(memory: dict[str, np.ndarray]) -> None:
    findings = taught(memory, classes=("person", "car")).somebody([(0, (0.05, 0.7)), (8, (0.95, 0.7))], "car")
    assert findings[0].reason.arguments["why"] == "unusual.kind"


def test_what_was_called_false_is_learnt_and_what_was_real_is_not(memory: dict[str, np.ndarray]) -> None:
    back = [(0.0, (0.95, 0.7)), (8.0, (0.05, 0.7))]
    for real, again in ((True, 1), (False, 0)):
        street = taught(memory)
        for _ in range(12):
            for finding in street.somebody(back):
                if finding.phase is Phase.END:
                    street.judge.hear(finding.episode, real=real)
        assert len([f for f in street.somebody(back) if f.phase is Phase.BEGIN]) == again


def test_an_hour_in_which_nobody_comes_is_unusual() -> None:
    judge = rule(once_in_h=0.01)
    for hour in range(24 * 3):
        judge.normality.watch(1.0, hour % 24)
        for _ in range(0 if hour % 24 in (10, 11, 12, 13) else 20):
            judge.normality.come(hour % 24)
    assert judge.normality.rarity_of_hour(12) > 3
    assert judge.normality.rarity_of_hour(18) < 0.1


def test_what_was_learnt_fades() -> None:
    judge = rule(half_life_d=1)
    judge.normality.places += 100
    judge.normality.seen = 1000
    for minute in range(24 * 60 + 1):
        judge.step(scene(0, [], START + timedelta(minutes=minute)))
    assert judge.normality.seen == pytest.approx(500, rel=0.05)


def test_a_memory_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="places"):
        rule().remember({"seen": np.array([1.0, 2.0])})
