"""From a stream's own time stamps to UTC. Pure: the time of arrival is given."""

from datetime import UTC, datetime, timedelta

LARGEST_STEP_S = 5.0
"""A stamp that moves further than this from the one before, and against arrival, is a jump: restart, wrap-around."""
LATE_S = 10.0
"""A stream that is further behind than `LARGEST_STEP_S` for so long will not catch up: its clock stood still."""
CREEP = 0.001
"""Share of a late arrival that is believed, so that a camera's clock that runs slow is followed."""


class FileTimeline:
    """A recording: its first shown frame is at `start`."""

    def __init__(self, start: datetime, first_s: float) -> None:
        """`first_s`: stamp of the first shown frame in seconds."""
        self._start, self._first_s = start.astimezone(UTC), first_s

    def at(self, stamp_s: float) -> datetime:
        """UTC of a stamp in seconds."""
        return self._start + timedelta(seconds=stamp_s - self._first_s)


class LiveTimeline:
    """A live stream, tied to its arrival at the first packet and tied anew after a jump.

    Arrivals are told by a clock that never steps: whoever sets it begins another timeline. The smallest delay seen
    between stamp and arrival is taken for the true one (as NTP's clock filter does, Mills 1991), so network jitter does
    not reach the times. What the network always takes is in them: it cannot be seen from here. Frames' times only rise
    and are never after their packet's arrival.

    What a network held back and then brings all at once follows its predecessors by ordinary steps: such packets are
    late, and their pictures keep the times at which they were taken.
    """

    def __init__(self) -> None:
        self._offset_s: float | None = None
        self._newest_s = 0.0
        self._now: datetime | None = None
        self._late_since: datetime | None = None
        self._spread_s = self._ahead_s = 0.0
        self._last: datetime | None = None
        self.jumps = 0
        """Times that the stamps jumped so far."""
        self.skipped_s = 0.0
        """What has to be added to a stamp so that the scale runs on over the jumps, in step with UTC."""

    def reopened(self) -> None:
        """Another stream of the same camera follows: its stamps have nothing to do with those before."""
        self._offset_s = None

    def arrived(self, stamp_s: float, now: datetime) -> None:
        """A packet with this stamp came in now."""
        offset_s = now.timestamp() - stamp_s
        self._now = now
        if self._offset_s is None:
            self._tie(stamp_s, offset_s)
            return
        late_s = offset_s - self._offset_s
        if self._jumped(stamp_s, late_s, now):
            self.skipped_s += late_s
            self.jumps += 1
            self._tie(stamp_s, offset_s)
        elif stamp_s > self._newest_s:
            # Pictures sent out of order (B-frames) are not late: only those that advance the stream tell its delay.
            self._newest_s = stamp_s
            self._spread_s = max(late_s, self._spread_s * 0.99)
            if late_s <= LARGEST_STEP_S:
                self._offset_s += late_s if late_s < 0 else late_s * CREEP

    def _tie(self, stamp_s: float, offset_s: float) -> None:
        self._offset_s, self._newest_s, self._spread_s, self._late_since = offset_s, stamp_s, 0.0, None

    def _jumped(self, stamp_s: float, late_s: float, now: datetime) -> bool:
        """Whether a packet so late against those before it has another scale, rather than a slow network behind it."""
        if abs(late_s) <= LARGEST_STEP_S:
            self._late_since = None
            return False
        if late_s < 0 or abs(stamp_s - self._newest_s) > LARGEST_STEP_S:
            return True
        self._late_since = self._late_since or now
        return (now - self._late_since).total_seconds() > LATE_S

    def of_packet(self, stamp_s: float) -> datetime:
        """UTC of a packet's stamp; packets come in decoding order, so these times may go back and forth."""
        if self._offset_s is None:
            raise ValueError("no packet has arrived yet")
        return datetime.fromtimestamp(stamp_s + self._offset_s, UTC)

    def at(self, stamp_s: float) -> datetime:
        """UTC of a frame's stamp; frames come in the order they are shown, so these times only rise."""
        true = self.of_packet(stamp_s)
        # A frame from before a jump, still in the decoder, must not be placed by the new offset into the future.
        at = min(true, self._now) if self._now is not None else true
        if self._last is not None and at <= self._last:
            at = self._last + timedelta(milliseconds=1)
        self._last = at
        self._ahead_s = max(0.0, (at - true).total_seconds())
        return at

    @property
    def uncertainty_ms(self) -> int:
        """How far arrivals have strayed from their stamps of late, plus what had to be added to keep times rising."""
        return round((self._spread_s + self._ahead_s) * 1000)
