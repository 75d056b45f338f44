"""Pictures to an MP4 as cameras make it: H.264, no B-frames, a key frame every second or two, the index in front.

The same pictures give the same bytes: see docs/decisions/0008-encoding-without-avx-512.md.
"""

import os
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from numpy.typing import NDArray

from edge.video.encoding import H264_OPTIONS

KEY_FRAME_EVERY_S = 2.0
BY_DAY = {"preset": "medium", "crf": "22", "maxrate": "480k", "bufsize": "960k"}
"""About 150 to 350 kbit/s at 640×360: people forty pixels tall are still people to a detector."""
IN_THE_DARK = {"preset": "medium", "crf": "26", "maxrate": "240k", "bufsize": "480k"}
"""About 100 to 250 kbit/s, what a camera's second stream has; a sensor's noise at night would take ten times that, and
is smoothed away as cameras do it."""


class Encoder:
    """Writes a clip picture by picture; the file appears under its name when all of it is written.

    Use as a context: what an exception interrupts leaves no file.
    """

    def __init__(self, path: Path, width: int, height: int, fps: int, quality: Mapping[str, str] = IN_THE_DARK) -> None:
        self._path, self._part = path, path.with_name(f".{path.name}.part")
        path.parent.mkdir(parents=True, exist_ok=True)
        options = {"movflags": "+faststart", "fflags": "+bitexact"}
        self._container = av.open(str(self._part), "w", format="mp4", options=options)
        stream = self._container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = Fraction(1, fps)
        # One thread: slices cut by threads are other bytes on another machine.
        stream.codec_context.thread_count = 1
        stream.codec_context.options = {
            **H264_OPTIONS,
            **quality,
            "g": str(round(KEY_FRAME_EVERY_S * fps)),
            "bf": "0",
            "flags": "+bitexact",
        }
        self._stream = stream
        self._count = 0

    def add(self, rgb: NDArray[np.uint8]) -> None:
        """The next picture (H, W, 3)."""
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
        frame.pts = self._count
        self._count += 1
        self._container.mux(self._stream.encode(frame))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self._container.mux(self._stream.encode(None))
        self._container.close()
        if kind is None:
            os.replace(self._part, self._path)
        else:
            self._part.unlink(missing_ok=True)


def encode(path: Path, pictures: Iterable[NDArray[np.uint8]], width: int, height: int, fps: int) -> None:
    """All pictures into a clip."""
    with Encoder(path, width, height, fps) as encoder:
        for picture in pictures:
            encoder.add(picture)
