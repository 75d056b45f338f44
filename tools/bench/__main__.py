"""`make bench`: each benchmark in a process of its own, its result kept, the report written from what is kept."""

import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from tools.bench.machine import ROOT, Machine
from tools.bench.registry import BENCHES, take
from tools.bench.report import number, render
from tools.bench.result import Absent, Filed, Shelf

SHELF = ROOT / "out" / "bench"
REPORT = ROOT / "BENCHMARKS.md"
LONGEST_S = 2400
console = Console()


def main(
    names: Annotated[list[str] | None, typer.Argument(help="Benchmarks to run; none: all of them.")] = None,
    missing: Annotated[bool, typer.Option(help="Run only those without a kept result.")] = False,
    run: Annotated[bool, typer.Option(help="Off: only write the report from what is kept.")] = True,
    here: Annotated[bool, typer.Option(hidden=True, help="Run one in this process and keep its result.")] = False,
) -> None:
    """Take the figures and write BENCHMARKS.md."""
    wanted = names or list(BENCHES)
    unknown = [name for name in wanted if name not in BENCHES]
    if unknown:
        console.print(f"no benchmark «{unknown[0]}»; there are {', '.join(BENCHES)}", style="red", markup=False)
        raise typer.Exit(2)
    shelf = Shelf(SHELF)
    if here:
        shelf.keep(file(wanted[0]))
        return
    if run:
        for name in wanted:
            kept = shelf.last(name)
            if not (missing and kept and kept.result):
                run_apart(name, shelf)
    filed = [kept for name in BENCHES if (kept := shelf.last(name))]
    before = REPORT.read_text("utf-8") if REPORT.is_file() else ""
    REPORT.write_text(render(filed, before, list(BENCHES)), "utf-8")
    console.print(f"written: {REPORT.relative_to(ROOT)}")
    raise typer.Exit(1 if any(kept.fault for kept in filed) else 0)


def file(name: str) -> Filed:
    """Run one benchmark in this process; what it lacks becomes part of what is filed."""
    machine, began_at, began_s = Machine.here(), datetime.now(UTC), time.perf_counter()
    result, absent = None, None
    try:
        result = take(name)
    except Absent as error:
        absent = str(error)
    took_s = round(time.perf_counter() - began_s, 1)
    return Filed(name, command_of(name), began_at, took_s, machine, result, absent)


def command_of(name: str) -> str:
    """How to take these figures again."""
    return f"make bench ONLY={name}"


def run_apart(name: str, shelf: Shelf) -> None:
    """Run one in its own process, so that no memory, thread or crash of it touches the next."""
    console.print(f"{name} …", end=" ")
    machine, began_at, began_s = Machine.here(), datetime.now(UTC), time.perf_counter()
    command = [sys.executable, "-m", "tools.bench", "--here", name]
    try:
        done = subprocess.run(command, cwd=ROOT, text=True, stderr=subprocess.PIPE, timeout=LONGEST_S, check=False)
        fault = _last_line(done.stderr) if done.returncode else None
    except subprocess.TimeoutExpired:
        fault = f"it did not end within {LONGEST_S} s"
    if fault is not None:
        took_s = round(time.perf_counter() - began_s, 1)
        shelf.keep(Filed(name, command_of(name), began_at, took_s, machine, fault=fault))
    _say(shelf.last(name))


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it ended without a word"


def _say(filed: Filed | None) -> None:
    if filed is None:
        return
    console.print(f"{filed.took_s:.0f} s", style="dim")
    if filed.result is None:
        console.print(f"  left out: {filed.absent}" if filed.absent else f"  broke: {filed.fault}", markup=False)
        return
    for figure in filed.result.figures:
        verdict = {True: "met", False: "MISSED", None: ""}[figure.met]
        aim = f"(aim {figure.aim}) {verdict}" if figure.aim else ""
        console.print(f"  {figure.name}: {number(figure.value)} {figure.unit} {aim}", markup=False, highlight=False)


if __name__ == "__main__":
    typer.run(main)
