"""A recorded file as a source: the same path as a camera, and no frame is ever dropped.

It is decoded some analysed frames ahead of the analysis, in a thread: see docs/decisions/0009.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import av
from av.container import InputContainer

from edge.complaints import complaint
from edge.video.ahead import ahead
from edge.video.decoding import Decoder, seconds, stamp, stamped
from edge.video.errors import SourceError, UnreadableError
from edge.video.frame import Frame
from edge.video.masks import Mask
from edge.video.opening import explain_reading, open_source
from edge.video.pace import Pace
from edge.video.picture import Converter, Picture
from edge.video.ring import PacketRing, StreamFormat, VideoPacket, changed_format
from edge.video.settings import VideoSettings
from edge.video.timeline import FileTimeline
from protocol.messages import Text

CLOCK = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)")
END_SLACK_S = 1.0
"""Files state their end a little beyond their last picture's."""


class FileSource:
    """Opened anew by each call of `frames`; same file, settings and start: same frames, same times."""

    def __init__(
        self,
        path: Path,
        camera: str,
        settings: VideoSettings,
        start: datetime,
        *,
        every_frame: bool = False,
        looping: bool = False,
        masks: Sequence[Mask] = (),
    ) -> None:
        """`start` is UTC of the first shown frame; `masks` are painted before anything sees a picture.

        Raises a SourceError if there is no video to be had from the file.
        """
        self._path, self._camera, self._settings, self._start = path, camera, settings, start
        self._masks = tuple(masks)
        self._fps = None if every_frame else settings.analysed_fps
        self._looping = looping
        self.ring = PacketRing(int(settings.ring_max_mb * 1e6), settings.ring_seconds, self._masks)
        self.ended_because: SourceError | None = None
        """Why reading stopped before the file's end, if it did."""
        with open_source(str(path), settings) as container:
            stream = container.streams.video[0]
            self.width, self.height = stream.codec_context.width, stream.codec_context.height
            duration, rate, self._stated_packets = container.duration, stream.average_rate, stream.frames
            self._stated_end_s = stated_end_s(stream)
        self.duration_s = 0.0 if duration is None else duration / av.time_base
        """Length as the file states it; 0.0 if it does not."""
        self.frame_count = self._stated_packets or round(self.duration_s * float(rate or 0))
        """Frames of one round, about; 0 if it cannot be told."""

    def frames(self) -> Iterator[Frame]:
        """The analysed frames in order; a damaged file gives what can be read, then `ended_because` says why.

        The ring is filled on the way: it always holds a frame's packets before the frame is given. With `looping` it
        never ends by itself: the file begins again one frame after its last.
        """
        self.ended_because = None
        converter = Converter()
        with open_source(str(self._path), self._settings) as container:
            reading = _Reading(container, self.ring, Pace(self._fps), self._start)
            index = 0
            try:
                while True:
                    for frame, at in reading.round():
                        yield Frame(self._camera, index, at, Picture(frame, self._masks, converter))
                        index += 1
                    self.ended_because = self._what_is_missing(reading)
                    if not self._looping or self.ended_because is not None:
                        return
                    reading.begin_again()
            except (av.FFmpegError, OSError) as error:
                self.ended_because = explain_reading(error, str(self._path))

    def _what_is_missing(self, reading: "_Reading") -> SourceError | None:
        if reading.decoder.decoded == 0:
            return UnreadableError(complaint("source.no_picture", path=self._path))
        cut = reading.packets < self._stated_packets or reading.end_s < self._stated_end_s - END_SLACK_S
        if reading.corrupt or cut:
            decoded, stated = reading.decoder.decoded, self.frame_count
            return UnreadableError(
                complaint("source.cut_short", path=self._path, decoded=decoded, stated=stated),
                said=Text(id="stopped.cut_short", arguments={"decoded": decoded, "stated": stated}),
            )
        return None


def stated_end_s(stream: av.VideoStream) -> float:
    """Where a Matroska file, which counts no packets, says that its pictures end; 0.0 if it does not say so."""
    found = CLOCK.fullmatch(stream.metadata.get("DURATION", ""))
    hours, minutes, seconds_ = map(float, found.groups()) if found else (0.0, 0.0, 0.0)
    return 3600 * hours + 60 * minutes + seconds_


