"""Cutting a clip out of the ring: remuxed where the camera's bytes may stay, re-encoded where they may not.

Time 0 of the file is `Clip.start`: both its first picture and UTC of that picture, so that a player can draw over it.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import av
from av.container import OutputContainer
from av.video.frame import VideoFrame

from edge.video.encoding import H264_OPTIONS
from edge.video.masks import Mask, painted
from edge.video.ring import REMUXED_CODECS, KeptPacket, PacketRing, StreamFormat


@dataclass(frozen=True, slots=True)
class Clip:
    """An MP4 (fast start, no sound) with the UTC times of its first and last shown picture."""

    data: bytes
    start: datetime
    end: datetime
    reencoded: bool
    masks: tuple[str, ...]
    """Names of the privacy masks painted in."""


def cut_clip(ring: PacketRing, start: datetime, end: datetime, moment: datetime | None = None) -> Clip | None:
    """The ring's pictures from the key frame at or before `start` until `end`; None if it has none of that time.

    Where the stream broke off in between they are those of the part that holds `moment`: see `PacketRing.between`.
    H.264 and HEVC stay the camera's own bytes. Re-encoded to H.264 are other codecs, and pictures under the
    ring's masks. Pictures that a recording's edit list hides are shown: they are of the seconds before.
    """
    stretch = ring.between(start, end, moment)
    if stretch is None:
        return None
    packets = _decodable(stretch.packets)
    reencoded = bool(stretch.masks) or stretch.format.codec not in REMUXED_CODECS
    first_pts = min(kept.pts for kept in packets)
    if reencoded:
        data, last_pts = _reencode(stretch.format, packets, first_pts, stretch.masks)
    else:
        data, last_pts = _remux(stretch.format, packets, first_pts), max(kept.pts for kept in packets)
    if last_pts is None:
        return None
    # From the newest packet backwards: a live camera's delay is known better with each packet.
    anchor = packets[-1]
    time_base = stretch.format.time_base
    first_at = anchor.at + timedelta(seconds=float((first_pts - anchor.pts) * time_base))
    last_at = first_at + timedelta(seconds=float((last_pts - first_pts) * time_base))
    return Clip(data, first_at, last_at, reencoded, tuple(mask.name for mask in stretch.masks))


def _decodable(packets: Sequence[KeptPacket]) -> list[KeptPacket]:
    """Without the pictures that are shown before the key frame but come after it: they need the group before."""
    return [kept for kept in packets if kept.pts >= packets[0].pts]


def _new_mp4(buffer: io.BytesIO) -> OutputContainer:
    """An MP4 in memory, index first: to move it there, the muxer reads back what it wrote."""

    def read_back(_url: str, _flags: int, _options: object) -> io.BytesIO:
        return io.BytesIO(buffer.getvalue())

    return av.open(buffer, "w", format="mp4", options={"movflags": "+faststart"}, io_open=read_back)


def _remux(stream_format: StreamFormat, packets: Sequence[KeptPacket], first_pts: int) -> bytes:
    """The same packets in a new file, their stamps moved so that the first picture is at 0."""
    template = stream_format.template
    if template is None:
        raise ValueError(f"{stream_format.codec} is not remuxed")
    buffer = io.BytesIO()
    with _new_mp4(buffer) as output:
        stream: Any = output.add_stream_from_template(template)
        codec = stream.codec_context
        codec.codec_tag = REMUXED_CODECS[stream_format.codec]
        codec.width, codec.height, codec.extradata = stream_format.width, stream_format.height, stream_format.extradata
        for kept, dts in zip(packets, _decoding_times(packets), strict=True):
            packet = _copy(kept)
            packet.pts, packet.dts = kept.pts - first_pts, dts - first_pts
            packet.stream = stream
            output.mux(packet)
    return buffer.getvalue()


def _decoding_times(packets: Sequence[KeptPacket]) -> list[int]:
    """Rising decoding times, none after its presentation time: the sorted presentation times, moved back.

    Not the camera's own, which over RTSP may be missing and break at jumps.
    """
    rising: list[int] = []
    for pts in sorted(kept.pts for kept in packets):
        rising.append(max(pts, rising[-1] + 1) if rising else pts)
    delay = max(in_order - kept.pts for in_order, kept in zip(rising, packets, strict=True))
    return [in_order - delay for in_order in rising]


def _copy(kept: KeptPacket) -> Any:  # noqa: ANN401 - PyAV's stubs let nobody make a packet of a stream
    """A packet that may be changed while the ring keeps its own."""
    packet: Any = av.Packet(bytes(kept.packet))
    packet.pts = packet.dts = kept.pts
    packet.time_base, packet.duration = kept.packet.time_base, kept.packet.duration
    packet.is_keyframe = kept.packet.is_keyframe
    return packet


def _reencode(
    stream_format: StreamFormat, packets: Sequence[KeptPacket], first_pts: int, masks: Sequence[Mask]
) -> tuple[bytes, int | None]:
    """Decoded, masks painted in, encoded as H.264; with the stamp of the last picture, None if there was none."""
    buffer = io.BytesIO()
    last_pts: int | None = None
    with _new_mp4(buffer) as output:
        # No B-frames: then the file needs no edit list, and its time 0 is its first picture in every player.
        encoder: Any = output.add_stream("libx264", rate=30, options=H264_OPTIONS | {"bf": "0"})
        # yuv420p has no odd sizes: the last odd row and column are scaled away.
        encoder.width, encoder.height = stream_format.width // 2 * 2, stream_format.height // 2 * 2
        encoder.pix_fmt = "yuv420p"
        encoder.time_base = encoder.codec_context.time_base = stream_format.time_base
        for frame in _decoded(stream_format, packets):
            if frame.pts is None or frame.pts <= (first_pts - 1 if last_pts is None else last_pts):
                continue
            last_pts = frame.pts
            picture = painted(frame, masks) if masks else frame
            picture = picture.reformat(width=encoder.width, height=encoder.height, format="yuv420p", threads=1)
            picture.pts, picture.time_base = frame.pts - first_pts, stream_format.time_base
            output.mux(encoder.encode(picture))
        if last_pts is not None:
            output.mux(encoder.encode(None))
    return buffer.getvalue(), last_pts


def _decoded(stream_format: StreamFormat, packets: Sequence[KeptPacket]) -> Iterator[VideoFrame]:
    """Every picture of the packets, on the ring's scale. What a damaged packet holds is left out."""
    decoder: Any = av.CodecContext.create(stream_format.codec, "r")
    decoder.extradata = stream_format.extradata
    decoder.width, decoder.height = stream_format.width, stream_format.height
    if stream_format.pixel_format is not None:
        decoder.pix_fmt = stream_format.pixel_format
    for packet in (*(_copy(kept) for kept in packets), None):
        try:
            yield from decoder.decode(packet)
        except (av.InvalidDataError, av.EOFError):
            continue
