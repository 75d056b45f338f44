"""What a camera sees where: points of the world to the picture and back, pans as changes of the picture.

Picture points are shares of width and height, x to the right and y down, (0, 0) the upper left corner; the camera is
upright (its horizon is level), its pixels are square, and its lens draws straight lines straight.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tools.footage.world import Point, View

Numbers = NDArray[np.float64]
NEAREST_M = 0.05
"""Nearer than this along the axis nothing is seen."""


@dataclass(frozen=True)
class Projection:
    """The mathematics of one view. Raises ValueError for a view that looks straight up or down."""

    view: View

    @cached_property
    def axes(self) -> Numbers:
        """Rows: right, up, forward, as unit vectors of the world."""
        forward = np.subtract(self.view.target, self.view.position)
        forward = forward / np.linalg.norm(forward)
        right = np.cross(forward, (0.0, 0.0, 1.0))
        if np.linalg.norm(right) < 1e-6:
            raise ValueError("the camera looks straight up or down; move its target aside")
        right = right / np.linalg.norm(right)
        return np.stack([right, np.cross(right, forward), forward])

    @property
    def focal(self) -> Numbers:
        """Focal length in widths and in heights of the picture (2,)."""
        wide = 0.5 / np.tan(np.radians(self.view.fov_deg) / 2)
        return np.array([wide, wide * self.view.width / self.view.height])

    def seen(self, points: ArrayLike) -> tuple[Numbers, Numbers]:
        """Where points (N, 3) lie in the picture (N, 2), and their depths along the axis (N,).

        What is behind the camera has a depth of no more than `NEAREST_M`; its place in the picture means nothing.
        """
        local = (np.asarray(points, np.float64).reshape(-1, 3) - self.view.position) @ self.axes.T
        depth = local[:, 2]
        ratio = local[:, :2] / np.maximum(depth, NEAREST_M)[:, None] * self.focal
        return np.array([0.5, 0.5]) + ratio * [1.0, -1.0], depth

    def on_ground(self, shares: ArrayLike, height_m: float = 0.0) -> Numbers:
        """Where rays through picture points (N, 2) meet the plane of some height (N, 2); NaN above the horizon."""
        offset = (np.asarray(shares, np.float64).reshape(-1, 2) - 0.5) * [1.0, -1.0] / self.focal
        rays = np.concatenate([offset, np.ones((len(offset), 1))], axis=1) @ self.axes
        with np.errstate(divide="ignore", invalid="ignore"):
            lengths = (height_m - self.view.position[2]) / rays[:, 2]
        met = np.asarray(self.view.position)[:2] + lengths[:, None] * rays[:, :2]
        met[~(np.isfinite(lengths) & (lengths > 0))] = np.nan
        return met

    def polygon(self, outline: Sequence[tuple[float, float]], height_m: float = 0.0) -> list[tuple[float, float]]:
        """The part of an outline on the ground that the picture shows, as picture points; empty where there is none."""
        world = [np.array([x, y, height_m]) for x, y in outline]
        ahead = _cut(world, lambda p: float((p - self.view.position) @ self.axes[2]) - NEAREST_M)
        if not ahead:
            return []
        corners = list(self.seen(np.array(ahead))[0])
        for edge in (lambda p: p[0], lambda p: 1 - p[0], lambda p: p[1], lambda p: 1 - p[1]):
            corners = _cut(corners, edge)
        return [(float(x), float(y)) for x, y in np.clip(corners, 0, 1)] if len(corners) >= 3 else []

    def sees(self, points: ArrayLike, margin: float = 0.0) -> bool:
        """Whether the box around the points in the picture, widened by a share of it, meets the picture."""
        shares, depth = self.seen(points)
        if not (depth > NEAREST_M).any():
            return False
        shares = shares[depth > NEAREST_M]
        low, high = shares.min(axis=0) - margin, shares.max(axis=0) + margin
        return bool((low < 1).all() and (high > 0).all())


def _cut(points: Sequence[Numbers], inside: Callable[[Numbers], float]) -> list[Numbers]:
    """The polygon's part where `inside` is not negative (Sutherland and Hodgman 1974)."""
    kept: list[Numbers] = []
    for before, point in zip([points[-1], *points[:-1]] if len(points) else [], points, strict=True):
        a, b = inside(before), inside(point)
        if (a >= 0) != (b >= 0):
            kept.append(before + (point - before) * (a / (a - b)))
        if b >= 0:
            kept.append(point)
    return kept


def turned(view: View, pan_deg: float, tilt_deg: float) -> View:
    """The camera turned on its mount: to the right by `pan_deg`, upwards by `tilt_deg`."""
    axis = np.subtract(view.target, view.position)
    length = float(np.linalg.norm(axis))
    azimuth = np.arctan2(axis[1], axis[0]) - np.radians(pan_deg)
    elevation = np.arcsin(axis[2] / length) + np.radians(tilt_deg)
    limit = np.radians(89.0)
    elevation = float(np.clip(elevation, -limit, limit))
    ahead = np.array([np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)])
    x, y, z = np.add(view.position, ahead * length)
    target: Point = (float(x), float(y), float(z))
    return replace(view, target=target)


def homography(source: View, target: View) -> Numbers:
    """Pixels of `source` to pixels of `target` (3, 3), for two directions of one camera that stays where it is."""

    def matrix(view: View) -> Numbers:
        focal = 0.5 * view.width / np.tan(np.radians(view.fov_deg) / 2)
        inner = np.array([[focal, 0, view.width / 2], [0, -focal, view.height / 2], [0, 0, 1]])
        return inner @ Projection(view).axes

    return matrix(target) @ np.linalg.inv(matrix(source))
