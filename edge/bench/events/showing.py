"""What `shouwang-edge eval` prints: tables and sentences."""

from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from edge.bench.events.comparing import Change, Compared, Comparison
from edge.bench.events.judging import JudgedScene
from edge.bench.events.report import Report, Row
from protocol.kinds import Kind
from protocol.sentences import sentence

out = Console()
err = Console(stderr=True)

TITLES = {
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "ilids_f1": "F1 i-LIDS",
    "false_per_hour": "false per camera-hour",
    "delay_median_s": "delay, median",
    "delay_p95_s": "delay, p95",
    "own_delay_median_s": "own delay, median",
    "own_delay_p95_s": "own delay, p95",
}
"""What people read, by the figure's name."""
SHARES = frozenset({"precision", "recall", "f1", "ilids_f1"})
COLOURS = {Change.BETTER: "green", Change.WORSE: "red", Change.SAME: "", Change.UNKNOWN: "yellow"}
ALL = "all together"


def say(text: str, style: str | None = None) -> None:
    """A sentence as it is, on one line: paths and brackets in it are no markup."""
    out.print(text, style=style, highlight=False, soft_wrap=True, markup=False)


def shown(name: str, value: float | None) -> str:
    """A figure with its unit."""
    if value is None:
        return "–"
    if name in SHARES:
        return f"{value:.2f}"
    return f"{value:.1f}" if name == "false_per_hour" else f"{value:.1f} s"


def interval(row: Row, name: str) -> str:
    """A figure's interval, or nothing."""
    ends = row.intervals[name]
    return "" if ends is None else f"{shown(name, ends.low).removesuffix(' s')}–{shown(name, ends.high)}"


def clips(count: int) -> str:
    """How many clips."""
    return f"{count} clip{'' if count == 1 else 's'}"


def length(seconds: float) -> str:
    """How long was watched."""
    if seconds >= 3600:
        return f"{seconds / 3600:.1f} hours"
    return f"{seconds / 60:.1f} minutes" if seconds >= 60 else f"{seconds:.0f} seconds"


def kind_name(kind: Kind | None) -> str:
    """A kind as people read it."""
    return ALL if kind is None else kind.replace("_", " ")


def found_table(report: Report) -> Table:
    """How much was found and how much was false: a row for each kind and one for all; intervals below."""
    table = _table("kind", "found", "false", "precision", "recall", "F1", f"F1 i-LIDS\nα = {report.recall_bias:g}")
    for kind, row in report.rows.items():
        counted = row.counted
        counts = (f"{counted.found} of {counted.found + counted.missed}", str(counted.false_alerts))
        _add(table, kind, *counts, *(_cell(row, name) for name in ("precision", "recall", "f1", "ilids_f1")))
    return table


def times_table(report: Report) -> Table:
    """False alerts by time, and how late the true ones are (s); rows and intervals as in the other."""
    late = ("delay s\nmedian", "delay s\np95", "own s\nmedian", "own s\np95")
    table = _table("kind", "clips", "false per\ncamera-hour", *late)
    names = ("false_per_hour", "delay_median_s", "delay_p95_s", "own_delay_median_s", "own_delay_p95_s")
    for kind, row in report.rows.items():
        _add(table, kind, str(row.clips), *(_cell(row, name, unit=False) for name in names))
    return table


def _table(first: str, *titles: str) -> Table:
    """A table whose first column gives way where the terminal is narrow."""
    table = Table(Column(first, overflow="fold"), box=SIMPLE_HEAD, pad_edge=False)
    for title in titles:
        table.add_column(title, no_wrap=True)
    return table


def _add(table: Table, kind: Kind | None, *cells: str | Text) -> None:
    if kind is None:
        table.add_section()
    table.add_row(kind_name(kind), *cells)


def _cell(row: Row, name: str, *, unit: bool = True) -> Text:
    figure, ends = shown(name, getattr(row.figures, name)), interval(row, name)
    if not unit:
        figure, ends = figure.removesuffix(" s"), ends.removesuffix(" s")
    text = Text(figure)
    return text.append(f"\n{ends}", "dim") if ends else text


def scenes_table(report: Report) -> Table:
    """What went wrong: a row for each miss and each false alert."""
    table = _table("clip", "at", "what", "kind", "zone")
    table.add_column("said")
    for scene in report.scenes:
        for at_s, cells in sorted(_wrong(scene), key=lambda one: one[0]):
            table.add_row(Text(scene.name), f"{at_s:.1f} s", *cells)
    return table


def _wrong(scene: JudgedScene) -> list[tuple[float, tuple[Text, ...]]]:
    missed = [one.event for one in scene.events if one.missed]
    false = [one.alert for one in scene.alerts if one.false]
    return [
        *((event.start_s, _cells("missed", event.kind, event.zone, "")) for event in missed),
        *(
            (alert.begin_s, _cells("false alert", alert.kind, alert.zone, sentence(alert.reason, "en")))
            for alert in false
        ),
    ]


def _cells(what: str, kind: Kind, zone: str | None, said: str) -> tuple[Text, ...]:
    return Text(what, "red"), Text(kind_name(kind)), Text(zone or "–"), Text(said)


def say_report(report: Report) -> None:
    """Everything of a report: figures, what went wrong, what was not asked."""
    watched = length(sum(scene.seconds for scene in report.scenes))
    say(f"{clips(len(report.scenes))}, {watched}; {report.model}; tolerance {report.tolerance_s:g} s")
    out.print(found_table(report), times_table(report))
    say("below a figure: its 95 % interval over clips; own: less what the rule is told to wait (after_s)")
    wrong = scenes_table(report)
    if wrong.row_count:
        out.print(wrong)
    if report.not_asked:
        asked = ", ".join(f"{kind_name(kind)} {count}" for kind, count in report.not_asked.items())
        say(f"not asked for, as no camera file switches the kind on: {asked}")
    for scene in report.scenes:
        if scene.why:
            say(f"{scene.name} stopped early: {scene.why}", "yellow")


def compared_table(comparison: Comparison) -> Table:
    """Both side by side: F1 of each kind, and every other figure that is not the same."""
    table = _table("kind", "figure", "before", "now", "")
    told = [one for one in comparison.figures if one.name == "f1" or one.change is not Change.SAME]
    for kind, group in groupby(told, lambda one: one.kind):
        if kind is None:
            table.add_section()
        for one in group:
            before, now = shown(one.name, one.before), shown(one.name, one.now)
            text = Text(change_text(one), COLOURS[one.change])
            table.add_row(kind_name(kind), TITLES[one.name], before, now, text)
    return table


def change_text(one: Compared) -> str:
    """What became of a figure, in words."""
    if one.change in (Change.SAME, Change.UNKNOWN) or one.before is None or one.now is None:
        return "the same" if one.change is Change.SAME else "not known of both"
    return f"{one.change} by {shown(one.name, abs(one.now - one.before))}"


def say_comparison(comparison: Comparison) -> None:
    """What got better and what worse."""
    out.print(compared_table(comparison))
    for turned in comparison.turned:
        say(f"{turned.scene} {turned.text}", "green" if turned.better else "red")
    for condition in comparison.conditions:
        say(f"not alike: {condition}", "yellow")
    if comparison.left_out:
        say(f"compared on shared scenes only; left out: {', '.join(comparison.left_out)}", "yellow")
