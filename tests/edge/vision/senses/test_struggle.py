"""The sense of struggles on filmed fights, on our own scene, and where nobody is."""

from datetime import timedelta
from functools import cache
from pathlib import Path

import numpy as np

from edge.bench.replay import Replay
from edge.config import CameraConfig
from edge.vision.card import MODELS, find_card
from edge.vision.detector import OnnxDetector
from edge.vision.scene import Tracks
from edge.vision.senses.struggle import ALONE_S, EVERY_S, Struggle, StruggleSense
from tests.edge.bench.played import played
from tests.edge.vision.senses.shown import shown

CAMERA = CameraConfig.model_validate(
    {"name": "yard", "source": "none.mp4", "rules": [{"kind": "fight"}], "video": {"analysed_fps": 10}}
)


@cache
def judgements() -> tuple[tuple[float, Struggle], ...]:
    """Seconds and what was said."""
    stored = played("fight")
    first = stored.steps[0].frame
    assert first is not None
    return tuple(
        ((step.frame.at - first.at).total_seconds(), step.outcome.scene.reading(Struggle))
        for step in stored.steps
        if step.frame and step.outcome
    )


def worst(path: Path, detector: OnnxDetector) -> float:
    """The highest score of a clip."""
    replay = Replay(path, CAMERA, detector, "ours")
    said = [step.outcome.scene.reading(Struggle) for step in replay if step.outcome]
    return max((float(score) for one in said for score in one.scores), default=0.0)


def test_filmed_fights_look_more_like_fights_than_their_like(shared_data: Path) -> None:
    card, weights = find_card(None, MODELS)
    detector = OnnxDetector(card, weights, threads=1, only=frozenset({"person"}))
    fights = [worst(shared_data / f"fights/fi{number:03}.mp4", detector) for number in range(30, 40)]
    others = [worst(shared_data / f"fights/nofi{number:03}.mp4", detector) for number in range(56, 66)]
    above = np.array(fights)[:, None] > np.array(others)
    assert above.mean() > 0.75


def test_it_is_judged_twice_a_second_and_says_where() -> None:
    said = [(second, one) for second, one in judgements() if len(one.scores)]
    apart = np.diff([second for second, _ in said])
    assert (apart > EVERY_S - 0.01).all()
    assert np.median(apart) < EVERY_S + 0.15
    boxes = np.concatenate([one.boxes for _, one in said])
    assert ((boxes >= 0) & (boxes <= 1)).all()
    assert (boxes[:, 2:] > boxes[:, :2]).all()
    assert all(len(one.scores) == len(one.boxes) == len(one.people) == len(one.signs) == 1 for _, one in said)


def test_where_nobody_is_it_rests() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (20, 90, 160, 3), np.uint8)
    assert not any(len(said.scores) for said in shown(StruggleSense(), noise, 10))


def test_it_forgets_what_was_when_nobody_has_been_there_for_a_while() -> None:
    stored, sense = played("fight"), StruggleSense()
    steps = [step for step in stored.steps if step.frame and step.outcome][:40]
    for step in steps:
        assert step.frame is not None
        assert step.outcome is not None
        sense.measure(step.frame, step.outcome.scene.tracks, step.outcome.scene.gate)
    last = steps[-1]
    assert last.frame is not None
    assert last.outcome is not None
    later = last.frame.at + timedelta(seconds=ALONE_S + 1)
    frame = type(last.frame)(last.frame.camera, 0, later, last.frame.picture)
    assert not len(sense.measure(frame, Tracks.none(), last.outcome.scene.gate).scores)
    assert sense._memory.measured() is None
