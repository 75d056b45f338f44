"""Cutting a clip out of the ring: remuxed where the camera's bytes may stay, re-encoded where they may not.

A clip's first shown frame is at time 0 of the file and at `Clip.start` in UTC, so that a player can draw over it.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import OutputContainer

from edge.video.masks import Mask, painted
from edge.video.ring import PacketRing, Stretch, VideoPacket

REMUXED_CODECS = {"h264": "avc1", "hevc": "hvc1"}
"""Codecs that browsers play from MP4, with the tag they expect."""


@dataclass(frozen=True, slots=True)
class Clip:
    """An MP4 (fast start) with the times of its first and last picture."""

    data: bytes
    start: datetime
    end: datetime
    reencoded: bool
    masks: tuple[str, ...]


def cut_clip(ring: PacketRing, start: datetime, end: datetime, masks: Sequence[Mask] = ()) -> Clip | None:
    """The ring's pictures from the key frame at or before `start` until `end`; None if it has none of that time."""
    stretch = ring.between(start, end)
    if stretch is None:
        return None
    shown = [kept for kept in stretch.packets if not kept.packet.is_discard]
    if not shown:
        return None
    first, last = min(kept.at for kept in shown), max(kept.at for kept in shown)
    reencoded = bool(masks) or stretch.form.codec not in REMUXED_CODECS
    data = _reencode(stretch, masks) if reencoded else _remux(stretch)
    return Clip(data, first, last, reencoded, tuple(mask.name for mask in masks)) if data else None


@contextmanager
def _mp4() -> Iterator[tuple[Path, OutputContainer]]:
    """A new MP4 in a folder of its own: to put the index first, the writer must read the file again by its name."""
    with tempfile.TemporaryDirectory(prefix="shouwang-clip-") as folder:
        path = Path(folder) / "clip.mp4"
        with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as output:
            yield path, output


def _remux(stretch: Stretch) -> bytes:
    """The same packets in a new file; stamps are moved so that the first shown picture is at 0."""
    with _mp4() as (path, output):
        stream: Any = output.add_stream_from_template(stretch.form.template)
        stream.codec_context.codec_tag = REMUXED_CODECS[stretch.form.codec]
        origin = _origin(stretch)
        previous: int | None = None
        for kept in stretch.packets:
            packet = _copy(kept.packet)
            if packet.pts is None:
                continue
            packet.pts -= origin
            dts = (packet.dts if packet.dts is not None else packet.pts + origin) - origin
            if previous is not None and dts <= previous:
                dts = previous + 1
            previous = packet.dts = dts
            packet.stream = stream
            output.mux(packet)
        output.close()
        return path.read_bytes()


def _origin(stretch: Stretch) -> int:
    """The stamp of the first picture that is shown."""
    shown = [k.packet.pts for k in stretch.packets if k.packet.pts is not None and not k.packet.is_discard]
    return min(shown)


def _copy(packet: VideoPacket) -> VideoPacket:
    """A packet that may be changed while the ring keeps its own."""
    copy: Any = av.Packet(bytes(packet))
    copy.pts, copy.dts, copy.time_base, copy.duration = packet.pts, packet.dts, packet.time_base, packet.duration
    copy.is_keyframe = packet.is_keyframe
    kept: VideoPacket = copy
    return kept


def _reencode(stretch: Stretch, masks: Sequence[Mask]) -> bytes:
    """Decoded, masks painted in, encoded as H.264."""
    decoder: Any = av.CodecContext.create(stretch.form.codec, "r")
    decoder.extradata = stretch.form.extradata
    frames = []
    for kept in stretch.packets:
        shown = not kept.packet.is_discard
        frames += [frame for frame in decoder.decode(_copy(kept.packet)) if shown]
    frames += decoder.decode(None)
    if not frames:
        return b""
    time_base = stretch.packets[0].packet.time_base or Fraction(1, 90_000)
    origin = min(frame.pts for frame in frames)
    with _mp4() as (path, output):
        encoder: Any = output.add_stream("libx264", rate=30, options={"preset": "veryfast", "crf": "23"})
        encoder.width, encoder.height = frames[0].width // 2 * 2, frames[0].height // 2 * 2
        encoder.pix_fmt, encoder.time_base, encoder.codec_context.time_base = "yuv420p", time_base, time_base
        for frame in frames:
            copy = painted(frame, masks)
            copy.pts, copy.time_base = frame.pts - origin, time_base
            output.mux(encoder.encode(copy))
        output.mux(encoder.encode(None))
        output.close()
        return path.read_bytes()
