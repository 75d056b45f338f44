from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.video.frame import Frame
from edge.video.picture import Picture
from edge.vision.gate import Decision, Reason
from edge.vision.scene import Tracks
from edge.vision.senses.view import EVERY_S, View, ViewSense

START = datetime(2026, 1, 1, tzinfo=UTC)
WALL = np.kron(np.random.default_rng(5).integers(40, 200, (12, 16)), np.ones((15, 20))).astype(np.uint8)


def seen(*pictures: tuple[float, np.ndarray]) -> list[View]:
    """What the sense says of grey pictures at their seconds."""
    sense = ViewSense()
    views = []
    for index, (second, grey) in enumerate(pictures):
        picture = Picture.of_array(np.repeat(grey[..., None], 3, axis=2))
        frame = Frame("yard", index, START + timedelta(seconds=second), picture)
        views.append(sense.measure(frame, Tracks.none(), Decision(Reason.QUIET)))
    return views


def for_seconds(grey: np.ndarray, start: float, end: float) -> list[tuple[float, np.ndarray]]:
    return [(second, grey) for second in np.arange(start, end, EVERY_S).tolist()]


def test_a_view_is_taken_in_first_and_then_looks_like_itself() -> None:
    views = seen(*for_seconds(WALL, 0, 6))
    assert not views[0].learnt
    assert views[-1].learnt
    assert views[-1].kept > 0.95
    assert views[-1].detail == 1
    assert views[-1].coarse > 0.95


@settings(max_examples=15)
@given(st.floats(0.3, 1.2), st.integers(-20, 20))
def test_more_or_less_light_leaves_edges_where_they_are(gain: float, shift: int) -> None:
    lit = np.clip(WALL * gain + shift, 1, 254).astype(np.uint8)
    last = seen(*for_seconds(WALL, 0, 5), *for_seconds(lit, 5, 6))[-1]
    assert last.kept > 0.8
    assert last.lost == 0


@given(st.integers(1, 15))
def test_what_is_blank_at_once_is_lost_but_not_what_is_dark(columns: int) -> None:
    painted, dark = WALL.copy(), WALL.copy()
    painted[:, : 20 * columns], dark[:, : 20 * columns] = 90, 5
    views = seen(*for_seconds(WALL, 0, 5), (5.5, painted), (6, dark))
    assert [view.lost for view in views[:-2]] == [0.0] * (len(views) - 2)
    assert views[-2].lost == pytest.approx(columns / 16, abs=2 / 16)
    assert views[-1].lost == 0.0


def test_another_view_keeps_nothing_and_is_learnt_only_after_ten_minutes() -> None:
    other = np.roll(WALL, (7, 10), (0, 1))
    views = seen(*for_seconds(WALL, 0, 5), (6, other), (300, other), (598, other), (700, other), (704, other))
    assert [view.kept < 0.2 for view in views[-5:-2]] == [True, True, True]
    assert not views[-1].learnt or views[-1].kept > 0.9


def test_a_picture_that_repeats_itself_says_for_how_long() -> None:
    moved = WALL.copy()
    moved[0, 0] += 40
    views = seen((0, WALL), (1, moved), (2, moved), (5, moved))
    assert [view.same_s for view in views] == [0, 0, 1, 4]


def test_where_people_usually_hide_most_of_the_view_that_is_not_held_against_it_but_another_view_is() -> None:
    random = np.random.default_rng(3)

    def crowded(wall: np.ndarray, share: float, start: float, end: float) -> list[tuple[float, np.ndarray]]:
        hidden = np.arange(wall.shape[1]) < share * wall.shape[1]
        people = (random.permutation(wall.ravel()).reshape(wall.shape) for _ in range(100))
        return [(at, np.where(hidden, next(people), wall).astype(np.uint8)) for at, _ in for_seconds(wall, start, end)]

    few, many = crowded(WALL, 0.4, 6, 16), crowded(WALL, 0.65, 16, 30)
    turned = crowded(np.roll(WALL, (7, 10), (0, 1)), 0.65, 30, 36)
    views = seen(*for_seconds(WALL, 0, 6), *few, *many, *turned)
    first, last = views[-len(turned) - len(many) + 1], views[-len(turned) - 1]
    assert first.kept < 0.45
    assert last.kept > 0.55
    assert max(view.kept for view in views[-len(turned) + 1 :]) < 0.2
