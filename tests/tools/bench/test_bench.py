import importlib
from pathlib import Path

import pytest

from tools.bench import pipeline
from tools.bench.__main__ import file
from tools.bench.footage import need
from tools.bench.measure import Spent, in_turn, median_ratio, spend
from tools.bench.registry import BENCHES
from tools.bench.result import Absent


def test_the_ratio_is_the_median_of_the_pairs_not_the_ratio_of_the_medians() -> None:
    ours = [Spent(1, 1), Spent(10, 1), Spent(3, 1)]
    theirs = [Spent(1, 1), Spent(5, 1), Spent(1, 1)]
    assert median_ratio(ours, theirs) == 2


def test_both_sides_are_warmed_up_and_then_take_turns() -> None:
    turns: list[str] = []
    a, b = in_turn(lambda: turns.append("a"), lambda: turns.append("b"), rounds=3)
    assert "".join(turns) == "abababab"
    assert len(a) == len(b) == 3


def test_processor_time_counts_work() -> None:
    spent = spend(lambda: sum(range(2_000_000)))
    assert 0 < spent.cpu_s <= spent.wall_s * 64


def test_what_is_not_here_is_named(tmp_path: Path) -> None:
    need(tmp_path)
    with pytest.raises(Absent, match=r"plaza\.mp4 is not here; it belongs into "):
        need(tmp_path, tmp_path / "plaza.mp4")


@pytest.mark.parametrize("name", BENCHES)
def test_every_benchmark_of_the_register_is_one_function(name: str) -> None:
    assert callable(importlib.import_module(BENCHES[name]).bench)


def test_a_benchmark_without_its_data_is_filed_as_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "CLIPS", tmp_path)
    filed = file("pipeline")
    assert filed.result is None
    assert filed.fault is None
    assert filed.absent == f"plaza.mp4 is not here; it belongs into {tmp_path}"
    assert filed.command == "make bench ONLY=pipeline"
