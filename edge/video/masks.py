"""Privacy masks: polygons painted black before anything else sees the picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
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
        pts, time_base = frame.pts, frame.time_base
        frame = _timed(frame.reformat(format="yuv420p"), pts, time_base)
    copy = av.VideoFrame(frame.width, frame.height, frame.format.name)
    copy.color_range, copy.colorspace = frame.color_range, frame.colorspace
    copy.color_primaries, copy.color_trc = frame.color_primaries, frame.color_trc
    full_range = frame.format.name.startswith(("yuvj", "gray", "bgr")) or frame.color_range == ColorRange.JPEG
    channels = 3 if frame.format.name == "bgr24" else 1
    for number, (source, target) in enumerate(zip(frame.planes, copy.planes, strict=True)):
        pixels = np.ascontiguousarray(_pixels(source, channels))
        paint(pixels, masks, 128 if number else (0 if full_range else 16))
        _pixels(target, channels)[:] = pixels
    return _timed(copy, frame.pts, frame.time_base)


def _timed(frame: av.VideoFrame, pts: int | None, time_base: Fraction | None) -> av.VideoFrame:
    frame.pts = pts
    if time_base is not None:
        frame.time_base = time_base
    return frame


def _pixels(plane: Any, channels: int) -> NDArray[np.uint8]:  # noqa: ANN401 - any plane of PyAV's
    """(H, W, channels) view of a plane, without the padding of its lines."""
    lines = np.frombuffer(plane, np.uint8)[: plane.height * plane.line_size].reshape(plane.height, plane.line_size)
    return lines[:, : plane.width * channels].reshape(plane.height, plane.width, channels)
