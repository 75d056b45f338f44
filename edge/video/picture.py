"""A decoded picture that converts only what is asked for, with privacy masks painted into all that it gives."""

import threading
from collections.abc import Sequence
from functools import cached_property

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from edge.video.masks import Mask, painted

PLANAR_LUMA = frozenset({"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray"})
"""Formats whose first plane is 8-bit luma, to be read without conversion."""


class Converter:
    """swscale with its tables kept between pictures of one source: a third of the cost of making them each time.

    Owned by a source and shared by its pictures; any thread may ask, one at a time is served.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reformatter = VideoReformatter()

    def bgr(self, frame: av.VideoFrame, width: int, height: int) -> NDArray[np.uint8]:
        """(height, width, 3) uint8 BGR of the frame."""
        with self._lock:
            # One thread: handing slices to others costs more than they save at these sizes.
            scaled = self._reformatter.reformat(
                frame, width=width, height=height, format="bgr24", interpolation="BILINEAR", threads=1
            )
        return np.ascontiguousarray(scaled.to_ndarray(), dtype=np.uint8)


class Picture:
    """Wraps a decoded frame; never changes. What it gives is read-only and shows no masked pixel.

    Keeps the last colour array it made. Luma without masks is the decoder's own memory: it lives as long as the array.
    """

    def __init__(self, frame: av.VideoFrame, masks: Sequence[Mask] = (), converter: Converter | None = None) -> None:
        self._raw = frame
        self._masks = tuple(masks)
        self._converter = converter or Converter()
        self._last_bgr: NDArray[np.uint8] | None = None

    @classmethod
    def of_array(cls, bgr: NDArray[np.uint8], masks: Sequence[Mask] = ()) -> "Picture":
        """A picture from a (H, W, 3) BGR array, which is copied."""
        return cls(av.VideoFrame.from_ndarray(np.ascontiguousarray(bgr), format="bgr24"), masks)

    @property
    def width(self) -> int:
        """Pixels."""
        return self._raw.width

    @property
    def height(self) -> int:
        """Pixels."""
        return self._raw.height

    @cached_property
    def _frame(self) -> av.VideoFrame:
        """The frame that everything is made from: painted once, at the source, where there are masks."""
        return painted(self._raw, self._masks) if self._masks else self._raw

    def luma(self) -> NDArray[np.uint8]:
        """Brightness, (height, width) uint8: without masks the decoder's own plane where the format has one."""
        planar = self._frame.format.name in PLANAR_LUMA
        plane = (self._frame if planar else self._frame.reformat(format="yuv420p", threads=1)).planes[0]
        lines: NDArray[np.uint8] = np.frombuffer(plane, np.uint8)  # type: ignore[call-overload]
        luma = lines[: self.height * plane.line_size].reshape(self.height, plane.line_size)[:, : self.width]
        luma.flags.writeable = False
        return luma

    def bgr(self, width: int | None = None, height: int | None = None) -> NDArray[np.uint8]:
        """Colours, (height, width, 3) uint8 BGR, scaled straight from the decoder's format to the size asked for.

        With one of width and height, the other follows the picture's shape; with neither, the picture's own size.
        """
        if width is None and height is None:
            width, height = self.width, self.height
        elif width is None:
            width = max(1, round(self.width * (height or 1) / self.height))
        elif height is None:
            height = max(1, round(self.height * width / self.width))
        last = self._last_bgr
        if last is None or last.shape[:2] != (height, width):
            last = self._converter.bgr(self._frame, width, height or 1)
            last.flags.writeable = False
            self._last_bgr = last
        return last
