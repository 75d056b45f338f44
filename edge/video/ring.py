"""The packet ring: the camera's own packets of the last seconds, untouched, so that clips begin before the event."""

import io
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

import av
from av.video.stream import VideoStream

MP4_CODECS = frozenset({"h264", "hevc", "mpeg4", "mjpeg", "av1"})
"""Codecs whose parameters an MP4 container holds; others go into Matroska."""

VideoPacket: TypeAlias = "av.Packet[VideoStream]"


@dataclass(frozen=True, slots=True)
class KeptPacket:
    """One packet with the UTC time of its picture."""

    at: datetime
    packet: VideoPacket
    is_key: bool


class StreamForm:
    """What is needed to write or decode a stream's packets after its source was closed.

    FFmpeg frees a stream's parameters with its container, under the feet of whoever still holds it; so they are copied
    into a container of our own that is never written.
    """

    def __init__(self, stream: VideoStream) -> None:
        self.codec = stream.codec_context.codec.canonical_name
        self.extradata = stream.codec_context.extradata
        self._holder = av.open(io.BytesIO(), "w", format="mp4" if self.codec in MP4_CODECS else "matroska")
        self.template = self._holder.add_stream_from_template(stream)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Packets in decoding order from a key frame on, with the form of the stream they came from."""

    form: StreamForm
    packets: tuple[KeptPacket, ...]


class PacketRing:
    """Written by the capture thread, read by the analysis thread; gone when the process ends.

    Bounded in bytes and seconds: whole groups of pictures go from the front, so it always begins with a key frame; the
    newest group alone may exceed the seconds, never the bytes.
    """

    def __init__(self, max_bytes: int, max_s: float) -> None:
        self._max_bytes = max_bytes
        self._max_s = timedelta(seconds=max_s)
        self._lock = threading.Lock()
        self._packets: deque[KeptPacket] = deque()
        self._keys = 0
        self._bytes = 0
        self._form: StreamForm | None = None

    @property
    def bytes(self) -> int:
        """Bytes of packets held."""
        return self._bytes

    def restart(self, stream: VideoStream) -> None:
        """Packets of another stream follow: those before cannot be joined with them."""
        form = StreamForm(stream)
        with self._lock:
            self._form = form
            self._packets.clear()
            self._keys = self._bytes = 0

    def push(self, packet: VideoPacket, at: datetime) -> None:
        """The next packet in decoding order."""
        with self._lock:
            if not self._packets and not packet.is_keyframe:
                return
            self._packets.append(KeptPacket(at, packet, packet.is_keyframe))
            self._keys += packet.is_keyframe
            self._bytes += packet.size
            while self._keys > 1 and self._next_group_still_covers(at):
                self._drop_group()
            while self._bytes > self._max_bytes and self._packets:
                self._drop_group()

    def between(self, start: datetime, end: datetime) -> Stretch | None:
        """Packets from the last key frame at or before `start` (or the first there is) until `end`; None if empty."""
        with self._lock:
            packets, form = tuple(self._packets), self._form
        if not packets or form is None:
            return None
        first = max((number for number, kept in enumerate(packets) if kept.is_key and kept.at <= start), default=0)
        last = max((number for number, kept in enumerate(packets) if kept.at <= end), default=-1)
        return Stretch(form, packets[first : last + 1]) if last >= first else None

    def _next_group_still_covers(self, at: datetime) -> bool:
        """Whether the second group's key frame is old enough that the first is not needed."""
        second = next(kept for number, kept in enumerate(self._packets) if number and kept.is_key)
        return at - second.at >= self._max_s

    def _drop_group(self) -> None:
        self._drop_one()
        while self._packets and not self._packets[0].is_key:
            self._drop_one()

    def _drop_one(self) -> None:
        gone = self._packets.popleft()
        self._keys -= gone.is_key
        self._bytes -= gone.packet.size
