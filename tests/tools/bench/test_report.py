from datetime import UTC, datetime
from pathlib import Path

import pytest

from tools.bench.machine import Machine
from tools.bench.report import number, render
from tools.bench.result import Aim, Figure, Filed, Result, Shelf, Table, at_least, at_most

MACHINE = Machine("Some CPU", 2, 8.0, "Linux 6", "3.11.7", ("numpy 2.0",), "abc1234", 0.1)


def filed(*figures: Figure, remarks: tuple[str, ...] = (), bench: str = "speed") -> Filed:
    table = Table("Runs", ("a", "b|c"), (("1", "x|y"),))
    result = Result("How fast", "A clip.", figures, (table,), remarks)
    at = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    return Filed(bench, f"make bench ONLY={bench}", at, 12.3, MACHINE, result)


def left_out() -> Filed:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    return Filed("peers", "make bench ONLY=peers", at, 0.1, MACHINE, absent="plaza.mp4 is not here")


@pytest.mark.parametrize(
    ("aim", "value", "met"),
    [
        (at_most(1.1), 1.1, True),
        (at_most(1.1), 1.11, False),
        (at_least(4), 4, True),
        (at_least(4), 3.99, False),
    ],
)
def test_the_bound_itself_meets_the_aim(aim: Aim, value: float, met: bool) -> None:
    assert Figure("x", value, "×", aim).met is met


def test_a_figure_without_aim_is_neither_met_nor_missed() -> None:
    assert Figure("x", 1).met is None
    assert filed(Figure("x", 1)).result is not None


def test_a_missed_aim_is_shown_as_missed_with_its_remark() -> None:
    page = render([filed(Figure("ratio", 3.114, "×", at_least(4)), remarks=("The scene is busy.",))])
    assert "| ratio | 3.11 × | ≥ 4 × | **missed** |" in page
    assert "- The scene is busy." in page
    assert "without an explanation" not in page


def test_a_missed_aim_without_a_remark_says_that_none_was_given() -> None:
    assert "Missed without an explanation" in render([filed(Figure("ratio", 3, "×", at_least(4)))])


def test_a_met_aim_stands_in_the_overview() -> None:
    page = render([filed(Figure("ratio", 1.05, "×", at_most(1.1)))])
    assert "| [speed](#speed) | ratio | 1.05 × | ≤ 1.1 × | met |" in page


def test_what_was_left_out_says_why() -> None:
    page = render([left_out()])
    assert "| [peers](#peers) | plaza.mp4 is not here |  |  | left out |" in page
    assert "Left out: plaza.mp4 is not here" in page


def test_each_benchmark_has_its_command_and_commit_and_the_machine_stands_there_once() -> None:
    page = render([filed(Figure("a", 1)), filed(Figure("b", 1), bench="size")])
    assert "`make bench ONLY=speed` · 2026-01-02 03:04 UTC · commit abc1234" in page
    assert "`make bench ONLY=size`" in page
    assert page.count("Machine: Some CPU, 2 cores") == 1


def test_a_bar_in_a_cell_does_not_break_the_table() -> None:
    assert "| 1 | x\\|y |" in render([filed(Figure("a", 1))])


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (0.04249, "0.0425"), (1, "1"), (3.114, "3.11"), (53.94, "53.9"), (177.4, "177"), (12400.0, "12400")],
)
def test_numbers_show_what_counts_of_them(value: float, shown: str) -> None:
    assert number(value) == shown


def test_what_is_kept_comes_back_as_it_was(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "bench")
    runs = [filed(Figure("ratio", 3, "×", at_least(4)), remarks=("why",)), left_out()]
    for run in runs:
        shelf.keep(run)
    assert [shelf.last("speed"), shelf.last("peers"), shelf.last("none")] == [*runs, None]


def test_what_was_taken_in_another_checkout_stays_as_it_stands() -> None:
    names = ["peers", "speed", "memory"]
    page = render([filed(Figure("ratio", 2, "×")), filed(Figure("megabytes", 7), bench="memory")])
    assert render([], page, names) == page
    again = render([filed(Figure("ratio", 3, "×")), left_out()], page, names)
    assert "| ratio | 3 × |" in again
    assert "| ratio | 2 × |" not in again
    assert again.count("| megabytes | 7 |") == page.count("| megabytes | 7 |") == 2
    assert [line for line in again.splitlines() if line.startswith("## ")] == ["## peers", "## speed", "## memory"]


def test_figures_stay_where_a_later_run_lacks_what_it_needs() -> None:
    names = ["peers", "speed"]
    page = render([filed(Figure("ratio", 2, "×"), bench="peers")])
    assert render([left_out()], page, names) == page
    without = render([left_out()], "", names)
    assert "Left out: plaza.mp4 is not here" in without
    assert render([left_out()], without, names) == without
    assert "| ratio | 3 × |" in render([filed(Figure("ratio", 3, "×"), bench="peers")], without, names)


def test_a_benchmark_that_there_is_no_more_goes_from_the_page() -> None:
    page = render([filed(Figure("ratio", 2, "×"))])
    assert "(#speed)" not in render([left_out()], page, ["peers"])
