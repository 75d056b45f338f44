"""The rule `fight`: one moment is not believed, some seconds at one place with people are."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.rules.conditions import Condition
from edge.rules.fight import Fight, FightSettings
from edge.rules.finding import Finding, Trace
from edge.vision.gate import Decision, Reason
from edge.vision.scene import Scene
from edge.vision.senses.struggle import EVERY_S, Struggle
from edge.vision.struggle.weights import Sign
from protocol.kinds import Phase
from protocol.sentences import LANGUAGES, sentence
from tests.edge.scenes import IN, OUT, PLACE, START, Thing, scene

FPS = 10
Score = Callable[[float], float]


class Watched:
    """What a rule says of judgements twice a second, of two people at a place."""

    def __init__(
        self, score: Score, seconds: float = 20, *, foot: Any = IN, people: int = 2, tall: float = 0.3, **settings: Any
    ) -> None:
        rule = Fight(FightSettings(**settings), PLACE)
        self.findings: list[tuple[float, Finding]] = []
        self.traces: list[tuple[float, Trace]] = []
        pair = tuple(
            Thing(n, [(0, (foot[0] + 0.02 * n, foot[1])), (seconds, foot)], height=tall) for n in range(1, people + 1)
        )
        for number in range(int(seconds * FPS)):
            second = number / FPS
            judged = number % round(EVERY_S * FPS) == 0
            box = (foot[0] - 0.2, foot[1] - 0.35, foot[0] + 0.2, foot[1] + 0.05)
            reading = said(score(second), box, people) if judged else said()
            tracks = scene(second, pair).tracks
            at = START + timedelta(seconds=second)
            step = rule.step(Scene("yard", number, at, tracks, Decision(Reason.MOTION), 0, (reading,)))
            self.findings += [(second, finding) for finding in step.findings]
            self.traces += [(second, trace) for trace in step.traces]

    @property
    def phases(self) -> list[Phase]:
        return [finding.phase for _, finding in self.findings]

    def why(self, second: float) -> str:
        return [trace.condition for at, trace in self.traces if at <= second][-1]


def said(score: float | None = None, box: tuple[float, ...] = (0, 0, 1, 1), people: int = 2) -> Struggle:
    count = 0 if score is None else 1
    return Struggle(
        np.array([score] * count, np.float64),
        np.array([box] * count, np.float32).reshape(-1, 4),
        np.array([people] * count, np.int64),
        (Sign.TANGLE,) * count,
    )


def between(start: float, end: float, high: float = 0.95, low: float = 0.1) -> Score:
    return lambda second: high if start <= second < end else low


def test_a_fight_is_told_once_with_who_fights_and_is_over_when_it_is_calm() -> None:
    watched = Watched(between(4, 13))
    assert watched.phases == [Phase.BEGIN, Phase.END]
    (begun_s, begun), (ended_s, ended) = watched.findings
    assert 8.5 <= begun_s <= 10
    assert begun.objects == (1, 2)
    assert begun.episode == ended.episode
    assert 16 <= ended_s <= 17.5
    assert ended.reason.arguments["lasted_s"] == pytest.approx(9, abs=1.1)
    assert watched.why(12) == Condition.RAISED


def test_one_moment_is_not_believed() -> None:
    assert Watched(between(4, 4.6, 0.99)).phases == []


def test_what_stays_below_the_score_is_said_to() -> None:
    watched = Watched(lambda _: 0.5)
    assert watched.phases == []
    assert watched.why(15) == Condition.SCORE


def test_one_alone_does_not_fight() -> None:
    assert Watched(between(4, 13), people=1).phases == []
    assert Watched(between(4, 13), people=1).why(12) == Condition.COUNT


def test_outside_the_zone_it_does_not_count() -> None:
    assert Watched(between(4, 13), zone="shed").phases == [Phase.BEGIN, Phase.END]
    elsewhere = Watched(between(4, 13), zone="shed", foot=OUT)
    assert elsewhere.phases == []
    assert elsewhere.why(12) == Condition.PLACE


def test_two_places_in_turn_are_not_one_fight() -> None:
    rule = Fight(FightSettings(), PLACE)
    for number in range(30):
        where = (0.0, 0.2, 0.3, 0.8) if number % 2 else (0.6, 0.2, 0.9, 0.8)
        at = START + timedelta(seconds=number * EVERY_S)
        people = (Thing(1, [(0, (0.15, 0.7)), (30, (0.15, 0.7))]), Thing(2, [(0, (0.75, 0.7)), (30, (0.75, 0.7))]))
        tracks = scene(number * EVERY_S, people).tracks
        step = rule.step(Scene("yard", number, at, tracks, Decision(Reason.MOTION), 0, (said(0.95, where),)))
        assert step.findings == ()


def test_a_lull_shorter_than_the_grace_is_the_same_fight() -> None:
    def score(second: float) -> float:
        return 0.1 if 8 <= second < 10 else 0.95 if 4 <= second < 14 else 0.1

    assert Watched(score, 25).phases == [Phase.BEGIN, Phase.END]


@given(st.lists(st.floats(0, 1), min_size=40, max_size=40))
def test_whatever_is_said_an_alert_begins_before_it_ends_and_never_below_the_score(scores: list[float]) -> None:
    watched = Watched(lambda second: scores[int(second / EVERY_S)])
    assert watched.phases == ([Phase.BEGIN, Phase.END] * len(watched.phases))[: len(watched.phases)]
    for _, finding in watched.findings:
        if finding.phase is Phase.BEGIN:
            assert finding.score >= FightSettings().score


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reason_is_a_whole_sentence(language: str) -> None:
    for _, finding in Watched(between(4, 13), zone="shed").findings:
        text = sentence(finding.reason, language)
        assert "{" not in text
        assert "fight." not in text
        assert "shed" in text


def test_who_is_too_small_to_have_limbs_is_not_judged() -> None:
    watched = Watched(between(4, 13), tall=0.1)
    assert watched.findings == []
    assert watched.why(13) == Condition.SIZE
    assert Watched(between(4, 13), tall=0.1, min_height=0.08).phases == [Phase.BEGIN, Phase.END]
