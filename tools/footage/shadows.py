"""The shadow of one thing on the plate: cast from points on its surface, light by light. Numpy and OpenCV only.

The plate knows how much of each pixel's light comes from each lamp, so a shadow takes away exactly that lamp's share;
what already lies in the shade of a wall gets no darker. It costs some ten milliseconds and has no noise.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.footage.figure import Solid
from tools.footage.world import Point

Reals = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Source:
    """A light: `direction` towards it (sun) or `position` (lamp); `share` (H, W) of each pixel's light."""

    share: Reals
    direction: Point | None = None
    position: Point | None = None
    soft_m: float = 0.02


class Sampler:
    """Points spread evenly over a solid's surface, which follow its vertices."""

    def __init__(self, solid: Solid, count: int = 14000) -> None:
        faces = np.where(solid.faces < 0, solid.faces[:, [2]], solid.faces)
        a, b, c, d = (solid.vertices[faces[:, k]] for k in range(4))
        areas = np.linalg.norm(np.cross(c - a, d - b), axis=1) / 2
        areas = np.where(solid.faces[:, 3] < 0, np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2, areas)
        dice = np.random.default_rng(1)
        chosen = dice.choice(len(faces), count, p=areas / areas.sum())
        u, v = dice.random((2, count)).astype(np.float32)
        self._corners = faces[chosen]
        self._weights = np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], 1).astype(np.float32)
        self.step_m = float(np.sqrt(areas.sum() / count))

    def points(self, vertices: Reals) -> Reals:
        """The points (count, 3) for a position of the vertices."""
        result: Reals = np.einsum("nk,nkj->nj", self._weights, vertices[self._corners])
        return result


def ground_hits(points: Reals, source: Source) -> Reals:
    """Where the shadows of points fall on the ground z = 0 (N, 3); far away ones are cut at 12 m."""
    if source.direction is not None:
        toward = np.broadcast_to(np.array(source.direction, np.float32), points.shape)
    else:
        toward = np.array(source.position, np.float32) - points
    rise = np.maximum(toward[:, 2:], 1e-3)
    away = -toward * (points[:, 2:] / rise)
    length = np.linalg.norm(away, axis=1, keepdims=True)
    result: Reals = points + away * np.minimum(1.0, 12.0 / np.maximum(length, 1e-6))
    return result


def _basis(along: NDArray[np.floating]) -> NDArray[np.float64]:
    along = along / np.linalg.norm(along)
    side = np.cross(along, [0.0, 0, 1] if abs(along[2]) < 0.9 else [1.0, 0, 0])
    side /= np.linalg.norm(side)
    return np.stack([side, np.cross(side, along), along])


def cast(points: Reals, step_m: float, receivers: Reals, source: Source) -> Reals:
    """How much of the source each receiver (h, w, 3) loses to the thing: 0 none, 1 all."""
    if source.direction is not None:
        axes = _basis(-np.array(source.direction))
        flat, onto = points @ axes.T, receivers @ axes.T
        cell, soft = max(0.02, step_m), source.soft_m
        origin = flat[:, :2].min(0) - 4 * cell
        near, far = flat, onto
    else:
        place = np.array(source.position)
        axes = _basis(points.mean(0) - place)
        flat, onto = (points - place) @ axes.T, (receivers - place) @ axes.T
        middle = max(0.2, float(np.median(flat[:, 2])))
        near = np.concatenate([flat[:, :2] / np.maximum(flat[:, 2:], 0.05) * middle, flat[:, 2:]], 1)
        depth = np.maximum(onto[..., 2:], 0.05)
        far = np.concatenate([onto[..., :2] / depth * middle, onto[..., 2:]], -1)
        cell, soft = max(0.02, step_m), source.soft_m
        origin = near[:, :2].min(0) - 4 * cell
    size = np.ceil((near[:, :2].max(0) + 4 * cell - origin) / cell).astype(int) + 1
    if size.max() > 2000:
        return np.zeros(receivers.shape[:2], np.float32)
    column, row = ((near[:, :2] - origin) / cell).round().astype(int).T
    grid = np.full((size[1], size[0]), 1e6, np.float32)
    np.minimum.at(grid, (row, column), near[:, 2].astype(np.float32))
    kernel = np.ones((3, 3), np.uint8)
    covered = cv2.morphologyEx((grid < 1e5).astype(np.uint8), cv2.MORPH_CLOSE, kernel, iterations=2)
    front = cv2.erode(grid, kernel, iterations=2)
    cover = cv2.GaussianBlur(covered.astype(np.float32), (0, 0), max(0.6, soft / cell))
    x = ((far[..., 0] - origin[0]) / cell).astype(np.float32)
    y = ((far[..., 1] - origin[1]) / cell).astype(np.float32)
    dark = cv2.remap(cover, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    before = cv2.remap(front, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=1e6)
    behind = far[..., 2] > np.where(before > 1e5, float(near[:, 2].min()), before) - 0.05
    result: Reals = np.where(behind & (far[..., 2] > 0 if source.direction is None else True), dark, 0).astype(
        np.float32
    )
    return result


def occlusion(points: Reals, receivers: Reals, normals: Reals) -> Reals:
    """How much of the sky each receiver (h, w, 3) with its normal loses: the thing as a heap of balls, 0 … 0.9."""
    size = max(0.16, float(np.ptp(points, axis=0).max()) / 9)
    _, group = np.unique(np.floor(points / size).astype(int), axis=0, return_inverse=True)
    count = int(group.max()) + 1
    many = np.bincount(group, minlength=count)
    centres = np.stack([np.bincount(group, points[:, k], count) / many for k in range(3)], 1).astype(np.float32)
    keep = many > 0.15 * many.mean()
    lost = np.zeros(receivers.shape[:2], np.float32)
    radius = 0.46 * size
    for centre in centres[keep]:
        toward = centre - receivers
        far2 = np.maximum((toward * toward).sum(-1), radius * radius)
        facing = np.maximum((toward * normals).sum(-1) / np.sqrt(far2), 0)
        lost += facing * (radius * radius) / far2
    result: Reals = np.minimum(lost * 0.75, 0.85).astype(np.float32)
    return result
