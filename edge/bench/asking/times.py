"""Moments as people write them: seconds (12.5), a clock (1:02.5, 1:02:03), or a time of day with its zone."""

import re
from datetime import datetime, timedelta

from edge.bench.asking.errors import AskError
from edge.complaints import complaint

CLOCK = re.compile(r"(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:\.\d+)?)")


def parse_at(text: str) -> timedelta | datetime:
    """Time since the beginning, or a time with zone. Raises AskError."""
    match = CLOCK.fullmatch(text.strip())
    if match:
        hours, minutes, seconds = (float(part or 0) for part in match.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise AskError(complaint("explain.bad_time", text=text))
    return at


def clock(since: timedelta) -> str:
    """As people read it: 12.4 s, 1:05.0, 2:00:00.0."""
    seconds = since.total_seconds()
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes:.0f}:{rest:04.1f}"
    return f"{minutes // 60:.0f}:{minutes % 60:02.0f}:{rest:04.1f}"
