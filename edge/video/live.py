"""A live source: a capture thread that never lets one camera's trouble reach another.

The thread fills the packet ring and a slot for the newest frame. Who is too slow misses frames, which are counted. All
failures end in `_watch`, the one place that catches them: it names the cause, waits and tries again.
"""

import random
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from fractions import Fraction

import av
from av.container import InputContainer

from edge.clock import monotonic_s, utc_now
from edge.video.errors import EndedError, SourceError, UnreadableError
from edge.video.frame import Frame
from edge.video.masks import Mask
from edge.video.opening import explain, is_live, open_source
from edge.video.pace import Pace
from edge.video.picture import Picture
from edge.video.ring import PacketRing
from edge.video.settings import VideoSettings
from edge.video.timeline import LiveTimeline
from protocol.messages import CameraHealth, CameraState

MOST_BAD_PACKETS = 50
"""So many packets in a row that cannot be decoded, and the stream is opened anew."""


class LiveSource:
    """One camera. Start once, stop once; `newest` is for the analysis thread, everything else for the capture's own."""

    def __init__(
        self,
        address: str,
        camera: str,
        settings: VideoSettings,
        *,
        masks: Sequence[Mask] = (),
        looping: bool = False,
        arrived: threading.Event | None = None,
        now: Callable[[], datetime] = utc_now,
        chance: random.Random | None = None,
    ) -> None:
        """`arrived` is set whenever a frame comes, so that one loop can wait for many cameras."""
        self._address, self.camera, self._settings = address, camera, settings
        self._masks, self._looping = tuple(masks), looping
        self._arrived = arrived or threading.Event()
        self._now = now
        self._chance = chance or random.Random()
        self.ring = PacketRing(int(settings.ring_mb * 1e6), settings.ring_s)
        self._timeline = LiveTimeline()
        self._lock = threading.Lock()
        self._slot: Frame | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name=f"capture-{camera}", daemon=True)
        self._state, self._since = CameraState.STARTING, now()
        self._why: str | None = None
        self._frames = self._analysed = self._dropped = self._reconnects = self._index = 0
        self._counted_from_s = monotonic_s()
        self.size = (0, 0)
        """Width and height of the newest frame; (0, 0) before the first."""

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; returns when it has, or after the stall timeout if the network holds it."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=self._settings.stall_timeout_s + 2)

    def newest(self) -> Frame | None:
        """The frame that came last and was not taken yet."""
        with self._lock:
            frame, self._slot = self._slot, None
        return frame

    def wait(self, timeout_s: float) -> None:
        """Until a frame comes, at most so long."""
        self._arrived.wait(timeout_s)

    @property
    def waiting_since(self) -> datetime | None:
        """Time of the frame in the slot, so that the camera waiting longest can be served first."""
        slot = self._slot
        return slot.at if slot else None

    @property
    def why(self) -> str | None:
        """The last failure as a sentence, None while all is well."""
        return self._why

    @property
    def done(self) -> bool:
        """Whether the capture thread has ended: stopped, or a file that does not loop is over."""
        return self._thread.ident is not None and not self._thread.is_alive()

    def health(self) -> CameraHealth:
        """Figures since the last call."""
        now_s = monotonic_s()
        seconds = max(now_s - self._counted_from_s, 1e-3)
        with self._lock:
            health = CameraHealth(
                name=self.camera,
                state=self._state,
                since=self._since,
                frames_per_s=round(self._frames / seconds, 2),
                analysed_per_s=round((self._analysed - self._dropped) / seconds, 2),
                dropped=self._dropped,
                reconnects=self._reconnects,
            )
            self._frames = self._analysed = self._dropped = 0
            self._counted_from_s = now_s
        return health

    def _watch(self) -> None:
        pause_s = self._settings.retry_first_s
        while not self._stop.is_set():
            frames_before = self._index
            try:
                self._play()
                return
            except SourceError as error:
                self._turn(error.state, str(error))
                if isinstance(error, EndedError) and not self._looping and not is_live(self._address):
                    return
            if self._index > frames_before:
                pause_s = self._settings.retry_first_s
            self._reconnects += 1
            # Jitter, so that a switch that comes back is not met by all its cameras at once.
            self._stop.wait(pause_s * self._chance.uniform(0.5, 1.5))
            pause_s = min(pause_s * 2, self._settings.retry_longest_s)

    def _play(self) -> None:
        """Watch until the source fails (SourceError) or is stopped (returns)."""
        with open_source(self._address, self._settings) as container:
            stream = container.streams.video[0]
            self.ring.restart(stream)
            clock = None if is_live(self._address) else _PlayClock()
            while not self._stop.is_set():
                self._read(container, stream, clock)
                if not self._looping or clock is None:
                    raise EndedError(f"{self._address}: the stream has ended")
                container.seek(0)
                stream.codec_context.flush_buffers()
                clock.next_round()

    def _read(self, container: InputContainer, stream: av.VideoStream, clock: "_PlayClock | None") -> None:
        """Packets until the source's end: ring first, then the decoder, then the slot."""
        pace = Pace(self._settings.analysed_fps)
        bad = 0
        packets = container.demux(stream)
        while not self._stop.is_set():
            try:
                packet = next(packets)
            except StopIteration:
                return
            except (av.FFmpegError, OSError) as error:
                raise explain(error, self._address) from None
            if packet.pts is None:
                continue
            stamp_s = float(packet.pts * Fraction(packet.time_base or 0))
            if clock is not None:
                stamp_s = clock.wait_for(stamp_s, self._stop)
            self._timeline.arrived(stamp_s, self._now())
            if not packet.is_discard:
                self.ring.push(packet, self._timeline.of_packet(stamp_s))
            bad = 0 if self._decode(packet, pace, clock) else bad + 1
            if bad > MOST_BAD_PACKETS:
                raise UnreadableError(f"{self._address}: {bad} packets in a row cannot be decoded; check the camera")

    def _decode(self, packet: "av.Packet[av.VideoStream]", pace: Pace, clock: "_PlayClock | None") -> bool:
        """Frames of one packet into the slot; False if it cannot be decoded."""
        try:
            frames = packet.decode()
        except av.FFmpegError:
            return False
        for frame in frames:
            if frame.pts is None or frame.time_base is None:
                continue
            stamp_s = float(frame.pts * frame.time_base) + (clock.offset_s if clock else 0.0)
            self._frames += 1
            if pace.takes(stamp_s):
                self._offer(frame, stamp_s)
        return True

    def _offer(self, picture: av.VideoFrame, stamp_s: float) -> None:
        frame = Frame(
            self.camera,
            self._index,
            self._timeline.at(stamp_s),
            Picture(picture, self._masks),
            self._timeline.uncertainty_ms,
        )
        self._index += 1
        with self._lock:
            self._dropped += self._slot is not None
            self._analysed += 1
            self._slot = frame
        self.size = (picture.width, picture.height)
        if self._state is not CameraState.WATCHING:
            self._turn(CameraState.WATCHING, None)
        self._arrived.set()

    def _turn(self, state: CameraState, why: str | None) -> None:
        with self._lock:
            if state is not self._state:
                self._since = self._now()
            self._state, self._why = state, why


class _PlayClock:
    """Plays a file at its own speed: stamps go on rising over the rounds of a loop."""

    def __init__(self) -> None:
        self.offset_s = 0.0
        self._start_s: float | None = None
        self._last_s = 0.0
        self._step_s = 0.04

    def wait_for(self, stamp_s: float, stop: threading.Event) -> float:
        """Sleep until the stamp is due; returns the stamp on the rising scale."""
        stamp_s += self.offset_s
        if self._start_s is None:
            self._start_s = monotonic_s() - stamp_s
        if stamp_s > self._last_s:
            self._step_s, self._last_s = min(1.0, stamp_s - self._last_s), stamp_s
        stop.wait(max(0.0, self._start_s + stamp_s - monotonic_s()))
        return stamp_s

    def next_round(self) -> None:
        """The file begins again right after its last frame."""
        self.offset_s = self._last_s + self._step_s
