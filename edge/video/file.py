"""A recorded file as a source: the same path as a camera, without threads, and no frame is ever dropped."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import av

from edge.video.errors import SourceError, UnreadableError
from edge.video.frame import Frame
from edge.video.masks import Mask
from edge.video.opening import explain, open_source
from edge.video.pace import Pace
from edge.video.picture import Picture
from edge.video.ring import PacketRing
from edge.video.settings import VideoSettings
from edge.video.timeline import FileTimeline


class FileSource:
    """Opened anew by each call of `frames`; same file, settings and start, same frames."""

    def __init__(
        self,
        path: Path,
        camera: str,
        settings: VideoSettings,
        start: datetime,
        *,
        masks: Sequence[Mask] = (),
        every_frame: bool = False,
    ) -> None:
        """Raises a SourceError if there is no video to be had from the file."""
        self._path, self._camera, self._settings, self._start = path, camera, settings, start
        self._masks = tuple(masks)
        self._every_frame = every_frame
        self.ring = PacketRing(int(settings.ring_mb * 1e6), settings.ring_s)
        self.ended_because: SourceError | None = None
        """Why reading stopped before the file's end, if it did."""
        with open_source(str(path), settings) as container:
            stream = container.streams.video[0]
            self.width, self.height = stream.codec_context.width, stream.codec_context.height
            duration = container.duration
        self.duration_s = 0.0 if duration is None else duration / av.time_base
        """Length as the file states it."""

    def frames(self) -> Iterator[Frame]:
        """The analysed frames in order; a damaged file gives what can be read, then `ended_because` says why."""
        pace = Pace(None if self._every_frame else self._settings.analysed_fps)
        timeline = FileTimeline(self._start)
        self.ended_because = None
        index = 0
        with open_source(str(self._path), self._settings) as container:
            stream = container.streams.video[0]
            self.ring.restart(stream)
            try:
                for frame in self._decoded(container, stream, timeline):
                    stamp_s = _seconds(frame)
                    if pace.takes(stamp_s):
                        yield Frame(self._camera, index, timeline.at(stamp_s), Picture(frame, self._masks))
                        index += 1
            except (av.FFmpegError, OSError) as error:
                self.ended_because = explain(error, str(self._path))
        if index == 0 and self.ended_because is None:
            self.ended_because = UnreadableError(f"{self._path}: no picture in it can be decoded; record it again")

    def _decoded(
        self, container: av.container.InputContainer, stream: av.VideoStream, timeline: FileTimeline
    ) -> Iterator[av.VideoFrame]:
        began = False
        for packet in container.demux(stream):
            if packet.pts is not None and (began or not packet.is_discard):
                # The first packet that is shown sets the start of the timeline.
                began = True
                self.ring.push(packet, timeline.at(_seconds(packet)))
            yield from (frame for frame in packet.decode() if frame.pts is not None)


def _seconds(stamped: "av.Packet[av.VideoStream] | av.VideoFrame") -> float:
    return float((stamped.pts or 0) * Fraction(stamped.time_base or 0))
