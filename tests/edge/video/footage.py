"""Footage made on the spot: every frame tells its own number, so that a test sees which frame it holds."""

import io
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

BLOCK = 16
BITS = 8


def drawn(number: int, width: int = 320, height: int = 240) -> NDArray[np.uint8]:
    """A grey picture (H, W, 3) with its number as eight blocks, dark or light, in its upper left corner."""
    picture = np.full((height, width, 3), 110, np.uint8)
    picture[height // 2 :, :, 1] = 170
    for bit in range(BITS):
        value = 235 if number >> bit & 1 else 30
        picture[:BLOCK, bit * BLOCK : (bit + 1) * BLOCK] = value
    return picture


def number_of(luma: NDArray[np.uint8]) -> int:
    """The number drawn into a picture, read from its luma."""
    return sum(1 << bit for bit in range(BITS) if luma[4:12, bit * BLOCK + 4 : bit * BLOCK + 12].mean() > 128)


def encode(
    path: Path | io.BytesIO,
    frames: int = 50,
    *,
    fps: int = 25,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    size: tuple[int, int] = (320, 240),
    gop: int = 10,
    b_frames: int = 0,
    stamps: Sequence[int] | None = None,
    form: str | None = None,
    movflags: str | None = None,
    open_gop: bool = False,
) -> None:
    """Frames 0, 1, 2 …; `stamps` in 1/1000 s where they are not to be even."""
    options = {"movflags": movflags} if movflags else {}
    with av.open(path if isinstance(path, io.BytesIO) else str(path), "w", format=form, options=options) as output:
        stream: Any = output.add_stream(codec, rate=fps)
        stream.width, stream.height = size
        stream.pix_fmt = pixel_format
        stream.gop_size = gop
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        if codec in ("libx264", "libx265"):
            stream.max_b_frames = b_frames
            stream.options = {"preset": "veryfast"} | ({"x264-params": "open-gop=1"} if open_gop else {})
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(drawn(number, *size), format="bgr24").reformat(format=pixel_format)
            frame.pts = stamps[number] if stamps else round(number * 1000 / fps)
            frame.time_base = Fraction(1, 1000)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))


def numbers_and_times(clip: bytes) -> list[tuple[int, float]]:
    """Of each picture of an encoded clip, its drawn number and its time in seconds."""
    with av.open(io.BytesIO(clip), "r") as container:
        return [
            (number_of(frame.to_ndarray(format="gray").astype(np.uint8)), float(frame.pts * frame.time_base))
            for frame in container.decode(container.streams.video[0])
            if frame.pts is not None and frame.time_base is not None
        ]
