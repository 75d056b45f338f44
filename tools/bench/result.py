"""What a benchmark returns, and how it is kept until the report is written."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from tools.bench.machine import Machine


class Absent(Exception):
    """What a benchmark needs is not here; the text says what, and where it is looked for."""


@dataclass(frozen=True, slots=True)
class Aim:
    """A bound that a figure is held to, in the figure's own unit."""

    limit: float
    upper: bool
    """Whether the figure may be at most the limit; else it must be at least the limit."""

    def met_by(self, value: float) -> bool:
        """Whether a figure holds it; the bound itself does."""
        return value <= self.limit if self.upper else value >= self.limit

    def __str__(self) -> str:
        return f"{'≤' if self.upper else '≥'} {self.limit:g}"


def at_most(limit: float) -> Aim:
    """The figure may not be above."""
    return Aim(limit, upper=True)


def at_least(limit: float) -> Aim:
    """The figure may not be below."""
    return Aim(limit, upper=False)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number; without an aim it is there to be known."""

    name: str
    value: float
    unit: str = ""
    aim: Aim | None = None

    @property
    def met(self) -> bool | None:
        """Whether the aim is held; None where there is none."""
        return None if self.aim is None else self.aim.met_by(self.value)


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers that stand behind the figures; cells are text as it is shown."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What one benchmark found."""

    title: str
    given: str
    """What was run on what, and what each side was given."""
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def missed(self) -> tuple[Figure, ...]:
        """Figures that do not hold their aim."""
        return tuple(figure for figure in self.figures if figure.met is False)


@dataclass(frozen=True, slots=True)
class Filed:
    """A run of a benchmark as kept: its result, or why there is none."""

    bench: str
    command: str
    taken_at: datetime
    took_s: float
    machine: Machine
    result: Result | None = None
    absent: str | None = None
    """What it needed and did not find."""
    fault: str | None = None
    """How it broke."""


_FILED = TypeAdapter(Filed)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder with the last run of each benchmark, one JSON file each."""

    folder: Path

    def keep(self, filed: Filed) -> None:
        """Replace the last run of this benchmark."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{filed.bench}.json").write_bytes(_FILED.dump_json(filed, indent=1))

    def last(self, bench: str) -> Filed | None:
        """The last run of a benchmark, if there was one."""
        path = self.folder / f"{bench}.json"
        return _FILED.validate_json(path.read_bytes()) if path.is_file() else None
