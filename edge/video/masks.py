"""Privacy masks: polygons painted black before anything else sees the picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Mask:
    """A named polygon, points 0..1 of the picture."""

    name: str
    polygon: tuple[tuple[float, float], ...]


def paint(array: NDArray[np.uint8], masks: Sequence[Mask], value: int = 0) -> None:
    """Fill the masks in an (H, W) or (H, W, C) array in place; any pixel that a mask touches is filled."""
    height, width = array.shape[:2]
    for mask in masks:
        points = np.array([(x * width, y * height) for x, y in mask.polygon])
        outline = np.round(points - 0.5).astype(np.int32)
        cv2.fillPoly(array, [outline], (value,) * 3)
        cv2.polylines(array, [outline], isClosed=True, color=(value,) * 3)


def painted(frame: av.VideoFrame, masks: Sequence[Mask]) -> av.VideoFrame:
    """A copy of the frame as yuv420p with the masks painted black; times are kept."""
    planes: NDArray[Any] = frame.to_ndarray(format="yuv420p")
    height, width = frame.height // 2 * 2, frame.width // 2 * 2
    luma, chroma = planes[:height], planes[height:].reshape(2, height // 2, width // 2)
    paint(luma, masks, 16)
    for plane in chroma:
        paint(plane, masks, 128)
    copy = av.VideoFrame.from_ndarray(planes, format="yuv420p")
    copy.pts, copy.time_base = frame.pts, frame.time_base
    return copy
