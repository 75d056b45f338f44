from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.vision.detector import Detections
from edge.vision.scene import Tracks
from edge.vision.settings import TrackerSettings
from edge.vision.tracker import Tracker

START = datetime(2026, 1, 1, tzinfo=UTC)
Seen = list[tuple[float, float, str, float]]
"""Centre x, foot y, label, score."""


def detections(seen: Seen) -> Detections:
    boxes = np.array([(x - 0.04, y - 0.2, x + 0.04, y) for x, y, _, _ in seen], np.float32).reshape(-1, 4)
    scores = np.array([score for *_, score in seen], np.float32)
    return Detections(boxes, scores, tuple(label for _, _, label, _ in seen))


def run(frames: list[Seen], fps: float = 5, tracker: Tracker | None = None) -> list[Tracks]:
    tracker = tracker or Tracker(TrackerSettings(), 0.5)
    return [tracker.update(START + timedelta(seconds=n / fps), detections(seen)) for n, seen in enumerate(frames)]


def walk(n: int, x0: float = 0.1, dx: float = 0.02, score: float = 0.9) -> tuple[float, float, str, float]:
    return (x0 + n * dx, 0.6, "person", score)


def test_somebody_who_walks_keeps_one_id() -> None:
    tracks = run([[walk(n)] for n in range(30)])
    assert {tuple(t.ids.tolist()) for t in tracks[1:]} == {(1,)}
    assert tracks[-1].feet[0] == pytest.approx((0.68, 0.6), abs=0.01)
    assert tracks[-1].ages_s[0] == pytest.approx(5.8)


def test_a_single_detection_is_not_believed() -> None:
    assert all(len(t) == 0 for t in run([[walk(0)], [], [], []]))


def test_an_unsure_detection_continues_a_track_but_never_starts_one() -> None:
    continued = run([[walk(n, score=0.9 if n < 3 else 0.2)] for n in range(10)])
    assert continued[-1].ids.tolist() == [1]
    assert all(len(t) == 0 for t in run([[walk(n, score=0.2)] for n in range(10)]))


def test_one_sure_look_is_not_confirmed_by_unsure_ones_but_by_another_sure_one() -> None:
    tracks = run([[walk(n, score=0.9 if n in (0, 6) else 0.2)] for n in range(10)])
    assert [len(t) for t in tracks] == [0] * 6 + [1] * 4


def test_who_is_hidden_for_a_second_comes_back_under_the_same_id() -> None:
    frames = [[walk(n)] if not 10 <= n < 15 else [] for n in range(30)]
    assert run(frames)[-1].ids.tolist() == [1]


def test_who_is_hidden_for_too_long_is_somebody_new() -> None:
    frames = [[walk(0)] if n < 10 or n > 25 else [] for n in range(40)]
    assert run(frames)[-1].ids.tolist() == [2]


def test_two_who_cross_keep_their_ids() -> None:
    frames = [[walk(n), (0.9 - 0.02 * n, 0.75, "person", 0.9)] for n in range(40)]
    tracks = run(frames)
    assert tracks[-1].ids.tolist() == [1, 2]
    assert tracks[-1].feet[0, 0] > tracks[-1].feet[1, 0]


def test_a_rider_and_her_bicycle_are_two_tracks_with_their_own_labels() -> None:
    frames = [[walk(n), (0.1 + n * 0.02, 0.62, "bicycle", 0.8)] for n in range(20)]
    assert run(frames)[-1].labels == ("person", "bicycle")


def test_a_label_wrong_for_a_frame_does_not_stick() -> None:
    frames: list[Seen] = [[(0.5, 0.6, "truck" if n == 5 else "car", 0.8)] for n in range(10)]
    assert [t.labels for t in run(frames)[1:]] == [("car",)] * 9


def test_two_cameras_never_share_ids() -> None:
    one, other = Tracker(TrackerSettings(), 0.5), Tracker(TrackerSettings(), 0.5)
    run([[walk(0)], [walk(1)], [walk(2), (0.8, 0.6, "person", 0.9)]], tracker=one)
    assert run([[walk(0)], [walk(1)]], tracker=other)[-1].ids.tolist() == [1]


def test_who_stands_still_stays_alive_without_detections() -> None:
    tracker = Tracker(TrackerSettings(lost_s=2), 0.5)
    run([[walk(0, dx=0)] for _ in range(5)], tracker=tracker)
    for n in range(5, 300):
        held = tracker.hold(START + timedelta(seconds=n / 5))
    assert held.ids.tolist() == [1]
    assert not held.seen[0]
    assert tracker.update(START + timedelta(seconds=60), detections([walk(0)])).ids.tolist() == [1]


@given(st.integers(0, 2**32 - 1), st.integers(1, 60))
def test_ids_are_unique_and_columns_equally_long_whatever_is_detected(seed: int, count: int) -> None:
    random = np.random.default_rng(seed)
    frames: list[Seen] = [
        [
            (
                random.uniform(0.1, 0.9),
                random.uniform(0.3, 1),
                "person" if random.random() < 0.5 else "car",
                random.random(),
            )
            for _ in range(random.integers(0, 6))
        ]
        for _ in range(count)
    ]
    for tracks in run(frames):
        ids = tracks.ids.tolist()
        assert sorted(set(ids)) == ids
        assert len(tracks.labels) == len(tracks.boxes) == len(tracks.scores) == len(ids)
        assert np.isfinite(tracks.boxes).all()
        assert (tracks.boxes >= 0).all()
        assert (tracks.boxes <= 1).all()


def test_memory_is_flat_over_many_tracks() -> None:
    tracker = Tracker(TrackerSettings(lost_s=1), 0.5)
    for n in range(3000):
        tracker.update(START + timedelta(seconds=n / 5), detections([(0.1 + (n // 3 % 8) * 0.1, 0.6, "person", 0.9)]))
    assert tracker._block.shape[1] < 20


@pytest.mark.parametrize(("side", "score", "tracks"), [(0.9, 0.5, 0), (0.9, 0.7, 1), (0.3, 0.5, 1)])
def test_what_fills_the_picture_must_be_surer_to_start_a_track(side: float, score: float, tracks: int) -> None:
    tracker = Tracker(TrackerSettings(), 0.4)
    moth = Detections(np.array([[0.05, 0.05, 0.05 + side, 0.05 + side]], np.float32), np.array([score]), ("person",))
    seen = [tracker.update(START + timedelta(seconds=n / 5), moth) for n in range(5)]
    assert len(seen[-1]) == tracks


def test_who_is_expected_to_have_shrunk_to_nothing_is_near_nobody() -> None:
    """One sure look, unsure ones in which his box collapses, a pause, then somebody sure beside him."""
    tracker = Tracker(TrackerSettings(), 0.5)
    for at_s, x, wide, score in ((0, 0.5, 0.3, 0.9), (0.2, 0.5, 0.2, 0.2), (0.4, 0.5, 0.1, 0.2), (0.9, 0.2, 0.3, 0.9)):
        seen = np.array([[x - wide / 2, 0.4, x + wide / 2, 0.6]], np.float32)
        with np.errstate(all="raise"):
            tracks = tracker.update(START + timedelta(seconds=at_s), Detections(seen, np.array([score]), ("person",)))
    assert len(tracks) == 0
