"""Plane geometry in picture coordinates: 0..1, x to the right, y down."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge.vision.scene import Tracks

Point = tuple[float, float]

FEW = 50
"""Points up to which it is faster to do without arrays."""
ROUNDING = 1e-12
"""More than what rounding moves a point of an edge by."""
BEYOND = 1e-6
"""How far a zone that reaches the picture's edge reaches beyond it."""


class Polygon:
    """A polygon whose edges are laid out once, for it is asked about every frame."""

    def __init__(self, corners: Sequence[Point]) -> None:
        self.key = f"polygon {tuple(corners)}"
        """Equal polygons have equal keys. A string, for it is hashed but once."""
        self._x, self._y = np.array(corners, np.float64).T
        x2, self._y2 = np.roll(self._x, -1), np.roll(self._y, -1)
        rise = self._y2 - self._y
        self._slope = (x2 - self._x) / np.where(rise == 0, 1.0, rise)
        columns = (self._x.tolist(), self._y.tolist(), self._y2.tolist(), self._slope.tolist())
        self._edges: list[tuple[float, float, float, float]] = list(zip(*columns, strict=True))
        across, down = columns[:2]
        self._bounds = min(across) - ROUNDING, min(down), max(across) + ROUNDING, max(down)

    def holds(self, points: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Which of the points (N, 2) lie in it, by the even-odd rule (Shimrat 1962). Shape (N,)."""
        if len(points) <= FEW:
            return np.array(self._holds_each(points.tolist()), np.bool_)
        x, y = points.astype(np.float64).T[:, :, None]
        spans = (self._y > y) != (self._y2 > y)
        crossings = spans & (x < self._slope * (y - self._y) + self._x)
        odd: NDArray[np.bool_] = np.logical_xor.reduce(crossings, axis=1)
        return odd

    def holds_feet(self, tracks: Tracks) -> list[bool]:
        """Which of all tracks stand in it; worked out once for all rules that ask about the same corners."""
        return tracks.by_row(self.key, self._holds_feet)

    def _holds_feet(self, tracks: Tracks) -> list[bool]:
        if len(tracks) <= FEW:
            return self._holds_each(tracks.feet_at)
        held: list[bool] = self.holds(tracks.feet).tolist()
        return held

    def holds_foot(self, box: tuple[float, float, float, float]) -> bool:
        """Whether the middle of a box's bottom edge lies in it, rounded as the feet of tracks are."""
        return self.has(float(np.float32((box[0] + box[2]) / 2)), float(np.float32(box[3])))

    def has(self, x: float, y: float) -> bool:
        """Whether it holds one point."""
        return self._holds_each([(x, y)])[0]

    def _holds_each(self, points: Sequence[Point]) -> list[bool]:
        """As `holds`, in the same arithmetic, without arrays."""
        left, top, right, bottom = self._bounds
        return [left <= x <= right and top <= y <= bottom and self._odd(x, y) for x, y in points]

    def _odd(self, x: float, y: float) -> bool:
        """Whether a ray from a point to the right meets an odd number of edges."""
        odd = False
        for x1, y1, y2, slope in self._edges:
            if (y1 > y) != (y2 > y) and x < slope * (y - y1) + x1:
                odd = not odd
        return odd


def zone_polygon(corners: Sequence[Point]) -> Polygon:
    """A zone of the picture. Where it reaches the picture's edge, who is cut off there stands in it: his feet are on
    the edge, and the even-odd rule counts no point of a lower edge."""
    return Polygon([(_beyond(x), _beyond(y)) for x, y in corners])


def _beyond(at: float) -> float:
    return -BEYOND if at <= 0 else 1 + BEYOND if at >= 1 else at


def inside(points: NDArray[np.float32], polygon: Sequence[Point]) -> NDArray[np.bool_]:
    """Which of the points (N, 2) lie in a polygon that is asked about once: see `Polygon.holds`. Shape (N,)."""
    return Polygon(polygon).holds(points)


class Straight:
    """The straight line through two points, with a direction from the one to the other."""

    def __init__(self, start: Point, end: Point) -> None:
        self._key = f"straight {start} {end}"
        self._x, self._y = start
        self._across, self._down = end[0] - start[0], end[1] - start[1]
        self._length = float(np.hypot(self._across, self._down))

    def sides(self, points: Sequence[Point]) -> list[float]:
        """Signed distances of points: positive on the line's right.

        Right as one walks from start to end and looks at the picture, where y grows downwards.
        """
        left, top, across, down, length = self._x, self._y, self._across, self._down, self._length
        return [(across * (y - top) - down * (x - left)) / length for x, y in points]

    def sides_of_feet(self, tracks: Tracks) -> list[float]:
        """Those of all tracks' feet; worked out once for all rules that ask about the same line."""
        return tracks.by_row(self._key, lambda these: self.sides(these.feet_at))


def segments_meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the segments ab and cd have a point in common."""

    def turn(p: Point, q: Point, r: Point) -> float:
        if p > q:  # always from the same end, so that rounding is the same whichever way round a segment is named
            return -turn(q, p, r)
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
