"""For how long a rule may be snoozed. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from protocol.kinds import Severity
from server.clock import zone_named

MORNING = 6
"""The hour at which the night is over, by the camera's clock."""


class Span(StrEnum):
    """What people choose from; a snooze without an end would be a rule switched off."""

    QUARTER = "15min"
    HOUR = "1h"
    SHIFT = "8h"
    MORNING = "morning"


_LENGTHS = {Span.QUARTER: timedelta(minutes=15), Span.HOUR: timedelta(hours=1), Span.SHIFT: timedelta(hours=8)}
SHORT = frozenset({Span.QUARTER, Span.HOUR})
"""All that critical rules may be snoozed for."""


def spans_of(severity: Severity) -> tuple[Span, ...]:
    """Those that a rule of this severity may be snoozed for, the shortest first."""
    return tuple(span for span in Span if severity is not Severity.CRITICAL or span in SHORT)


def end_of(span: Span, now: datetime, timezone: str) -> datetime:
    """When a snooze that begins now is over; `timezone` is the camera's, an IANA name; an unknown one is UTC."""
    if span is not Span.MORNING:
        return now + _LENGTHS[span]
    here = now.astimezone(zone_named(timezone))
    morning = here.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return (morning if here < morning else morning + timedelta(days=1)).astimezone(now.tzinfo)
