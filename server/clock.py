"""The only place in the server that asks what time it is, and what a zone is."""

import time
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def utc_now() -> datetime:
    """Wall clock, aware, UTC."""
    return datetime.now(UTC)


def monotonic_s() -> float:
    """Seconds on a clock that never goes back; for durations and timeouts."""
    return time.monotonic()


@cache
def zone_named(name: str) -> ZoneInfo:
    """The zone of that IANA name; UTC for one that this machine does not know: a camera's node may know more."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: of a folder of zones, as «Asia» is, or a long name
        return ZoneInfo("UTC")
