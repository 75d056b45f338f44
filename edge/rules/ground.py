"""The ground plane of a camera: from points of the picture to metres, by a homography. Pure.

A rule that measures takes metres where the camera file tells how its picture lies on the ground: by four points that
somebody measured, or as estimated from the heights of the people seen (`edge/rules/heights.py`). Without either it
measures in body heights, the height of a thing's own box.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from edge.complaints import UnfitError, complaint
from edge.rules.geometry import polygon_area

Numbers = NDArray[np.float64]
GroundPoint = tuple[float, float, float, float]
"""x, y as shares of the picture; metres to the east and to the north of any one spot."""

FARTHEST = 20.0
"""Beyond so many times the distance of the nearest ground in view, a pixel is too many metres to measure with."""
IN_LINE = 0.02
"""Four points span a ground if each three of them fill at least this share of the rectangle around all."""


class Ground:
    """A flat ground seen by one camera.

    `matrix` (3, 3) takes (x, y, 1) of the picture to metres times nearness, and nearness: 1 where the ground is nearest
    in the picture, one half twice as far away, and nothing at the horizon.
    """

    def __init__(self, matrix: Numbers) -> None:
        """Of any scale; its last row must be positive where the ground is in view."""
        corners = np.array([[0, 0, 1], [1, 0, 1], [0, 1, 1], [1, 1, 1]]) @ matrix[2]
        self.matrix = matrix / corners.max()

    @classmethod
    def measured(cls, points: Sequence[GroundPoint]) -> "Ground":
        """From four points of the ground. Raises UnfitError that says what is wrong with them and what to do."""
        table = np.array(points, np.float64)
        _check(table)
        rows = [
            row
            for x, y, east, north in table
            for row in ([x, y, 1, 0, 0, 0, -east * x, -east * y], [0, 0, 0, x, y, 1, -north * x, -north * y])
        ]
        matrix = np.append(np.linalg.solve(np.array(rows), table[:, 2:].ravel()), 1.0).reshape(3, 3)
        nearness = np.c_[table[:, :2], np.ones(4)] @ matrix[2]
        if not (np.all(nearness > 0) or np.all(nearness < 0)):
            raise UnfitError(complaint("ground.crossed"))
        matrix *= np.sign(nearness[0])
        if np.linalg.det(matrix) > 0:
            raise UnfitError(complaint("ground.mirrored"))
        return cls(matrix)

    def sees(self, points: Numbers) -> NDArray[np.bool_]:
        """Which picture points (N, 2) lie on ground that is near enough to be measured. Shape (N,)."""
        seen: NDArray[np.bool_] = points @ self.matrix[2, :2] + self.matrix[2, 2] >= 1 / FARTHEST
        return seen

    def metres(self, points: Numbers) -> Numbers:
        """Where picture points (N, 2) lie on the ground (N, 2), metres; NaN where it cannot be measured."""
        local = points @ self.matrix[:, :2].T + self.matrix[:, 2]
        nearness = np.where(self.sees(points), local[:, 2], np.nan)
        metres: Numbers = local[:, :2] / nearness[:, None]
        return metres

    def velocities(self, points: Numbers, velocities: Numbers) -> Numbers:
        """What moves (N, 2) at picture points (N, 2) come to on the ground: shares to metres, each per second.

        Only of points that it sees.
        """
        local = points @ self.matrix[:, :2].T + self.matrix[:, 2]
        change = velocities @ self.matrix[:, :2].T
        nearness = local[:, 2:]
        found: Numbers = (change[:, :2] - local[:, :2] / nearness * change[:, 2:]) / nearness
        return found

    def head_moves(self, points: Numbers, heights: Numbers) -> Numbers:
        """By how much the head of who stands at picture points (N, 2) moves down when his feet move down by one (N,).

        `heights` (N,): how high he is in the picture. Feet are as far below the horizon as the camera is above them, a
        head as far as the camera is above it. Only of points that it sees.
        """
        share: Numbers = 1 - heights * self.matrix[2, 1] / (points @ self.matrix[2, :2] + self.matrix[2, 2])
        return share


def _check(table: Numbers) -> None:
    """Raises UnfitError for points that span no ground."""
    if not ((table[:, :2] >= 0) & (table[:, :2] <= 1)).all():
        raise UnfitError(complaint("ground.outside_picture"))
    for columns, where in ((table[:, :2], "picture"), (table[:, 2:], "ground")):
        wide, high = np.ptp(columns, axis=0)
        least = min(polygon_area([(x, y) for x, y in columns[list(three)]]) for three in combinations(range(4), 3))
        if least <= IN_LINE * wide * high:
            raise UnfitError(complaint(f"ground.in_line_{where}"))
