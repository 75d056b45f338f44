"""Plane geometry in picture coordinates: 0..1, x to the right, y down."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]


def inside(points: NDArray[np.float32], polygon: Sequence[Point]) -> NDArray[np.bool_]:
    """Which of the points (N, 2) lie in the polygon, by the even-odd rule (Shimrat 1962). Shape (N,)."""
    if not len(points):
        return np.zeros(0, np.bool_)
    x1, y1 = np.array(polygon, np.float64).T
    x2, y2 = np.append(x1[1:], x1[0]), np.append(y1[1:], y1[0])
    x, y = points[:, 0, None].astype(np.float64), points[:, 1, None].astype(np.float64)
    spans = (y1 > y) != (y2 > y)
    rise = np.where(y2 == y1, 1.0, y2 - y1)
    crossings = spans & (x < (x2 - x1) * (y - y1) / rise + x1)
    odd: NDArray[np.bool_] = crossings.sum(axis=1) % 2 == 1
    return odd


def side(points: NDArray[np.float32], start: Point, end: Point) -> NDArray[np.float64]:
    """Signed distance (N,) of points (N, 2) from the line through start and end: positive on its right.

    Right as one walks from start to end and looks at the picture, where y grows downwards.
    """
    direction = np.subtract(end, start)
    offset = points.astype(np.float64) - np.asarray(start)
    distance: NDArray[np.float64] = (direction[0] * offset[:, 1] - direction[1] * offset[:, 0]) / np.hypot(*direction)
    return distance


def segments_meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the segments ab and cd have a point in common."""

    def turn(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    def between(p: Point, q: Point, r: Point) -> bool:
        return min(p[0], q[0]) <= r[0] <= max(p[0], q[0]) and min(p[1], q[1]) <= r[1] <= max(p[1], q[1])

    abc, abd, cda, cdb = turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)
    if abc * abd < 0 and cda * cdb < 0:
        return True
    return (
        (abc == 0 and between(a, b, c))
        or (abd == 0 and between(a, b, d))
        or (cda == 0 and between(c, d, a))
        or (cdb == 0 and between(c, d, b))
    )


def crosses_itself(polygon: Sequence[Point]) -> bool:
    """Whether two edges of the polygon that are not neighbours meet."""
    count = len(polygon)
    edges = [(polygon[i], polygon[(i + 1) % count]) for i in range(count)]
    return any(
        segments_meet(*edges[i], *edges[j])
        for i in range(count)
        for j in range(i + 2, count)
        if not (i == 0 and j == count - 1)
    )


def polygon_area(polygon: Sequence[Point]) -> float:
    """Area by the shoelace formula."""
    corners = np.asarray(polygon, np.float64)
    following = np.roll(corners, -1, axis=0)
    return float(abs((corners[:, 0] * following[:, 1] - following[:, 0] * corners[:, 1]).sum()) / 2)
