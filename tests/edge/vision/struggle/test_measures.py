"""Measures of movement: what a fight has and a walk has not, near and far alike."""

from collections.abc import Sequence

import numpy as np
import pytest

from edge.vision.struggle.flow import COLUMNS, Flow
from edge.vision.struggle.measures import ACROSS, LEAST_BOXES, NAMES, Measured, measured

ROWS = 90
BODY = 0.4
"""Height of somebody, share of the picture."""


def boxes(x: float = 0.5, y: float = 0.5, tall: float = BODY) -> np.ndarray:
    """One person around a place."""
    return np.array([[x - tall / 8, y - tall / 2, x + tall / 8, y + tall / 2]], np.float32)


def moving(kind: str, speed: float = 40.0, tall: float = BODY, pictures: int = 20) -> list[Flow]:
    """Flow in the middle of the picture: as a whole to the right, or every part its own way anew in each picture."""
    chance, flows = np.random.default_rng(5), []
    high, wide = int(tall * ROWS / 2), int(tall * ROWS / 4)
    for _ in range(pictures):
        flow = np.zeros((ROWS, COLUMNS, 2), np.float32)
        place = flow[45 - high : 45 + high, 80 - wide : 80 + wide]
        place[:] = [speed, 0.0] if kind == "whole" else chance.normal(0, speed, place.shape)
        flows.append(flow)
    return flows


def told(flows: Sequence[Flow], tall: float = BODY) -> Measured:
    found = measured(flows, [boxes(tall=tall)] * len(flows))
    assert found is not None
    return found


def value(found: Measured, name: str) -> float:
    return float(found.values[NAMES.index(name)])


def test_there_is_a_name_for_each_value_and_each_is_a_number() -> None:
    found = told(moving("wild"))
    assert found.values.shape == (len(NAMES),) == (30,)
    assert len(set(NAMES)) == 30
    assert np.isfinite(found.values).all()


def test_parts_that_go_each_their_own_way_are_told_from_a_whole_that_goes_one_way() -> None:
    wild, whole = told(moving("wild")), told(moving("whole"))
    for name in ("tangle.mean", "change97.mean"):
        assert value(wild, name) > 3 * value(whole, name)
    assert value(whole, "drift") > 3 * value(wild, "drift")


def test_where_nothing_moves_nothing_changes() -> None:
    found = told([np.zeros((ROWS, COLUMNS, 2), np.float32)] * 12)
    assert all(value(found, name) == 0 for name in NAMES if name.split(".")[0] in {"tangle", "change75", "change97"})


def test_near_and_far_people_count_alike() -> None:
    near, far = (told(moving("wild", 100 * tall, tall), tall) for tall in (0.6, 0.3))
    assert value(near, "tangle.mean") == pytest.approx(value(far, "tangle.mean"), rel=0.2)


def test_it_looks_at_the_place_where_people_move_most_against_each_other_and_nowhere_without_people() -> None:
    flows = moving("wild")
    for flow in flows:
        flow[5:25, 5:25] = np.random.default_rng(1).normal(0, 400, (20, 20, 2))  # leaves in the corner, nobody there
    found = told(flows)
    left, _, right, _ = found.box
    assert left <= 0.5 <= right
    assert right - left == pytest.approx(2 * ACROSS * BODY * ROWS / COLUMNS, abs=0.02)


def test_too_few_people_in_all_pictures_and_nothing_is_said() -> None:
    flows, nobody = moving("wild"), np.zeros((0, 4), np.float32)
    few = [boxes()] * (LEAST_BOXES - 1) + [nobody] * (len(flows) - LEAST_BOXES + 1)
    assert measured(flows, few) is None
    assert measured(flows, [boxes()] * LEAST_BOXES + [nobody] * (len(flows) - LEAST_BOXES)) is not None


def test_people_are_counted_where_it_looks_and_pairs_that_stand_close() -> None:
    flows = moving("wild")
    pair = np.concatenate([boxes(0.46), boxes(0.54), boxes(0.95)])
    found = measured(flows, [pair] * len(flows))
    assert found is not None
    assert found.people == 2
    assert value(found, "people.mean") == 2
    assert value(found, "close.mean") == 1
    apart = measured(flows, [np.concatenate([boxes(0.4), boxes(0.6, 0.6)])] * len(flows))
    assert apart is not None
    assert value(apart, "close.mean") == 0


def test_boxes_that_stick_out_of_the_picture_do_no_harm() -> None:
    flows = moving("wild")
    found = measured(flows, [np.array([[-0.2, -0.3, 1.3, 1.4]], np.float32)] * len(flows))
    assert found is not None
    assert np.isfinite(found.values).all()
