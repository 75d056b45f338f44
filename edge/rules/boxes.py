"""Boxes as plain numbers: x1, y1, x2, y2 as shares of the picture."""

from collections.abc import Sequence

Box = tuple[float, float, float, float]


def box_of(corners: Sequence[float]) -> Box:
    """A row of an array of boxes."""
    x1, y1, x2, y2 = corners
    return x1, y1, x2, y2


def area(box: Box) -> float:
    """Share of the picture."""
    return (box[2] - box[0]) * (box[3] - box[1])


def common(box: Box, other: Box) -> float:
    """The area that two boxes share."""
    across = min(box[2], other[2]) - max(box[0], other[0])
    down = min(box[3], other[3]) - max(box[1], other[1])
    return max(0.0, across) * max(0.0, down)


def overlap(box: Box, other: Box) -> float:
    """Intersection over union."""
    shared = common(box, other)
    return shared / max(area(box) + area(other) - shared, 1e-9)


def near(box: Box, other: Box, margin: float) -> bool:
    """Whether a box meets another that is widened on each side by `margin` of its own width and height."""
    wide, high = margin * (other[2] - other[0]), margin * (other[3] - other[1])
    widened = (other[0] - wide, other[1] - high, other[2] + wide, other[3] + high)
    return common(box, widened) > 0
