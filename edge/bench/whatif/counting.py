"""Alerts at each setting, real and false apart where that is known. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from edge.bench.events.matching import Event, Raised, match
from edge.rules.finding import Finding
from protocol.kinds import Kind, Phase


@dataclass(frozen=True, slots=True)
class Known:
    """Something that happened (real), or did not although an alert said so (false)."""

    event: Event
    real: bool = True


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of a log. `whole`: everything that happened is known, so that all other alerts are false."""

    known: tuple[Known, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One setting and what it gives. Counts are None where nothing is known."""

    settings: Mapping[str, object]
    """By rule.field."""
    stored: bool
    """It is the setting as it was."""
    begins_s: tuple[float, ...]
    """When alerts begin, seconds from the log's beginning."""
    real: int | None = None
    false: int | None = None
    missed: int | None = None
    delay_median_s: float | None = None
    """From the start of what happened to the begin of its alert."""

    @property
    def alerts(self) -> int:
        """How many there are."""
        return len(self.begins_s)

    @property
    def unjudged(self) -> int | None:
        """Alerts of which it is not known whether they are real."""
        return None if self.real is None or self.false is None else self.alerts - self.real - self.false


def raised(findings: Iterable[Finding], begins: datetime) -> list[Raised]:
    """The alerts that findings make, in the order of their begin; seconds from `begins`."""
    alerts: dict[tuple[str, int], Raised] = {}
    for finding in findings:
        key, at_s = (finding.rule, finding.episode), round((finding.at - begins).total_seconds(), 3)
        if finding.phase is Phase.BEGIN:
            name = f"{finding.at.isoformat()}/{finding.rule}/{finding.episode}"
            alerts[key] = Raised(name, finding.kind, finding.zone, at_s, None, finding.reason)
        elif finding.phase is Phase.END and key in alerts:
            begun = alerts[key]
            alerts[key] = Raised(begun.id, begun.kind, begun.zone, begun.begin_s, at_s, begun.reason)
    return sorted(alerts.values(), key=lambda alert: (alert.begin_s, alert.id))


def count(
    settings: Mapping[str, object],
    alerts: Sequence[Raised],
    knowledge: Knowledge | None,
    asked: Iterable[tuple[Kind, str | None]],
    tolerance_s: float,
    *,
    stored: bool = False,
) -> Row:
    """A row of the table. `asked`: kind and place of each rule that was run, so that only its events can be missed."""
    begins_s = tuple(alert.begin_s for alert in alerts)
    if knowledge is None:
        return Row(settings, stored, begins_s)
    wanted = set(asked)
    known = [
        one
        for one in knowledge.known
        if any(one.event.kind is kind and one.event.zone in (None, zone) for kind, zone in wanted)
    ]
    pairs = match([one.event for one in known], alerts, tolerance_s)
    real = [number for number in pairs if known[number].real]
    delays = [alerts[pairs[number]].begin_s - known[number].event.start_s for number in real]
    false = len(alerts) - len(real) if knowledge.whole else len(pairs) - len(real)
    missed = sum(one.real for one in known) - len(real)
    delay = round(median(delays), 3) if delays else None
    return Row(settings, stored, begins_s, len(real), false, missed, delay)
