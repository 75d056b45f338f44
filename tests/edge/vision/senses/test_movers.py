import numpy as np
import pytest

from edge.vision.senses.movers import MoverSense
from tests.edge.vision.senses.shown import filled, shown

WALL = np.random.default_rng(1).integers(100, 110, (180, 320, 3)).astype(np.uint8)


def test_something_small_that_moves_is_seen_where_it_is_and_not_where_it_was() -> None:
    steps = [filled(WALL, (100, 10 + 12 * n, 108, 18 + 12 * n), (240, 240, 240)) for n in range(8)]
    movers = shown(MoverSense(), steps, 10)[-1]
    assert len(movers.boxes) == 1
    assert movers.boxes[0].tolist() == pytest.approx([100 / 320, 94 / 180, 108 / 320, 102 / 180], abs=0.01)


def test_a_quiet_picture_shows_none() -> None:
    assert all(len(movers.boxes) == 0 for movers in shown(MoverSense(), [WALL] * 8, 10))


def test_somebody_large_is_none() -> None:
    walk = [filled(WALL, (20 + 10 * n, 40, 60 + 10 * n, 150), (20, 20, 20)) for n in range(8)]
    assert all(len(movers.boxes) == 0 for movers in shown(MoverSense(), walk, 10))


def test_snow_is_none_and_no_two_hundred() -> None:
    chance = np.random.default_rng(2)

    def flakes() -> np.ndarray:
        picture = WALL.copy()
        for x, y in zip(chance.integers(0, 310, 200), chance.integers(0, 170, 200), strict=True):
            picture[y : y + 4, x : x + 4] = 250
        return picture

    assert all(len(movers.boxes) == 0 for movers in shown(MoverSense(), [flakes() for _ in range(8)], 10))
