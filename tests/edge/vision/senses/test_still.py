from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from edge.video.frame import Frame
from edge.video.picture import Picture
from edge.vision.gate import Decision, Reason
from edge.vision.scene import Tracks
from edge.vision.senses.still import StillSense, StillThings
from tests.edge.vision.senses.shown import shown

START = datetime(2026, 1, 1, tzinfo=UTC)
FPS = 5
GROUND = np.random.default_rng(2).integers(110, 130, (180, 320, 3)).astype(np.uint8)
YARD = np.concatenate([GROUND[:, :48] // 3, GROUND[:, 48:] * 1.6], axis=1).astype(np.uint8)
"""A dark post beside a light floor."""
BAG = (150, 90, 180, 130)
"""Pixels."""


def with_box(
    ground: np.ndarray, corners: tuple[int, int, int, int], colour: Sequence[int] = (40, 30, 160)
) -> np.ndarray:
    picture = ground.copy()
    x1, y1, x2, y2 = corners
    picture[y1:y2, x1:x2] = colour
    return picture


def seen(*parts: tuple[float, np.ndarray]) -> list[StillThings]:
    """What the sense says while each picture is shown until its second, with a sensor's noise."""
    sense, noise, readings, number = StillSense(), np.random.default_rng(3), [], 0
    for until, picture in parts:
        while number / FPS < until:
            noisy = np.clip(picture + noise.normal(0, 2, picture.shape), 0, 255).astype(np.uint8)
            frame = Frame("yard", number, START + timedelta(seconds=number / FPS), Picture.of_array(noisy))
            readings.append(sense.measure(frame, Tracks.none(), Decision(Reason.QUIET)))
            number += 1
    return readings


def test_what_is_put_down_is_a_thing_that_was_brought_and_ages() -> None:
    last = seen((5, GROUND), (15, with_box(GROUND, BAG)))[-1]
    assert last.brought.tolist() == [True]
    assert last.boxes[0].tolist() == pytest.approx([150 / 320, 90 / 180, 180 / 320, 130 / 180], abs=0.02)
    assert last.ages_s[0] == pytest.approx(10, abs=0.8)


def test_what_is_taken_away_leaves_a_gap_and_brought_back_it_is_none() -> None:
    readings = seen((5, with_box(GROUND, BAG)), (12, GROUND), (18, with_box(GROUND, BAG)))
    assert readings[12 * FPS - 1].brought.tolist() == [False]
    assert len(readings[-1].ids) == 0


def test_a_thing_lives_while_somebody_stands_before_it() -> None:
    bag = with_box(GROUND, BAG)
    hidden = with_box(bag, (140, 20, 190, 150), (200, 200, 60))
    readings = seen((5, GROUND), (10, bag), (11, hidden), (16, bag))
    assert readings[-1].ids.tolist() == readings[10 * FPS - 1].ids.tolist() == [1]


def test_who_only_walks_through_leaves_nothing() -> None:
    walk = [(5 + step / FPS, with_box(GROUND, (10 + 6 * step, 40, 40 + 6 * step, 150))) for step in range(40)]
    readings = seen((5, GROUND), *walk, (20, GROUND))
    assert all(len(reading.ids) == 0 for reading in readings)


def test_a_change_of_the_light_is_no_thing() -> None:
    brighter = np.clip(GROUND * 1.3, 0, 255).astype(np.uint8)
    assert all(len(reading.ids) == 0 for reading in seen((5, GROUND), (15, brighter)))


def lit(picture: np.ndarray, gain: float, offset: float = 0.0) -> np.ndarray:
    return np.clip(picture * gain + offset, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("gain", "offset"), [(0.5, 0), (0.7, 0), (1.4, 0), (0.8, 40)], ids=["dusk", "cloud", "lamp", "fog"]
)
def test_light_scales_dark_and_light_places_alike_and_brings_nothing(gain: float, offset: float) -> None:
    readings = seen((5, YARD), (20, lit(YARD, gain, offset)), (30, YARD))
    assert all(len(reading.ids) == 0 for reading in readings)


@pytest.mark.parametrize("gain", [0.6, 1.4])
def test_what_is_put_down_in_another_light_was_brought_and_is_gone_when_it_is_taken(gain: float) -> None:
    bag = with_box(YARD, (10, 90, 40, 130), (60, 200, 220))
    readings = seen((5, YARD), (10, lit(YARD, gain)), (15, lit(bag, gain)), (20, lit(YARD, gain)))
    assert readings[15 * FPS - 1].brought.tolist() == [True]
    assert len(readings[-1].ids) == 0


def test_a_thing_outlives_a_change_of_the_light_and_is_gone_when_it_is_taken_in_the_new() -> None:
    bag = with_box(YARD, BAG)
    readings = seen((5, YARD), (12, bag), (60, lit(bag, 0.6)), (65, lit(YARD, 0.6)))
    assert readings[60 * FPS - 1].ids.tolist() == readings[12 * FPS - 1].ids.tolist() == [1]
    assert len(readings[-1].ids) == 0


def test_a_pause_between_pictures_makes_a_thing_hardly_older() -> None:
    bag = [GROUND] * 25 + [with_box(GROUND, BAG)] * 50
    aged = [shown(StillSense(), bag, FPS, paused=paused)[-1].ages_s[0] for paused in ((50, 0.0), (50, 30.0))]
    assert 1 <= aged[1] - aged[0] <= 2.5
