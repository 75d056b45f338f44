"""BENCHMARKS.md, made from the last run of each benchmark."""

from collections.abc import Iterable, Sequence

from tools.bench.result import Figure, Filed, Result, Table

HEAD = """# Benchmarks

Taken by `make bench`, one of them alone by `make bench ONLY=name`; this page is written by it from the last run of
each, kept in `out/bench/`. Most figures are ratios to a baseline taken in the same run, in turns, so that they mean
something on another machine. Clips, weights and ground truth are no part of the repository: without them a benchmark is
left out and says so. What misses its aim is shown as such.
"""


def render(filed: Sequence[Filed]) -> str:
    """The whole page; benchmarks that never ran are not in it."""
    parts = [HEAD, *_machines(filed), _overview(filed), *(_section(run) for run in filed)]
    return "\n".join(parts).rstrip() + "\n"


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


def _overview(filed: Sequence[Filed]) -> str:
    rows = []
    for run in filed:
        link = f"[{run.bench}](#{run.bench})"
        if run.result is None:
            rows.append((link, run.absent or run.fault or "", "", "", "left out" if run.absent else "**broke**"))
            continue
        held = [figure for figure in run.result.figures if figure.aim is not None] or run.result.figures[:1]
        rows += [(link, *_cells(figure)) for figure in held]
    return grid(("benchmark", "figure", "measured", "aim", ""), rows)


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
        lines.append(f"Left out: {run.absent}\n" if run.absent else f"Broke: {run.fault}\n")
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
