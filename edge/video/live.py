"""A live source: a capture thread that never lets one camera's trouble reach another.

The thread fills the packet ring and a slot for the newest frame. Who is too slow misses frames, which are counted. All
failures end in `_watch`, the one place that catches them: it names the cause, waits and tries again.
"""

import random
import threading
from collections.abc import Callable, Sequence
from datetime import datetime

import av
from av.container import InputContainer

from edge.clock import monotonic_s as system_monotonic_s
from edge.clock import utc_now as system_utc_now
from edge.complaints import Complaint, as_complaint, complaint
from edge.video.arrival import ArrivalClock
from edge.video.decoding import Decoder, seconds, stamp, stamped
from edge.video.errors import EndedError, UnauthorisedError, UnreadableError
from edge.video.frame import Frame
from edge.video.masks import Mask
from edge.video.opening import explain_reading, is_live, open_source
from edge.video.pace import Pace
from edge.video.picture import Converter, Picture
from edge.video.playing import PlayClock
from edge.video.ring import PacketRing, StreamFormat, VideoPacket
from edge.video.settings import VideoSettings
from edge.video.timeline import LiveTimeline
from protocol.messages import CameraHealth, CameraState

MOST_BAD_PACKETS = 50
"""So many packets in a row that cannot be decoded, and the stream is opened anew."""


