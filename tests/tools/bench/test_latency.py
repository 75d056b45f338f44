"""The benchmark's arithmetic, and that its node is one the edge takes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.config import load_node
from tools.bench.latency import GRID, Way, arrived, cell, percentile, way, write_node

FRAME = datetime(2026, 3, 1, 4, tzinfo=UTC)


def test_every_moment_counts_from_the_frame() -> None:
    start_ms = FRAME.timestamp() * 1000
    shown = {"came": start_ms + 30, "card": start_ms + 80, "picture": start_ms + 120}
    assert way(FRAME, FRAME + timedelta(milliseconds=20), shown) == Way(20, 30, 80, 120)
    del shown["picture"]
    assert way(FRAME, FRAME, shown).picture is None


def test_an_alert_whose_card_never_came_is_counted_and_not_left_out_in_silence() -> None:
    start_ms = FRAME.timestamp() * 1000
    shown = {"one": {"came": start_ms + 30, "card": start_ms + 80}, "two": {"came": start_ms + 40}}
    ways, lost = arrived(dict.fromkeys(("one", "two", "three"), (FRAME, FRAME)), shown)
    assert [one.card for one in ways] == [80]
    assert lost == 2


def test_the_cells_cover_the_view() -> None:
    areas = [(c[2][0] - c[0][0]) * (c[2][1] - c[0][1]) for c in (cell(x, y) for x in range(GRID) for y in range(GRID))]
    assert sum(areas) == pytest.approx(1, abs=1e-3)


def test_the_edge_takes_its_node(tmp_path: Path) -> None:
    [camera] = load_node(write_node(tmp_path)).cameras
    assert len(camera.rules) == GRID * GRID


@given(st.lists(st.floats(0, 1e4), min_size=1), st.integers(1, 99))
def test_a_percentile_lies_among_its_values(values: list[float], percent: int) -> None:
    assert min(values) - 1e-9 <= percentile(values, percent) <= max(values) + 1e-9
