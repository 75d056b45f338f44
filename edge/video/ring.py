"""The packet ring: the camera's own packets of the last seconds, untouched, so that clips begin before the event."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction
from io import BytesIO
from itertools import groupby
from operator import attrgetter
from typing import TypeAlias

import av

from edge.video.masks import Mask

VideoPacket: TypeAlias = "av.Packet[av.VideoStream]"
REMUXED_CODECS = {"h264": "avc1", "hevc": "hvc1"}
"""Codecs that browsers play from MP4, with the tag they expect."""


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """What a decoder or a muxer must know of a stream; outlives the container that it came from.

    PyAV's own stream must not be kept for that: its memory goes when its container is closed.
    """

    codec: str
    width: int
    height: int
    pixel_format: str | None
    extradata: bytes | None
    time_base: Fraction
    template: av.VideoStream | None
    """For remuxing; None for codecs that are not: see `REMUXED_CODECS`."""

    @classmethod
    def of(cls, stream: av.VideoStream, extradata: bytes | None = None) -> "StreamFormat":
        """The format of an open stream; `extradata` where its own is out of date."""
        codec = stream.codec_context
        time_base = stream.time_base or Fraction(1, 90_000)
        template = None
        name = codec.codec.canonical_name
        if name in REMUXED_CODECS:
            # A stream of a file that is never written, for it owns a copy of the parameters.
            template = av.open(BytesIO(), "w", format="mp4").add_stream_from_template(stream)
        return cls(
            codec.name, codec.width, codec.height, codec.pix_fmt, extradata or codec.extradata, time_base, template
        )


@dataclass(frozen=True, slots=True)
class KeptPacket:
    """One packet with the UTC time of its picture and its stamp on the ring's own, unbroken scale.

    `pts` is in units of the stream's time base and differs from the packet's own by what jumps and loops skipped.
    """

    at: datetime
    pts: int
    packet: VideoPacket

    @property
    def shown(self) -> bool:
        """False for a picture that is only decoded from (an edit list hides it)."""
        return not self.packet.is_discard


@dataclass(frozen=True, slots=True)
class Stretch:
    """Packets in decoding order from a key frame on, the stream's format, and the masks its pictures must wear."""

    format: StreamFormat
    packets: tuple[KeptPacket, ...]
    masks: tuple[Mask, ...]

    def holds(self, moment: datetime) -> bool:
        """Whether it has pictures from before and after a moment."""
        return self.packets[0].at <= moment <= self.packets[-1].at

    def lasts(self, start: datetime) -> timedelta:
        """For how long it has pictures at or after `start`."""
        return self.packets[-1].at - max(start, self.packets[0].at)


@dataclass(slots=True)
class _Group:
    """A key frame and what follows it, of one run: that is one stream of one format, by one clock."""

    run: int
    format: StreamFormat
    began: datetime
    """UTC of its first packet by the clock of now; packets keep the times of the clock they came by."""
    packets: list[KeptPacket] = field(default_factory=list)
    bytes: int = 0


def parameter_sets(codec: str, packet: bytes) -> bytes:
    """The parameter sets that an H.264 or HEVC packet in Annex B form carries; empty if none.

    Annex B (ITU-T H.264 and H.265): units parted by 00 00 01; kinds 7, 8 in H.264, 32 to 34 in HEVC are parameter sets.
    """
    if codec not in REMUXED_CODECS or not packet.startswith((b"\0\0\1", b"\0\0\0\1")):
        return b""
    units = [unit.rstrip(b"\0") for unit in packet.split(b"\0\0\1") if unit]
    if codec == "h264":
        wanted = [unit for unit in units if unit and unit[0] & 0x1F in (7, 8)]
    else:
        wanted = [unit for unit in units if unit and unit[0] >> 1 & 0x3F in (32, 33, 34)]
    return b"".join(b"\0\0\0\1" + unit for unit in wanted)


def changed_format(known: StreamFormat | None, stream: av.VideoStream, packet: VideoPacket) -> StreamFormat | None:
    """The stream's format from this packet on, which was just decoded; None if it is as known."""
    codec = stream.codec_context
    if known is not None and (known.width, known.height) == (codec.width, codec.height):
        return None
    return StreamFormat.of(stream, parameter_sets(codec.codec.canonical_name, bytes(packet)))