@dataclass(slots=True)
class _Stretch:
    """What a file gives up to its next taken frames: packets, each with the format that begins with it, and frames."""

    packets: list[tuple[VideoPacket, StreamFormat | None]] = field(default_factory=list)
    taken: list[tuple[av.VideoFrame, float]] = field(default_factory=list)


class _Reading:
    """One pass, or many, through an open file. Demuxing and decoding run some stretches ahead of the ring."""

    def __init__(self, container: InputContainer, ring: PacketRing, pace: Pace, start: datetime) -> None:
        self._container, self._ring, self._start = container, ring, start
        self._stream = container.streams.video[0]
        self._format = StreamFormat.of(self._stream)
        self.decoder = Decoder(self._stream, pace)
        self._timeline: FileTimeline | None = None
        self._offset_s = 0.0
        self._first_s: float | None = None
        self.end_s = 0.0
        """Where the packets read so far end."""
        self.packets = 0
        """Packets of this round."""
        self.corrupt = False
        """Whether a packet was cut short or could not be decoded."""
        ring.clear()  # another pass has the same times as the one before
        ring.restart(self._format)

    def round(self) -> Iterator[tuple[av.VideoFrame, datetime]]:
        """The taken frames from here to the file's end with their UTC times."""
        self.packets = 0
        for stretch in ahead(self._stretches()):
            if self._timeline is None and stretch.taken:
                # Only the first frame tells where time begins: packets before it may be hidden or out of order.
                self._timeline = FileTimeline(self._start, stretch.taken[0][1])
            if self._timeline is not None:
                self._keep(stretch, self._timeline)
                for frame, stamp_s in stretch.taken:
                    yield frame, self._timeline.at(stamp_s)

    def begin_again(self) -> None:
        """Back to the beginning; times go on from the end, with room for hidden pictures before the first shown."""
        # In whole units of the time base, so that the ring's scale and the frames' agree exactly.
        self._offset_s = float(round((self.end_s - (self._first_s or 0.0)) / self._time_base) * self._time_base)
        self.decoder.restart(self._container)

    def _stretches(self) -> Iterator[_Stretch]:
        """The file cut after each packet that brings taken frames. Touches file and decoder, never the ring."""
        stretch = _Stretch()
        try:
            for packet in stamped(self._stream, self._container.demux(self._stream)):
                stretch.taken = self._decode(packet)
                if stamp(packet) is not None:
                    self._count(packet)
                    stretch.packets.append((packet, self._changed(packet)))
                if stretch.taken:
                    yield stretch
                    stretch = _Stretch()
        except (av.FFmpegError, OSError):
            yield stretch  # what could be read is evidence
            raise
        yield stretch

    def _count(self, packet: VideoPacket) -> None:
        self.packets += 1
        self._first_s = seconds(packet) if self._first_s is None else self._first_s
        self.end_s = max(self.end_s, seconds(packet) + self._length_s(packet) + self._offset_s)

    def _changed(self, packet: VideoPacket) -> StreamFormat | None:
        changed = changed_format(self._format, self._stream, packet)
        self._format = changed or self._format
        return changed

    @property
    def _time_base(self) -> float:
        return float(self._stream.time_base or 1)

    def _length_s(self, packet: VideoPacket) -> float:
        if packet.duration:
            return packet.duration * self._time_base
        rate = self._stream.average_rate
        return float(1 / rate) if rate else 0.04

    def _decode(self, packet: VideoPacket) -> list[tuple[av.VideoFrame, float]]:
        self.corrupt = self.corrupt or packet.is_corrupt
        try:
            return list(self.decoder.frames(packet, self._offset_s))
        except av.InvalidDataError:
            self.corrupt = True
            return []

    def _keep(self, stretch: _Stretch, timeline: FileTimeline) -> None:
        offset = round(self._offset_s / self._time_base)
        for packet, changed in stretch.packets:
            if changed is not None:
                self._ring.restart(changed)
            self._ring.push(packet, timeline.at(seconds(packet) + self._offset_s), (stamp(packet) or 0) + offset)
