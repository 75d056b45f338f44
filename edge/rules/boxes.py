"""Boxes as plain numbers: x1, y1, x2, y2 as shares of the picture."""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]


def box_of(corners: Sequence[float]) -> Box:
    """A row of an array of boxes."""
    x1, y1, x2, y2 = corners
    return x1, y1, x2, y2


def area(box: Box) -> float:
    """Share of the picture."""
    return (box[2] - box[0]) * (box[3] - box[1])


def common(box: Box, other: Box) -> float:
    """The area that two boxes share. Asked so often that `min` and `max` would take most of its time."""
    x1, y1, x2, y2 = box
    left, top, right, bottom = other
    across = (x2 if x2 < right else right) - (x1 if x1 > left else left)
    if across <= 0:
        return 0.0
    down = (y2 if y2 < bottom else bottom) - (y1 if y1 > top else top)
    return across * down if down > 0 else 0.0


def commons(boxes: Sequence[Box], others: Sequence[Box] | NDArray[np.float64]) -> NDArray[np.float64]:
    """(boxes, others) areas that each two share, all at once: for dozens of each."""
    left, top, right, bottom = np.array(boxes, np.float64).reshape(-1, 4).T[..., None]
    x1, y1, x2, y2 = np.asarray(others, np.float64).reshape(-1, 4).T
    across = np.minimum(right, x2) - np.maximum(left, x1)
    down = np.minimum(bottom, y2) - np.maximum(top, y1)
    shared: NDArray[np.float64] = np.maximum(across, 0.0) * np.maximum(down, 0.0)
    return shared


def overlap(box: Box, other: Box) -> float:
    """Intersection over union."""
    shared = common(box, other)
    return shared / max(area(box) + area(other) - shared, 1e-9)


def near(box: Box, other: Box, margin: float) -> bool:
    """Whether a box meets another that is widened on each side by `margin` of its own width and height."""
    return common(box, widened(other, margin)) > 0


def widened(box: Box, margin: float) -> Box:
    """A box with `margin` of its own width and height more on each side."""
    return grown(box, margin * (box[2] - box[0]), margin * (box[3] - box[1]))


def grown(box: Box, across: float, down: float) -> Box:
    """A box with so much more to its left and right, and above and below."""
    return box[0] - across, box[1] - down, box[2] + across, box[3] + down


def around(boxes: Collection[Box]) -> Box:
    """The smallest box that holds some others, at least one."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
