"""The sense of struggles on our own film of a fight, and where nobody is."""

from datetime import timedelta
from functools import cache

import numpy as np

from edge.vision.scene import Tracks
from edge.vision.senses.struggle import ALONE_S, EVERY_S, Struggle, StruggleSense
from tests.edge.bench.played import played
from tests.edge.vision.senses.shown import shown

FIGHT_S = (4.6, 11.4)
"""As the scenario says."""


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


def test_a_fight_looks_like_one_and_the_walk_before_it_does_not() -> None:
    scores = [(second, float(said.scores[0])) for second, said in judgements() if len(said.scores)]
    fighting = [score for second, score in scores if FIGHT_S[0] + 2 <= second <= FIGHT_S[1]]
    walking = [score for second, score in scores if second < FIGHT_S[0]]
    assert np.mean(fighting) > np.mean(walking) + 0.3


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