class LiveSource:
    """One camera, or a file played like one. Start once, stop once.

    Owner: the node. The capture thread alone writes ring, timeline and slot; any thread may call the public methods.
    Nothing survives a restart. What the ring holds outlives a stream that is opened anew. When the node's clock is set,
    times begin anew with it, and frames say so: see `Frame.clock_sets`.
    """

    def __init__(
        self,
        address: str,
        camera: str,
        settings: VideoSettings,
        *,
        masks: Sequence[Mask] = (),
        looping: bool = False,
        paced: bool = True,
        arrived: threading.Event | None = None,
        utc_now: Callable[[], datetime] = system_utc_now,
        monotonic_s: Callable[[], float] = system_monotonic_s,
        chance: random.Random | None = None,
    ) -> None:
        """`masks` are painted before anything sees a picture; `looping` and `paced` (in real time) are for files.

        `arrived` is set whenever a frame comes, so that one loop can wait for many cameras; who waits clears it.
        """
        self._address, self.camera, self._settings = address, camera, settings
        self._masks, self._looping, self._paced = tuple(masks), looping, paced
        self._arrived = arrived or threading.Event()
        self._utc_now, self._monotonic_s = utc_now, monotonic_s
        self._chance = chance or random.Random()
        self.ring = PacketRing(int(settings.ring_max_mb * 1e6), settings.ring_seconds, self._masks)
        self._clock = ArrivalClock(utc_now, monotonic_s)
        self._clock_sets = 0
        self._timeline = LiveTimeline()
        self._converter = Converter()
        self._pace = Pace(settings.analysed_fps)
        self._lock = threading.Lock()
        self._slot: Frame | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name=f"capture-{camera}", daemon=True)
        self._state, self._since = CameraState.STARTING, utc_now()
        self._why: Complaint | None = None
        self._received = self._analysed = self._dropped = self._reconnects = self._index = 0
        self._counted_from_s = monotonic_s()
        self._share = 1.0
        self.size = (0, 0)
        """Width and height of the newest frame; (0, 0) before the first."""

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it: at once while packets come or between attempts.

        A camera that does not answer holds it until the timeout that it is under is over.
        """
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=self._settings.connect_timeout_s + self._settings.stall_timeout_s + 2)

    def newest(self) -> Frame | None:
        """The frame that came last and was not taken yet."""
        with self._lock:
            frame, self._slot = self._slot, None
        return frame

    def thin(self, share: float) -> None:
        """Bring only this share of the frames a second that are set, from the next packet on; 1.0: all."""
        self._share = share

    def wait(self, timeout_s: float) -> bool:
        """Until a frame comes, at most so long; whether one is there."""
        if self._slot is None:
            self._arrived.clear()
            # Between the look and the clearing one may have come: look again before going to sleep.
            if self._slot is None:
                self._arrived.wait(timeout_s)
        return self._slot is not None

    @property
    def waiting(self) -> bool:
        """Whether a frame waits to be taken."""
        return self._slot is not None

    @property
    def brought(self) -> int:
        """Frames that were there to be taken since the start, whether anybody took them or not."""
        return self._index

    @property
    def why(self) -> Complaint | None:
        """The last failure, None while all is well."""
        return self._why

    @property
    def done(self) -> bool:
        """Whether the capture thread has ended: stopped, or a file that does not loop is over."""
        return self._thread.ident is not None and not self._thread.is_alive()

    def health(self) -> CameraHealth:
        """Rates and drops since the last call; reconnections since the start."""
        now_s = self._monotonic_s()
        with self._lock:
            passed_s = max(now_s - self._counted_from_s, 1e-3)
            health = CameraHealth(
                name=self.camera,
                state=self._state,
                since=self._since,
                frames_per_s=round(self._received / passed_s, 2),
                analysed_per_s=round(max(0, self._analysed - self._dropped) / passed_s, 2),
                dropped=self._dropped,
                reconnects=self._reconnects,
            )
            self._received = self._analysed = self._dropped = 0
            self._counted_from_s = now_s
        return health

    def _watch(self) -> None:
        pause_s = self._settings.retry_first_s
        while not self._stop.is_set():
            frames_before = self._index
            try:
                self._play()
                return
            except Exception as error:
                cause = explain_reading(error, self._address)
            self._turn(cause.state, as_complaint(cause))
            if isinstance(cause, EndedError) and not is_live(self._address):
                return
            if self._index > frames_before:
                pause_s = self._settings.retry_first_s
            if isinstance(cause, UnauthorisedError):
                # Many cameras lock an account after a few wrong passwords.
                pause_s = self._settings.retry_longest_s
            with self._lock:
                self._reconnects += 1
            # Jitter, so that a switch that comes back is not met by all its cameras at once.
            self._stop.wait(pause_s * self._chance.uniform(0.5, 1.5))
            pause_s = min(pause_s * 2, self._settings.retry_longest_s)

    def _play(self) -> None:
        """Watch until the source fails (raises) or is stopped (returns)."""
        with open_source(self._address, self._settings) as container:
            stream = container.streams.video[0]
            self.ring.restart(StreamFormat.of(stream))
            self._timeline.reopened()
            self._pace = Pace(self._settings.analysed_fps)
            decoder = Decoder(stream, self._pace)
            clock = None if is_live(self._address) else PlayClock(self._monotonic_s, self._stop, paced=self._paced)
            while self._read(container, decoder, clock):
                if clock is None or not self._looping:
                    raise EndedError(complaint("source.ended", address=self._address))
                decoder.restart(container)
                clock.next_round()

    def _read(self, container: InputContainer, decoder: Decoder, clock: PlayClock | None) -> bool:
        """Packets until the source's end; False if told to stop before."""
        bad = 0
        stream = container.streams.video[0]
        for packet in stamped(stream, container.demux(stream)):
            if self._stop.is_set():
                return False
            if clock is not None and stamp(packet) is not None:
                clock.wait_for(packet)
            # Also for the empty packet at a round's end, which brings out the last frames of that round.
            offset_s = clock.offset_s if clock is not None else 0.0
            if stamp(packet) is not None:
                self._note_arrival(seconds(packet) + offset_s)
            self._pace.change(self._settings.analysed_fps * self._share)
            try:
                taken = list(decoder.frames(packet, offset_s))
                bad = 0
            except av.InvalidDataError:
                taken = []
                bad += 1
            if bad > MOST_BAD_PACKETS:
                raise UnreadableError(complaint("source.bad_packets", address=self._address, packets=bad))
            if stamp(packet) is not None:
                self._keep(packet, stream, offset_s)
            for frame, stamp_s in taken:
                self._offer(frame, stamp_s)
        return not self._stop.is_set()

    def _note_arrival(self, stamp_s: float) -> None:
        now, set_by = self._clock.read()
        if set_by:
            self._clock_sets += 1
            self._timeline = LiveTimeline()
            self.ring.clock_set(set_by)
        self._timeline.arrived(stamp_s, now)

    def _keep(self, packet: VideoPacket, stream: av.VideoStream, offset_s: float) -> None:
        self._received += not packet.is_discard
        self.ring.follow(stream, packet)
        skipped = round((offset_s + self._timeline.skipped_s) / float(packet.time_base or 1))
        self.ring.push(packet, self._timeline.of_packet(seconds(packet) + offset_s), (stamp(packet) or 0) + skipped)

    def _offer(self, picture: av.VideoFrame, stamp_s: float) -> None:
        at = self._timeline.at(stamp_s)
        shown = Picture(picture, self._masks, self._converter)
        frame = Frame(self.camera, self._index, at, shown, self._timeline.uncertainty_ms, self._clock_sets)
        self._index += 1
        with self._lock:
            self._dropped += self._slot is not None
            self._analysed += 1
            self._slot = frame
            self.size = (picture.width, picture.height)
        if self._state is not CameraState.WATCHING:
            self._turn(CameraState.WATCHING, None)
        self._arrived.set()

    def _turn(self, state: CameraState, why: Complaint | None) -> None:
        with self._lock:
            if state is not self._state:
                self._since = self._utc_now()
            self._state, self._why = state, why
