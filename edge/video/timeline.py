"""From a stream's own time stamps to UTC."""

from datetime import UTC, datetime, timedelta

LARGEST_STEP_S = 5.0
"""A stamp that moves further than this against the wall clock is a jump: camera restart, clock set, wrap-around."""


class FileTimeline:
    """A recording: its first shown frame is at `start`."""

    uncertainty_ms = 0

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._first_s: float | None = None

    def at(self, stamp_s: float) -> datetime:
        """UTC of a stamp in seconds; the first stamp asked for is the first shown frame."""
        if self._first_s is None:
            self._first_s = stamp_s
        return self._start + timedelta(seconds=stamp_s - self._first_s)


class LiveTimeline:
    """A live stream, tied to the wall clock at its first packet and tied anew after a jump.

    The smallest delay seen between stamp and arrival is taken for the true one (as NTP's clock filter does, Mills
    1991), so network jitter does not reach the times. Times never go backwards.
    """

    def __init__(self) -> None:
        self._offset_s: float | None = None
        self._spread_s = 0.0
        self._last: datetime | None = None
        self.jumps = 0

    def arrived(self, stamp_s: float, now: datetime) -> None:
        """A packet with this stamp has come in now."""
        offset_s = now.timestamp() - stamp_s
        if self._offset_s is None:
            self._offset_s = offset_s
            return
        surprise_s = offset_s - self._offset_s
        if abs(surprise_s) > LARGEST_STEP_S:
            self._offset_s, self._spread_s = offset_s, 0.0
            self.jumps += 1
            return
        self._spread_s = max(abs(surprise_s), self._spread_s * 0.99)
        # An earlier arrival is nearer the truth; a slow creep follows drifting clocks.
        self._offset_s += surprise_s if surprise_s < 0 else surprise_s * 0.001

    def of_packet(self, stamp_s: float) -> datetime:
        """UTC of a packet's stamp; packets come in decoding order, so these times may go back and forth."""
        if self._offset_s is None:
            raise ValueError("no packet has arrived yet")
        return datetime.fromtimestamp(stamp_s + self._offset_s, UTC)

    def at(self, stamp_s: float) -> datetime:
        """UTC of a frame's stamp; frames come in the order they are shown, so these times only rise."""
        at = self.of_packet(stamp_s)
        if self._last is not None and at <= self._last:
            at = self._last + timedelta(milliseconds=1)
        self._last = at
        return at

    @property
    def uncertainty_ms(self) -> int:
        """How far arrivals have strayed from their stamps of late."""
        return round(self._spread_s * 1000)
