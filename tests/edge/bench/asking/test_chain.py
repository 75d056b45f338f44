"""Chains over timelines: the condition that fails is named, with its figures; before it all holds, after it nothing."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.bench.asking.chain import Asked, Mark, Sight, Subject, subjects, told_apart
from edge.bench.asking.words import subject_name
from edge.rules.abandoned_object import AbandonedObject, AbandonedObjectSettings
from edge.rules.base import Rule
from edge.rules.crowd import Crowd, CrowdSettings
from edge.rules.fall import Fall, FallSettings
from edge.rules.finding import Trace
from edge.rules.intrusion import Intrusion, IntrusionSettings
from edge.rules.line_crossing import LineCrossing, LineCrossingSettings
from edge.rules.loitering import Loitering, LoiteringSettings
from edge.rules.running import Running, RunningSettings
from edge.vision.detector import Detections
from edge.vision.gate import Decision, Reason
from edge.vision.scene import Scene, Tracks
from edge.vision.settings import TrackerSettings
from protocol.sentences import LANGUAGES, sentence
from tests.edge.scenes import IN, OUT, PLACE, START, Thing, scene

SIGHT = Sight(sure_score=0.4, tracker=TrackerSettings(confirm_hits=2))
VISIT = [(0.0, OUT), (1.99, OUT), (2.0, IN), (6.0, IN), (6.01, OUT), (20.0, OUT)]


def intrusion(**settings: Any) -> Intrusion:
    return Intrusion(IntrusionSettings(zone="shed", **settings), PLACE)


def asked(rule: Rule[Any], t: float, *things: Thing, fps: int = 10) -> Subject:
    """The first subject of a timeline at a time."""
    for number in range(round(t * fps) + 1):
        now = scene(number / fps, things)
        step = rule.step(now)
    return subjects(now, [Asked(rule, step.traces)], SIGHT)[0]


def failed(rule: Rule[Any], t: float, *things: Thing) -> tuple[str, str]:
    """The condition that fails, and what is said of it."""
    (chain,) = asked(rule, t, *things).rules
    marks = [link.mark for link in chain.links]
    assert chain.failed is not None
    at = chain.links.index(chain.failed)
    assert marks == [Mark.PASSED] * at + [Mark.FAILED] + [Mark.AHEAD] * (len(marks) - at - 1)
    return chain.failed.condition, sentence(chain.failed.text, "en")


@pytest.mark.parametrize(
    ("rule", "t", "thing", "condition", "said"),
    [
        (intrusion(), 1, Thing(1, VISIT, label="car"), "class", "Car is not among its classes (person)"),
        (intrusion(min_height=0.4), 3, Thing(1, VISIT), "size", "Too small: 0.30 of 0.40"),
        (intrusion(min_score=0.95), 3, Thing(1, VISIT), "score", "Not sure enough: 0.90 of 0.95"),
        (intrusion(), 1, Thing(1, VISIT), "place", "Not in «shed»"),
        (Crowd(CrowdSettings(zone="shed", count=3), PLACE), 3, Thing(1, VISIT), "count", "1 of 3"),
        (
            Running(RunningSettings(zone="shed", speed_heights_s=1.5), PLACE),
            5,
            Thing(1, [(0, (0.45, 0.6)), (10, (0.75, 0.6))]),
            "speed",
            "Too slow: 0.18 of 1.5 body heights/s",
        ),
        (
            intrusion(classes=("motorcycle",)),
            3,
            Thing(1, [(0, IN), (9, IN)], label="motorcycle"),
            "way",
            "It has hardly moved: 0.0 of 0.5 of its own heights",
        ),
        (intrusion(after_s=1.5), 3, Thing(1, VISIT), "time", "1.0 s of 1.5 s"),
        (intrusion(schedule=[{"from": "01:00", "to": "02:00"}]), 3, Thing(1, VISIT), "schedule", "Outside its hours"),
        (
            LineCrossing(LineCrossingSettings(line="gate"), PLACE),
            3,
            Thing(1, [(0, OUT), (9, OUT)]),
            "place",
            "Has not crossed «gate»",
        ),
        (
            LineCrossing(LineCrossingSettings(line="gate", direction="left_to_right"), PLACE),
            2,
            Thing(1, VISIT),
            "direction",
            "Not in the forbidden direction",
        ),
    ],
)
def test_the_first_condition_that_fails_is_named(
    rule: Rule[Any], t: float, thing: Thing, condition: str, said: str
) -> None:
    assert failed(rule, t, thing) == (condition, said)


def test_who_comes_back_while_a_rule_rests_is_told_so() -> None:
    again = [*VISIT[:-1], (9.0, OUT), (9.01, IN), (12.0, IN)]
    assert failed(intrusion(cooldown_s=60), 11, Thing(1, again)) == ("cooldown", "Rests for 60 s after its last alert")


def test_an_alert_shows_that_every_condition_held() -> None:
    (chain,) = asked(intrusion(min_height=0.2), 3, Thing(1, VISIT)).rules
    assert chain.failed is None
    assert [link.condition for link in chain.links] == ["class", "size", "place", "time", "raised"]
    assert {link.mark for link in chain.links} == {Mark.PASSED}
    assert sentence(chain.links[3].text, "en") == "1.0 s of 0.5 s"


def test_a_rule_without_a_zone_is_said_to_look_everywhere() -> None:
    upright = Asked(Fall(FallSettings(), PLACE), [Trace(1, "low", 1.0, 0.62)])
    (chain,) = subjects(scene(3, [Thing(1, VISIT)]), [upright], SIGHT)[0].rules
    assert "In «the view»" in [sentence(link.text, "en") for link in chain.links]


def test_who_is_lost_from_view_is_still_told_of_and_drawn_where_he_was_lost() -> None:
    lost, box = Fall(FallSettings(), PLACE), (0.5, 0.3, 0.6, 0.7)
    here = scene(3, [Thing(1, VISIT)])
    someone, somebody_lost = subjects(here, [Asked(lost, [Trace(1, "low"), Trace(2, "lost", box=box)])], SIGHT)
    assert (someone.track, subject_name(someone, "en")) == (1, "Track 1: person")
    assert (somebody_lost.box, subject_name(somebody_lost, "en")) == (box, "Track 2, lost from view")
    assert [chain.failed.condition for chain in somebody_lost.rules if chain.failed] == ["lost"]


def test_a_rules_own_thing_is_drawn_where_it_is() -> None:
    rule, box = AbandonedObject(AbandonedObjectSettings(), PLACE), (0.5, 0.6, 0.55, 0.7)
    here = scene(3, [Thing(1, VISIT)])
    found = subjects(here, [Asked(rule, [Trace(-4, "time", 3.0, 30.0, box=box)])], SIGHT)
    assert [(subject.track, subject.box) for subject in found if subject.track < 0] == [(-4, box)]


def test_why_nobody_is_tracked_is_said_beside_a_rules_own_thing() -> None:
    rule, box = AbandonedObject(AbandonedObjectSettings(), PLACE), (0.5, 0.6, 0.55, 0.7)
    found = subjects(empty(Reason.QUIET), [Asked(rule, [Trace(-4, "time", 3.0, 30.0, box=box)])], SIGHT)
    assert [subject_name(subject, "en") for subject in found] == [
        "Nobody and nothing is tracked here",
        "Thing 4 (without a track)",
    ]


def test_who_is_of_no_rules_class_is_told_of_in_a_word_unless_he_is_alone() -> None:
    somebody, car = Thing(1, VISIT), Thing(2, VISIT, label="car")
    rule = intrusion()
    here = scene(3, [somebody, car])
    asked_of = [Asked(rule, rule.step(here).traces)]
    concerned, others = told_apart(subjects(here, asked_of, SIGHT))
    assert ([one.track for one in concerned], [one.track for one in others]) == ([1], [2])
    assert told_apart([others[0]]) == ([others[0]], [])


def test_before_the_rules_stands_how_it_came_to_be_tracked() -> None:
    subject = asked(intrusion(), 3, Thing(1, VISIT))
    assert [(link.condition, link.mark) for link in subject.links] == [
        ("moved", Mark.PASSED),
        ("detected", Mark.PASSED),
        ("tracked", Mark.PASSED),
    ]
    assert sentence(subject.links[1].text, "en") == "Seen with a score of 0.90 (a track starts from 0.40)"


@given(st.sampled_from(["levitation", "time", "place", "raised", "view", "x.y"]), st.none() | st.floats(), st.floats())
def test_a_word_that_nobody_knows_breaks_nothing(condition: str, have: float | None, need: float) -> None:
    rule = Loitering(LoiteringSettings(zone="shed"), PLACE)
    trace = Trace(1, condition, have, need)
    (subject,) = subjects(scene(0, [Thing(1, VISIT)]), [Asked(rule, [trace])], SIGHT)
    for language in LANGUAGES:
        for link in subject.rules[0].links:
            said = sentence(link.text, language)
            assert said
            assert not said.startswith("trace.")


def empty(reason: Reason, moved: float = 0.0) -> Scene:
    return Scene("yard", 0, START, Tracks.none(), Decision(reason, moved))


def detections(*scores: float) -> Detections:
    boxes = np.array([[0.1 * n, 0.1, 0.1 * n + 0.05, 0.4] for n in range(len(scores))], np.float32).reshape(-1, 4)
    return Detections(boxes, np.array(scores, np.float32), ("person",) * len(scores))


@pytest.mark.parametrize(
    ("stored", "looked", "condition", "said"),
    [
        (empty(Reason.QUIET), None, "moved", "Nothing moves, so the detector did not look"),
        (empty(Reason.ELSEWHERE, 0.02), None, "moved", "Something moves, but nowhere that matters to a rule, so"),
        (empty(Reason.MOTION), detections(), "detected", "The detector looked and saw nothing"),
        (
            empty(Reason.MOTION),
            detections(0.25),
            "detected",
            "Seen with a score of 0.25 only (a track starts from 0.40)",
        ),
        (empty(Reason.MOTION), detections(0.5), "tracked", "Not tracked (yet): it must be seen 2 times"),
        (
            empty(Reason.MOTION),
            Detections(np.array([[0.1, 0, 0.9, 0.9]], np.float32), np.array([0.5], np.float32), ("person",)),
            "detected",
            "Seen with a score of 0.50 only (what fills so much of the picture starts a track from 0.60)",
        ),
    ],
)
def test_where_nobody_is_tracked_it_is_told_how_far_it_came(
    stored: Scene, looked: Detections | None, condition: str, said: str
) -> None:
    subject = subjects(stored, [], SIGHT, (stored.tracks, looked) if looked is not None else None)[0]
    assert subject.failed is not None
    assert subject.failed.condition == condition
    assert sentence(subject.failed.text, "en").startswith(said)


def test_what_a_log_did_not_keep_is_not_made_up() -> None:
    (subject,) = subjects(empty(Reason.MOTION), [], SIGHT, None, kept=False)
    assert subject.failed is not None
    assert sentence(subject.failed.text, "en") == "The detector looked; what it saw below 0.40 was not kept"


def test_a_detection_that_a_track_took_is_not_told_twice() -> None:
    here = scene(3, [Thing(1, VISIT)])
    seen = Detections(here.tracks.boxes, np.array([0.9], np.float32), ("person",))
    assert [subject.track for subject in subjects(here, [], SIGHT, (here.tracks, seen))] == [1]
