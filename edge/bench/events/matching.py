"""Which alert belongs to which event of one scene. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import lap
import numpy as np

from protocol.kinds import Kind
from protocol.messages import Text


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens in a scene; seconds from the clip's beginning. `zone` None: anywhere."""

    kind: Kind
    zone: str | None
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert: when it began and ended, and what it said.

    `zone` may be a line's name; `end_s` is None if it never ended. `boxes` (x1, y1, x2, y2 as shares of the picture)
    are those of its objects when it began. `after_s`: how long its rule waits once its condition holds, None if it
    does not wait.
    """

    id: str
    kind: Kind
    zone: str | None
    begin_s: float
    end_s: float | None
    reason: Text
    boxes: tuple[tuple[float, float, float, float], ...] = ()
    after_s: float | None = None


def in_time(event: Event) -> tuple[float, float, str, str]:
    """By which events are put in order."""
    return event.start_s, event.end_s, event.kind, event.zone or ""


def may_be(event: Event, alert: Raised, tolerance_s: float) -> bool:
    """Whether an alert can be the answer to an event.

    Of the same kind and zone (an event without a zone takes any), begun while the event lasts, give or take the
    tolerance on either side.
    """
    return (
        alert.kind is event.kind
        and event.zone in (None, alert.zone)
        and event.start_s - tolerance_s <= alert.begin_s <= event.end_s + tolerance_s
    )


def match(events: Sequence[Event], alerts: Sequence[Raised], tolerance_s: float) -> dict[int, int]:
    """Numbers of events with the number of the alert that each is found by; one to one.

    Of all pairings one with the most pairs, and of those one with the least total time between start and begin: solved
    exactly as a linear assignment (Jonker and Volgenant 1987, by `lap`). A greedy pairing in order of time would lose
    pairs where events of one kind overlap. In whatever order both are given, the pairs are the same. O(n³); scenes
    have tens of both, not thousands.
    """
    if not events or not alerts:
        return {}
    rows = sorted(range(len(events)), key=lambda n: in_time(events[n]))
    columns = sorted(range(len(alerts)), key=lambda n: (alerts[n].begin_s, alerts[n].id))
    apart = np.array([[abs(alerts[column].begin_s - events[row].start_s) for column in columns] for row in rows])
    allowed = np.array([[may_be(events[row], alerts[column], tolerance_s) for column in columns] for row in rows])
    # A pair that may not be costs more than all that may: the least cost has the fewest of them, so the most pairs.
    never = 1.0 + float(apart[allowed].sum())
    _, partner, _ = lap.lapjv(np.where(allowed, apart, never), extend_cost=True)
    found = [(row, int(column)) for row, column in enumerate(partner) if column >= 0 and allowed[row, column]]
    return {rows[row]: columns[column] for row, column in found}
