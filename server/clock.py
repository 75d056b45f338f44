"""The only place in the server that asks what time it is."""

import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """Wall clock, aware, UTC."""
    return datetime.now(UTC)


def monotonic_s() -> float:
    """Seconds on a clock that never goes back; for durations and timeouts."""
    return time.monotonic()
