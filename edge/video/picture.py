"""A decoded picture that converts only what is asked for, with privacy masks painted into all that it gives."""

from collections.abc import Sequence
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from edge.video.masks import Mask, paint

PLANAR_LUMA = frozenset({"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray"})
"""Formats whose first plane is 8-bit luma, to be read without conversion."""


class Picture:
    """Wraps a decoded frame. Arrays are the caller's to read, not to change; the picture itself never changes."""

    def __init__(self, frame: av.VideoFrame, masks: Sequence[Mask] = ()) -> None:
        self._frame = frame
        self._masks = tuple(masks)

    @classmethod
    def of_array(cls, bgr: NDArray[np.uint8], masks: Sequence[Mask] = ()) -> "Picture":
        """A picture from a (H, W, 3) BGR array."""
        return cls(av.VideoFrame.from_ndarray(bgr, format="bgr24"), masks)

    @property
    def width(self) -> int:
        """Pixels."""
        return self._frame.width

    @property
    def height(self) -> int:
        """Pixels."""
        return self._frame.height

    def luma(self) -> NDArray[np.uint8]:
        """Brightness, (height, width) uint8: the decoder's own plane where the format allows and no mask is set."""
        if self._frame.format.name in PLANAR_LUMA:
            plane = self._frame.planes[0]
            rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)  # type: ignore[call-overload]
            luma: NDArray[np.uint8] = rows[: self.height, : self.width]
        else:
            gray: NDArray[Any] = self._frame.to_ndarray(format="gray")
            luma = gray
        if self._masks:
            luma = luma.copy()
            paint(luma, self._masks, 16)
        return luma

    def bgr(self, width: int | None = None, height: int | None = None) -> NDArray[np.uint8]:
        """Colours, (height, width, 3) uint8 BGR, scaled straight from the decoder's format to the size asked for."""
        size: dict[str, Any] = {"width": width or self.width, "height": height or self.height}
        array: NDArray[Any] = self._frame.reformat(**size, format="bgr24", interpolation="BILINEAR").to_ndarray()
        if self._masks:
            array = np.ascontiguousarray(array)
            paint(array, self._masks)
        return array
