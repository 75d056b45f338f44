"""Decoding one stream, no more of it than the analysed frames need."""

from collections import deque
from collections.abc import Iterable, Iterator

import av
from av.container import InputContainer
from av.video.frame import VideoFrame

from edge.video.pace import Pace
from edge.video.ring import VideoPacket


def stamp(stamped: "VideoPacket | VideoFrame") -> int | None:
    """Presentation time in units of the time base; containers without any (AVI) give decoding times in its place."""
    return stamped.pts if stamped.pts is not None else stamped.dts


def seconds(stamped: "VideoPacket | VideoFrame") -> float:
    """`stamp` in seconds; 0.0 where there is none."""
    time_base = stamped.time_base
    # Whole numbers until the last step: exact, and ten times cheaper than fractions, for this runs for every packet.
    return (stamp(stamped) or 0) * time_base.numerator / time_base.denominator if time_base else 0.0


MOST_UNSTAMPED = 50
"""So many packets in a row without a stamp are kept until one has it; the older ones are lost."""


def stamped(stream: av.VideoStream, packets: Iterable[VideoPacket]) -> Iterator[VideoPacket]:
    """The packets, each with a stamp; the empty ones that flush a decoder pass as they are.

    Over RTSP the first, a key frame, often has none, for the camera's clock is not known yet. It is put one frame
    before the next.
    """
    waiting: deque[VideoPacket] = deque(maxlen=MOST_UNSTAMPED)
    for packet in packets:
        known = stamp(packet)
        if packet.size and known is None:
            waiting.append(packet)
            continue
        if waiting and known is not None and packet.time_base:
            step = round(1 / (stream.average_rate or 25) / packet.time_base)
            for ahead, early in zip(range(len(waiting), 0, -1), waiting, strict=True):
                early.pts = early.dts = known - ahead * step
                yield early
            waiting.clear()
        yield packet


class Decoder:
    """Feeds packets of one stream to its decoder and gives the frames that the pace takes.

    Pictures that cannot be taken are left out where nothing else is decoded from them: non-reference pictures, and all
    of codecs that code each picture alone (MJPEG). What is decoded is the same to the bit.
    """

    def __init__(self, stream: av.VideoStream, pace: Pace) -> None:
        self._codec = stream.codec_context
        self._pace = pace
        self._alone = self._codec.codec.intra_only
        self._decodes_all = True
        self.decoded = 0
        """Frames decoded so far."""

    def frames(self, packet: VideoPacket, offset_s: float = 0.0) -> Iterator[tuple[VideoFrame, float]]:
        """The taken frames that this packet brings out, each with its stamp in seconds plus `offset_s`.

        Raises av.FFmpegError for a packet that cannot be decoded.
        """
        wanted = not packet.size or stamp(packet) is None or self._pace.may_take(seconds(packet) + offset_s)
        if self._alone and not wanted:
            return
        if wanted is not self._decodes_all:
            self._codec.skip_frame = "DEFAULT" if wanted else "NONREF"
            self._decodes_all = wanted
        for frame in packet.decode():
            self.decoded += 1
            if stamp(frame) is None:
                continue
            stamp_s = seconds(frame) + offset_s
            if self._pace.takes(stamp_s):
                yield frame, stamp_s

    def restart(self, container: InputContainer) -> None:
        """Back to the beginning of a file."""
        container.seek(0)
        self._codec.flush_buffers()
