"""How figures are taken: several rounds of both sides in turn, the median of the ratios."""

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Spent:
    """Wall and processor seconds of one run."""

    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report: what was measured, the figure, its aim, and what stands beside it."""

    name: str
    value: float
    unit: str
    aim: str
    met: bool
    details: dict[str, Any] = field(default_factory=dict)

    def say(self) -> None:
        """As one JSON line on standard output."""
        sys.stdout.write(json.dumps(asdict(self), ensure_ascii=False) + "\n")
        sys.stdout.flush()


def spend(work: Callable[[], object]) -> Spent:
    """Run it once and see what it took; processor time counts all threads."""
    before, start_s = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    work()
    after, end_s = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    return Spent(end_s - start_s, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def in_turn(first: Callable[[], object], second: Callable[[], object], rounds: int) -> tuple[list[Spent], list[Spent]]:
    """A B A B …, after a warm-up of each, so that a machine that slows down slows both."""
    first()
    second()
    pairs = [(spend(first), spend(second)) for _ in range(rounds)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def median_ratio(ours: list[Spent], theirs: list[Spent]) -> float:
    """Median of wall time ratios, pair by pair."""
    return statistics.median(a.wall_s / b.wall_s for a, b in zip(ours, theirs, strict=True))
