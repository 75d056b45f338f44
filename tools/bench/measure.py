"""How figures are taken: several rounds of both sides in turn, the median of the ratios."""

import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spent:
    """Wall and processor seconds of one run."""

    wall_s: float
    cpu_s: float


def spend(work: Callable[[], object]) -> Spent:
    """Run it once and see what it took; processor time counts all threads of this process."""
    before, start_s = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    work()
    after, end_s = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    return Spent(end_s - start_s, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def in_turn(*works: Callable[[], object], rounds: int) -> tuple[list[Spent], ...]:
    """A B A B …, after a warm-up of each, so that a machine that slows down slows all."""
    for work in works:
        work()
    runs = [[spend(work) for work in works] for _ in range(rounds)]
    return tuple(list(spent) for spent in zip(*runs, strict=True))


def median_ratio(ours: list[Spent], theirs: list[Spent]) -> float:
    """Median of wall time ratios, pair by pair."""
    return statistics.median(a.wall_s / b.wall_s for a, b in zip(ours, theirs, strict=True))


def median_wall_s(runs: list[Spent]) -> float:
    """Median of the wall times."""
    return statistics.median(run.wall_s for run in runs)


def median_cpu_s(runs: list[Spent]) -> float:
    """Median of the processor times."""
    return statistics.median(run.cpu_s for run in runs)
