"""Moments as people write them: seconds (12.5), a clock (1:02.5, 1:02:03), or a time of day with its zone."""

import re
from datetime import UTC, datetime, timedelta

from edge.bench.asking.errors import AskError
from edge.complaints import complaint
from edge.options import FIRST_YEAR, LAST_YEAR

LONGEST = timedelta(days=366_000)
"""A thousand years: what lies further away cannot be counted with."""
CLOCK = re.compile(r"(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:\.\d+)?)")


def parse_at(text: str) -> timedelta | datetime:
    """Time since the beginning, or a time with zone. Raises AskError."""
    match = CLOCK.fullmatch(text.strip())
    if match:
        hours, minutes, seconds = (float(part or 0) for part in match.groups())
        since_s = 3600 * hours + 60 * minutes + seconds
        if since_s <= LONGEST.total_seconds():
            return timedelta(seconds=since_s)
    else:
        at = _of_calendar(text.strip())
        if at is not None and at.tzinfo is not None and FIRST_YEAR <= at.year <= LAST_YEAR:
            return at.astimezone(UTC)
    raise AskError(complaint("explain.bad_time", text=text))


def _of_calendar(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def clock(since: timedelta) -> str:
    """As people read it: 12.4 s, 1:05.0, 2:00:00.0."""
    seconds = round(since.total_seconds(), 1)
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes:.0f}:{rest:04.1f}"
    return f"{minutes // 60:.0f}:{minutes % 60:02.0f}:{rest:04.1f}"
