"""BENCHMARKS.md, made from the last run of each benchmark; what ran elsewhere stays as it stands there."""

import re
from collections.abc import Iterable, Sequence

from tools.bench.result import Figure, Filed, Result, Table

HEAD = """# Benchmarks

Taken by `make bench`, one of them alone by `make bench ONLY=name`; this page is written by it from the last run of
each, kept in `out/bench/`; what was taken in another checkout, or lacks something here, stays as it stands. Most
speeds are ratios to a baseline taken in the same run, in turns, so that they mean something on another machine. Clips,
weights and ground truth are no part of the repository: a benchmark that was never taken for want of them is left out
and says so. What misses its aim is shown as such.
"""

OVERVIEW = ("benchmark", "figure", "measured", "aim", "")
LEFT_OUT = "Left out: "
MACHINE = re.compile(r"^Machine: .*\n", re.MULTILINE)


def render(filed: Sequence[Filed], before: str = "", names: Sequence[str] = ()) -> str:
    """The whole page; benchmarks that never ran are not in it.

    `before`: the page as it is, which keeps what it says of benchmarks without a kept run, of those in `names`, and
    the figures of those for which something is missing here.
    """
    kept = {name: part for name, part in _parts(before).items() if name in names}
    measured = {name for name, (_, section) in kept.items() if f"\n{LEFT_OUT}" not in section}
    told = [run for run in filed if run.absent is None or run.bench not in measured]
    parts = kept | {run.bench: (_overview(run), _section(run)) for run in told}
    ordered = sorted(parts, key=lambda name: names.index(name) if name in names else len(names))
    overview = grid(OVERVIEW, ()) + "".join(parts[name][0] for name in ordered)
    machines = dict.fromkeys([*(MACHINE.findall(before) if kept else ()), *_machines(told)])
    return "\n".join([HEAD, *machines, overview, *(parts[name][1] for name in ordered)]).rstrip() + "\n"


def _parts(page: str) -> dict[str, tuple[str, str]]:
    """What a page says of each benchmark: its lines of the overview, and its section."""
    head, *sections = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    found = {}
    for section in sections:
        name = section.split("\n", 1)[0].removeprefix("## ")
        lines = [line for line in head.splitlines() if line.startswith(f"| [{name}](#{name}) |")]
        found[name] = ("".join(f"{line}\n" for line in lines), section.rstrip() + "\n")
    return found


def number(value: float) -> str:
    """Three figures that count: 3.11, 0.042, 1240, 128."""
    if value == 0:
        return "0"
    shown = f"{value:.3g}"
    return f"{value:.0f}" if "e" in shown or abs(value) >= 100 else shown


def grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def _machines(filed: Sequence[Filed]) -> list[str]:
    """Each machine once, as most runs share it."""
    lines = []
    for run in filed:
        machine = run.machine
        line = (
            f"Machine: {machine.processor}, {machine.cores} cores, {machine.memory_gb:g} GB, {machine.system}, "
            f"Python {machine.python}, {', '.join(machine.packages)}.\n"
        )
        if line not in lines:
            lines.append(line)
    return lines


def _overview(run: Filed) -> str:
    """Its lines, without the table's head."""
    link = f"[{run.bench}](#{run.bench})"
    if run.result is None:
        rows = [(link, run.absent or run.fault or "", "", "", "left out" if run.absent else "**broke**")]
    else:
        held = [figure for figure in run.result.figures if figure.aim is not None] or run.result.figures[:1]
        rows = [(link, *_cells(figure)) for figure in held]
    return "".join(grid(OVERVIEW, rows).splitlines(keepends=True)[2:])


def _cells(figure: Figure) -> tuple[str, str, str, str]:
    verdict = {True: "met", False: "**missed**", None: ""}[figure.met]
    aim = f"{figure.aim} {figure.unit}".strip() if figure.aim else ""
    return figure.name, f"{number(figure.value)} {figure.unit}".strip(), aim, verdict


def _section(run: Filed) -> str:
    when = run.taken_at.strftime("%Y-%m-%d %H:%M UTC")
    taken = f"`{run.command}` · {when} · commit {run.machine.commit or 'unknown'} · load before {run.machine.load:g}"
    lines = [f"## {run.bench}\n"]
    if run.result is not None:
        lines += _found(run.result)
    else:
        lines.append(f"{LEFT_OUT}{run.absent}\n" if run.absent else f"Broke: {run.fault}\n")
    lines.append(f"{taken} · took {run.took_s:.0f} s\n")
    return "\n".join(lines)


def _found(result: Result) -> list[str]:
    lines = [f"**{result.title}.** {result.given}\n"]
    lines.append(grid(("figure", "measured", "aim", ""), [_cells(figure) for figure in result.figures]))
    lines += [_table(table) for table in result.tables]
    lines += [f"- {remark}\n" for remark in result.remarks]
    if result.missed and not result.remarks:
        lines.append("- Missed without an explanation so far.\n")
    return lines


def _table(table: Table) -> str:
    return f"{table.title}:\n\n{grid(table.head, table.rows)}"
