"""Playing a file as if it were a camera: at its own speed, and over again with stamps that go on rising."""

import threading
from collections.abc import Callable

from edge.video.decoding import seconds
from edge.video.ring import VideoPacket


class PlayClock:
    """Says when a packet of a file is due. Used by the capture thread alone."""

    def __init__(self, monotonic_s: Callable[[], float], stop: threading.Event, *, paced: bool) -> None:
        """`stop` ends a wait early; not `paced`: nothing waits."""
        self._monotonic_s, self._stop, self._paced = monotonic_s, stop, paced
        self.offset_s = 0.0
        """What is to be added to the stamps of this round, in seconds."""
        self._start_s: float | None = None
        self._first_s: float | None = None
        self._last_s = 0.0
        self._step_s = 0.04

    def wait_for(self, packet: VideoPacket) -> None:
        """Sleep until the packet is due: by its decoding time, as a camera sends, for B-frames come after the later."""
        own_s = seconds(packet)
        stamp_s, due_s = own_s + self.offset_s, _decoding_s(packet) + self.offset_s
        if self._start_s is None:
            self._start_s = self._monotonic_s() - due_s
            self._last_s = stamp_s
        if self._first_s is None:
            self._first_s = own_s
        if stamp_s > self._last_s:
            if packet.duration:
                self._step_s = packet.duration * float(packet.time_base or 0)
            self._last_s = stamp_s
        if self._paced:
            self._stop.wait(max(0.0, self._start_s + due_s - self._monotonic_s()))

    def next_round(self) -> None:
        """The file begins again after its last frame, hidden pictures included: no stamp comes twice."""
        self.offset_s = self._last_s + self._step_s - (self._first_s or 0.0)


def _decoding_s(packet: VideoPacket) -> float:
    if packet.dts is None or packet.time_base is None:
        return seconds(packet)
    return float(packet.dts * packet.time_base)
