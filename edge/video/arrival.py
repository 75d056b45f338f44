"""When packets arrive: UTC that never steps in silence."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

LARGEST_SLEW_S = 3.0
"""A wall clock that has moved further than this against the monotonic one was set; less is made up for slowly."""
SLEW = 0.001
"""Share of what the clocks differ by that is made up for at each reading: most of it in a minute of packets."""


class ArrivalClock:
    """UTC as the monotonic clock counts it on, tied to the wall clock. Used by one thread.

    On Linux both are slewed by NTP alike and differ by steps alone: NTP's first answer on a box whose own clock was
    wrong (hours, if it holds local time), a date that somebody set, a box that slept.
    """

    def __init__(self, utc_now: Callable[[], datetime], monotonic_s: Callable[[], float]) -> None:
        self._utc_now, self._monotonic_s = utc_now, monotonic_s
        self._offset_s: float | None = None
        """What makes the monotonic clock UTC, in seconds."""

    def read(self) -> tuple[datetime, timedelta]:
        """UTC now, and how far the wall clock was set since the last reading: 0 as a rule, below 0 if it was set back.

        Times read before and after a setting cannot be compared; all others rise.
        """
        now_s, wall = self._monotonic_s(), self._utc_now()
        wall_offset_s = wall.timestamp() - now_s
        if self._offset_s is None:
            self._offset_s = wall_offset_s
        away_s = wall_offset_s - self._offset_s
        if abs(away_s) > LARGEST_SLEW_S:
            self._offset_s = wall_offset_s
            return wall, timedelta(seconds=away_s)
        self._offset_s += away_s * SLEW
        return datetime.fromtimestamp(now_s + self._offset_s, UTC), timedelta()