class PacketRing:
    """Owned by a source; its thread alone pushes, any thread reads; does not survive a restart of the node.

    Bounded in bytes and seconds. Whole groups of pictures go from the front, so it always begins with a key frame. A
    single group may last longer than the seconds (some cameras send a key frame a minute), but never exceeds the
    bytes: then it goes whole, and the ring fills again from the next key frame.

    A stream that is opened anew, changes its format, or goes on by another clock begins a new *run*. Runs before it
    stay within the same bounds, for the clip of an alert may still be due; no clip joins two.
    """

    def __init__(self, max_bytes: int, max_s: float, masks: Sequence[Mask] = ()) -> None:
        """`masks` are painted into whatever is cut from this ring."""
        self._max_bytes = max_bytes
        self._max_s = timedelta(seconds=max_s)
        self._masks = tuple(masks)
        self._lock = threading.Lock()
        self._groups: deque[_Group] = deque()
        self._bytes = 0
        self._run = 0
        self._format: StreamFormat | None = None

    @property
    def bytes(self) -> int:
        """Bytes of packets held."""
        return self._bytes

    @property
    def format(self) -> StreamFormat | None:
        """That of the present run; None before the first stream."""
        return self._format

    @property
    def held_s(self) -> float:
        """Seconds of pictures that the present run holds: few after it began, or where the bytes do not reach."""
        span = self.span()
        return (span[1] - span[0]).total_seconds() if span else 0.0

    def restart(self, stream_format: StreamFormat) -> None:
        """Packets of another stream follow."""
        with self._lock:
            self._format = stream_format
            self._run += 1

    def clock_set(self, by: timedelta) -> None:
        """Packets that follow have times of a clock that was just set by so much."""
        with self._lock:
            self._run += 1
            for group in self._groups:
                group.began += by

    def clear(self) -> None:
        """Forget all packets."""
        with self._lock:
            self._groups.clear()
            self._bytes = 0

    def push(self, packet: VideoPacket, at: datetime, pts: int) -> None:
        """The next packet in decoding order; before a run's first key frame they are no use and are not kept."""
        with self._lock:
            if packet.is_keyframe and self._format is not None:
                self._groups.append(_Group(self._run, self._format, at))
            elif not self._groups or self._groups[-1].run != self._run:
                return
            group = self._groups[-1]
            group.packets.append(KeptPacket(at, pts, packet))
            group.bytes += packet.size
            self._bytes += packet.size
            # A group is not needed once the one after it reaches back far enough.
            while len(self._groups) > 1 and at - self._groups[1].began >= self._max_s:
                self._drop_group()
            while self._bytes > self._max_bytes:
                self._drop_group()

    def follow(self, stream: av.VideoStream, packet: VideoPacket) -> None:
        """Begin a new run if this packet, just decoded, brought another picture size; call it before `push`."""
        changed = changed_format(self._format, stream, packet)
        if changed is not None:
            self.restart(changed)

    def span(self) -> tuple[datetime, datetime] | None:
        """UTC of the first and the last shown picture of the present run; None while there is none."""
        with self._lock:
            groups = [group for group in self._groups if group.run == self._run]
            times = [kept.at for group in groups for kept in group.packets if kept.shown]
        return (min(times), max(times)) if times else None

    def between(self, start: datetime, end: datetime, moment: datetime | None = None) -> Stretch | None:
        """Packets from the last key frame at or before `start` (or the first there is) until the last one at `end`.

        All are of one run: the newest that holds `moment` (else `start`), or, if none does, the one that has most of
        that time. In decoding order, so a few pictures after `end` may be among them where others are decoded from
        those. None if no shown picture held is between `start` and `end`.
        """
        with self._lock:
            groups = [replace(group, packets=group.packets.copy()) for group in self._groups]
        runs = (list(run) for _, run in groupby(groups, key=attrgetter("run")))
        found = [stretch for run in runs if (stretch := self._part(run, start, end))]
        holding = [stretch for stretch in found if stretch.holds(moment or start)]
        return holding[-1] if holding else max(found, key=lambda stretch: stretch.lasts(start), default=None)

    def _part(self, groups: Sequence[_Group], start: datetime, end: datetime) -> Stretch | None:
        """What these groups of one run have of a time."""
        first = max((number for number, group in enumerate(groups) if group.packets[0].at <= start), default=0)
        packets = [kept for group in groups[first:] for kept in group.packets]
        last = max((number for number, kept in enumerate(packets) if kept.at <= end and kept.shown), default=-1)
        if last < 0 or not any(start <= kept.at <= end for kept in packets[: last + 1]):
            return None
        return Stretch(groups[0].format, tuple(packets[: last + 1]), self._masks)

    def _drop_group(self) -> None:
        self._bytes -= self._groups.popleft().bytes
