from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.vision.gate import Decision, Reason
from edge.vision.scene import Scene, Tracks
from protocol.kinds import Phase
from tests.edge.scenes import START
from tools.bench.alternatives import QUIET, RIVALS, Run, camera, cheaper
from tools.bench.measure import Spent
from tools.bench.peers.job import Alerts, Job

SQUARE = ((0.4, 0.4), (0.8, 0.4), (0.8, 0.8), (0.4, 0.8))
JOB = Job("clip.mp4", SQUARE, ("person",))
timelines = st.lists(st.frozensets(st.integers(1, 3), max_size=3), max_size=80)


def scene(number: int, inside: frozenset[int]) -> Scene:
    """Those of three people who are in the zone; the others stand outside."""
    feet = [(0.6 if track in inside else 0.1, 0.6) for track in (1, 2, 3)]
    tracks = Tracks(
        ids=np.arange(1, 4),
        labels=("person",) * 3,
        scores=np.full(3, 0.9, np.float32),
        boxes=np.array([(x - 0.05, y - 0.2, x + 0.05, y) for x, y in feet], np.float32),
        seen=np.ones(3, np.bool_),
        ages_s=np.zeros(3, np.float32),
    )
    return Scene("bench", number, START + timedelta(seconds=number / 5), tracks, Decision(Reason.MOTION))


@given(timelines)
def test_the_peers_rule_raises_when_ours_does(timeline: list[frozenset[int]]) -> None:
    [rule] = camera(JOB).build_rules()
    alerts = Alerts(JOB.after_s, JOB.grace_s)
    begun_s = []
    for number, inside in enumerate(timeline):
        begun_s += [number / 5 for f in rule.step(scene(number, inside)).findings if f.phase is Phase.BEGIN]
        alerts.step(number / 5, sorted(inside))
    assert alerts.begun_s == begun_s


def test_a_camera_minute_is_a_minute_of_video_not_of_work() -> None:
    run = Run(frames=150, analysed_fps=5, spent=Spent(wall_s=3, cpu_s=2), begun_s=())
    assert run.cpu_s_per_minute == pytest.approx(4)
    assert run.fps == pytest.approx(50)


def test_the_ratio_is_theirs_over_ours_round_by_round() -> None:
    def took(cpu_s: float) -> Run:
        return Run(100, 5, Spent(1, cpu_s), ())

    figure = cheaper(
        RIVALS[0], Job(str(QUIET), SQUARE, ()), [(took(1), took(1)), (took(1), took(3)), (took(2), took(5))]
    )
    assert figure.value == pytest.approx(2.5)
    assert figure.met
