"""Privacy masks: polygons painted black before anything else sees the picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import av
import cv2
import numpy as np
from annotated_types import MinLen
from av.video.reformatter import ColorRange
from numpy.typing import NDArray

from protocol.messages import Point

PLANAR_YUV = frozenset({"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "gray"})
"""Formats of 8-bit planes, luma first, that are painted as they are."""


@dataclass(frozen=True, slots=True)
class Mask:
    """A named polygon, points 0..1 of the picture."""

    name: str
    polygon: Annotated[tuple[Point, ...], MinLen(3)]


def paint(array: NDArray[np.uint8], masks: Sequence[Mask], value: int = 0) -> None:
    """Fill the masks in an (H, W) or (H, W, C) array in place; any pixel that a mask touches is filled."""
    height, width = array.shape[:2]
    for mask in masks:
        corners = np.array([(x * width, y * height) for x, y in mask.polygon])
        outline = np.round(corners - 0.5).astype(np.int32)
        cv2.fillPoly(array, [outline], (value,) * 3)
        # Three pixels wide: rounding a corner may move an edge by half a pixel, and no sliver may stay clear.
        cv2.polylines(array, [outline], isClosed=True, color=(value,) * 3, thickness=3)


def painted(frame: av.VideoFrame, masks: Sequence[Mask]) -> av.VideoFrame:
    """A copy of the frame with the masks painted black in every plane; size, times and colour properties are kept.

    Because the source planes are painted, no scaling or conversion afterwards can mix masked pixels into clear ones.
    A format that is neither planar 8-bit YUV nor bgr24 becomes yuv420p.
    """
    if frame.format.name not in PLANAR_YUV | {"bgr24"}:
        times = frame.pts, frame.time_base
        frame = frame.reformat(format="yuv420p")
        frame.pts, frame.time_base = times
    copy = av.VideoFrame(frame.width, frame.height, frame.format.name)
    copy.color_range, copy.colorspace = frame.color_range, frame.colorspace
    copy.color_primaries, copy.color_trc = frame.color_primaries, frame.color_trc
    copy.pts = frame.pts
    if frame.time_base is not None:
        copy.time_base = frame.time_base
    full_range = "yuvj" in frame.format.name or frame.color_range == ColorRange.JPEG or frame.format.name == "bgr24"
    for number, (source, target) in enumerate(zip(frame.planes, copy.planes, strict=True)):
        pixels = _rows(target)
        pixels[:] = _rows(source)
        bytes_per_pixel = 3 if frame.format.name == "bgr24" else 1
        view = pixels[:, : target.width * bytes_per_pixel]
        block = np.ascontiguousarray(view).reshape(target.height, target.width, bytes_per_pixel)
        paint(block, masks, 128 if number else (0 if full_range else 16))
        view[:] = block.reshape(view.shape)
    return copy


def _rows(plane: Any) -> NDArray[np.uint8]:  # noqa: ANN401 - any plane of PyAV's
    return np.frombuffer(plane, np.uint8)[: plane.height * plane.line_size].reshape(plane.height, plane.line_size)
