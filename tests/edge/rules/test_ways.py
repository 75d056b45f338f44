"""Tests for edge/rules/ways.py: how far things have come, whatever their boxes do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.rules.dwell import Dwell
from edge.rules.ways import SMOOTH_S, Ways
from tests.edge.scenes import Thing, scene

ASPECT = 16 / 9


def far(*things: Thing, until: float, fps: float = 5, forgive_s: float = 5) -> float:
    """How far the first stay has come at last."""
    dwell, ways = Dwell(forgive_s), Ways(100)
    for number in range(int(until * fps) + 1):
        seen = scene(number / fps, things)
        here = {track: row for row, track in enumerate(seen.tracks.numbers)}
        dwell.step(seen.at, here, seen.tracks)
        boxes = {track: seen.tracks.boxes_at[row] for track, row in here.items()}
        ways.step(seen.at, dwell.stays.values(), boxes.get, seen.aspect)
    return ways.far(min(dwell.stays.values(), key=lambda stay: stay.number))


@given(st.floats(0.0, 0.6))
def test_a_way_is_measured_in_ones_own_heights(length: float) -> None:
    thing = Thing(1, [(0, (0.2, 0.6)), (3, (0.2 + length, 0.6)), (15, (0.2 + length, 0.6))])
    assert far(thing, until=15) == pytest.approx(length * ASPECT / 0.3, abs=0.01)


def test_a_box_that_grows_over_the_bicycle_beside_has_not_come() -> None:
    assert far(Thing(1, [(0, (0.5, 0.6)), (20, (0.5, 0.6))], grown=[(3, 20, 0.15)]), until=20) < 0.02


def test_what_is_found_again_under_another_number_has_not_come_from_one_place_to_the_other() -> None:
    lost, found = Thing(1, [(0, (0.5, 0.6)), (5, (0.5, 0.6))]), Thing(2, [(6, (0.6, 0.6)), (20, (0.6, 0.6))])
    assert far(lost, found, until=20) == pytest.approx(0.0, abs=0.01)


def test_who_is_found_again_under_another_number_keeps_the_way_that_he_has_come() -> None:
    lost = Thing(1, [(0, (0.2, 0.6)), (4, (0.4, 0.6)), (8, (0.4, 0.6))])
    found = Thing(2, [(9, (0.42, 0.6)), (12, (0.62, 0.6)), (20, (0.62, 0.6))])
    assert far(lost, found, until=20) == pytest.approx(0.4 * ASPECT / 0.3, abs=0.05)


def test_a_box_that_trembles_has_not_come() -> None:
    assert far(Thing(1, [(0, (0.5, 0.6)), (60, (0.5, 0.6))], jitter=0.05), until=60) < 0.15


def test_a_jump_that_is_taken_back_at_once_is_hardly_believed() -> None:
    path = [
        (0.0, (0.5, 0.6)),
        (5.0, (0.5, 0.6)),
        (5.01, (0.6, 0.6)),
        (5.2, (0.6, 0.6)),
        (5.21, (0.5, 0.6)),
        (20, (0.5, 0.6)),
    ]
    assert far(Thing(1, path), until=20) < 0.1 * ASPECT / 0.3 * 0.4 / SMOOTH_S


@pytest.mark.parametrize("mirrored", [False, True])
def test_what_is_cut_off_by_the_pictures_edge_has_come_as_far_as_its_middle(mirrored: bool) -> None:
    enters = [
        Thing(1, [(n / 5, (x / 2, 0.6)), (n / 5 + 0.19, (x / 2, 0.6))], width=x, height=0.4)
        for n, x in ((0, 0.2), (1, 0.4), (2, 0.6), (3, 0.7))
    ]
    path = [*enters, Thing(1, [(0.8, (0.4, 0.6)), (20, (0.4, 0.6))], width=0.8, height=0.4)]
    if mirrored:
        path = [Thing(1, [(t, (1 - x, y)) for t, (x, y) in part.path], width=part.width, height=0.4) for part in path]
    assert far(*path, until=20) == pytest.approx((0.4 - 0.1) * ASPECT / 0.4, abs=0.05)
