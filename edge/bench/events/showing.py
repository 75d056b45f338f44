"""What `shouwang-edge eval` prints, in the reader's language: tables and sentences."""

from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from edge.bench.events.comparing import Change, Comparison
from edge.bench.events.judging import JudgedScene
from edge.bench.events.report import Report, Row
from edge.bench.events.words import (
    bare,
    bare_interval,
    change_text,
    clips,
    figure_name,
    found_of,
    in_words,
    kind_name,
    listed,
    not_asked,
    shown,
    stopped_early,
    told,
    watched,
)
from protocol.kinds import Kind
from protocol.sentences import sentence

out = Console()
err = Console(stderr=True)

COLOURS = {Change.BETTER: "green", Change.WORSE: "red", Change.SAME: "", Change.UNKNOWN: "yellow"}
TIMES = ("false_per_hour", "delay_median_s", "delay_p95_s", "own_delay_median_s", "own_delay_p95_s")


def say(text: str, style: str | None = None) -> None:
    """A sentence as it is, on one line: paths and brackets in it are no markup."""
    out.print(text, style=style, highlight=False, soft_wrap=True, markup=False)


def found_table(report: Report, language: str) -> Table:
    """How much was found and how much was false: a row for each kind and one for all; intervals below."""
    counted = (in_words(f"eval.column.{name}", language) for name in ("kind", "found", "false"))
    shares = (figure_name(name, language) for name in ("precision", "recall", "f1"))
    ilids = in_words("eval.column.ilids_f1", language, bias=f"{report.recall_bias:g}")
    table = _table(*counted, *shares, ilids)
    for kind, row in report.rows.items():
        counts = (found_of(row, language), str(row.counted.false_alerts))
        cells = (_cell(row, name) for name in ("precision", "recall", "f1", "ilids_f1"))
        _add(table, kind, language, *counts, *cells)
    return table


def times_table(report: Report, language: str) -> Table:
    """False alerts by time, and how late the true ones are (s); rows and intervals as in the other."""
    table = _table(*(in_words(f"eval.column.{name}", language) for name in ("kind", "clips", *TIMES)))
    for kind, row in report.rows.items():
        _add(table, kind, language, str(row.clips), *(_cell(row, name) for name in TIMES))
    return table


def _table(first: str, *titles: str) -> Table:
    """A table whose first column gives way where the terminal is narrow."""
    table = Table(Column(first, overflow="fold"), box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for title in titles:
        table.add_column(title, no_wrap=True)
    return table


def _add(table: Table, kind: Kind | None, language: str, *cells: str | Text) -> None:
    if kind is None:
        table.add_section()
    table.add_row(kind_name(kind, language), *cells)


def _cell(row: Row, name: str) -> Text:
    text, ends = Text(bare(name, getattr(row.figures, name))), bare_interval(row, name)
    return text.append(f"\n{ends}", "dim") if ends else text


def scenes_table(report: Report, language: str) -> Table:
    """What went wrong: a row for each miss and each false alert."""
    names = ("clip", "at", "what", "kind", "zone")
    table = _table(*(in_words(f"eval.column.{name}", language) for name in names))
    # Chinese has no spaces to break at: folded, as else all but one line of a sentence would be cut off.
    table.add_column(in_words("eval.column.said", language), overflow="fold")
    for scene in report.scenes:
        for at_s, cells in sorted(_wrong(scene, language), key=lambda one: one[0]):
            at = in_words("eval.seconds", language, value=f"{at_s:.1f}")
            table.add_row(Text(scene.name), at, *cells)
    return table


def _wrong(scene: JudgedScene, language: str) -> list[tuple[float, tuple[Text, ...]]]:
    missed = [one.event for one in scene.events if one.missed]
    false = [one.alert for one in scene.alerts if one.false]
    miss, loud = (Text(in_words(f"eval.{name}", language), "red") for name in ("missed", "false_alert"))
    return [
        *((one.start_s, (miss, *_about(one.kind, one.zone, language), Text())) for one in missed),
        *(
            (one.begin_s, (loud, *_about(one.kind, one.zone, language), Text(sentence(one.reason, language))))
            for one in false
        ),
    ]


def _about(kind: Kind, zone: str | None, language: str) -> tuple[Text, Text]:
    return Text(kind_name(kind, language)), Text(zone or "–")


def say_report(report: Report, language: str) -> None:
    """Everything of a report: figures, what went wrong, what was not asked."""
    say(
        in_words(
            "eval.head",
            language,
            clips=clips(len(report.scenes), language),
            watched=watched(report, language),
            model=report.model,
            tolerance=f"{report.tolerance_s:g}",
        )
    )
    out.print(found_table(report, language), times_table(report, language))
    say(in_words("eval.below", language))
    wrong = scenes_table(report, language)
    if wrong.row_count:
        out.print(wrong)
    if report.not_asked:
        say(in_words("eval.not_asked", language, kinds=not_asked(report, language)))
    for scene in report.scenes:
        if scene.why:
            say(stopped_early(scene.name, scene.why, language), "yellow")


def compared_table(comparison: Comparison, language: str) -> Table:
    """Both side by side: F1 of each kind, and every other figure that is not the same."""
    names = ("kind", "figure", "before", "now")
    table = _table(*(in_words(f"eval.column.{name}", language) for name in names), "")
    of_interest = [one for one in comparison.figures if one.name == "f1" or one.change is not Change.SAME]
    for kind, group in groupby(of_interest, lambda one: one.kind):
        if kind is None:
            table.add_section()
        for one in group:
            before, now = shown(one.name, one.before, language), shown(one.name, one.now, language)
            text = Text(change_text(one, language), COLOURS[one.change])
            table.add_row(kind_name(kind, language), figure_name(one.name, language), before, now, text)
    return table


def say_comparison(comparison: Comparison, language: str) -> None:
    """What got better and what worse."""
    out.print(compared_table(comparison, language))
    for turned in comparison.turned:
        say(f"{turned.scene} {told(turned.text, language)}", "green" if turned.better else "red")
    for condition in comparison.conditions:
        say(in_words("eval.not_alike", language, what=told(condition, language)), "yellow")
    if comparison.left_out:
        say(in_words("eval.left_out", language, scenes=listed(comparison.left_out, language)), "yellow")
