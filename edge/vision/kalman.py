"""Constant-velocity Kalman filters for many boxes at once.

Centre x, centre y, width and height are independent of each other, so each box is four filters of two states (value,
velocity per second); all of them live in arrays. Noise is relative to the box's size, after SORT (Bewley et al. 2016)
and ByteTrack (Zhang et al. 2022), but per second rather than per frame, so that frame rates may change.
"""

import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Boxes

MEASUREMENT = 0.05
"""Standard deviation of a detected value, in box sizes."""
ACCELERATION = 1.2
"""Standard deviation of the velocity's change in a second, in box sizes per second."""
FIRST_VELOCITY = 1.5
"""Standard deviation of an unknown velocity, in box sizes per second."""

Array = NDArray[np.float32]


def to_values(boxes: Boxes) -> Array:
    """xyxy (N, 4) to centre x, centre y, width, height."""
    size = boxes[:, 2:] - boxes[:, :2]
    return np.concatenate([boxes[:, :2] + size / 2, size], axis=1)


def to_boxes(values: Array) -> Boxes:
    """The other way round; a size below nothing counts as nothing."""
    half = np.maximum(values[:, 2:], 0) / 2
    return np.concatenate([values[:, :2] - half, values[:, :2] + half], axis=1)


class Filters:
    """N boxes: `values` and `velocities` (N, 4); `spread` (N, 4, 3) holds var(value), covariance, var(velocity)."""

    def __init__(self) -> None:
        self.values: Array = np.zeros((0, 4), np.float32)
        self.velocities: Array = np.zeros((0, 4), np.float32)
        self.spread: Array = np.zeros((0, 4, 3), np.float32)

    def __len__(self) -> int:
        return len(self.values)

    def add(self, boxes: Boxes) -> None:
        """New boxes at rest, of unknown velocity."""
        values = to_values(boxes)
        scale = _scale(values)
        spread = np.zeros((len(values), 4, 3), np.float32)
        spread[:, :, 0] = (2 * MEASUREMENT * scale) ** 2
        spread[:, :, 2] = (FIRST_VELOCITY * scale) ** 2
        self.values = np.concatenate([self.values, values])
        self.velocities = np.concatenate([self.velocities, np.zeros_like(values)])
        self.spread = np.concatenate([self.spread, spread])

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Drop the others."""
        self.values, self.velocities, self.spread = self.values[rows], self.velocities[rows], self.spread[rows]

    def predict(self, step_s: float) -> None:
        """Let `step_s` seconds pass."""
        noise = (ACCELERATION * _scale(self.values)) ** 2 * step_s
        self.values += self.velocities * np.float32(step_s)
        spread = self.spread
        spread[:, :, 0] += step_s * (2 * spread[:, :, 1] + step_s * spread[:, :, 2]) + noise * step_s**2 / 3
        spread[:, :, 1] += step_s * spread[:, :, 2] + noise * step_s / 2
        spread[:, :, 2] += noise

    def correct(self, rows: NDArray[np.int64], boxes: Boxes) -> None:
        """Take detected boxes (K, 4) into the filters `rows` (K,)."""
        if not len(rows):
            return
        measured = to_values(boxes)
        spread = self.spread[rows]
        total = spread[:, :, 0] + (MEASUREMENT * _scale(measured)) ** 2
        gain, drift = spread[:, :, 0] / total, spread[:, :, 1] / total
        surprise = measured - self.values[rows]
        self.values[rows] += gain * surprise
        self.velocities[rows] += drift * surprise
        corrected = np.empty_like(spread)
        corrected[:, :, 0] = (1 - gain) * spread[:, :, 0]
        corrected[:, :, 1] = (1 - gain) * spread[:, :, 1]
        corrected[:, :, 2] = spread[:, :, 2] - drift * spread[:, :, 1]
        self.spread[rows] = corrected

    def stop(self, rows: NDArray[np.bool_]) -> None:
        """These stand still: no velocity."""
        self.velocities[rows] = 0


def _scale(values: Array) -> Array:
    """The size by which each of the four values is measured: width for x and width, height for y and height."""
    sizes = np.maximum(values[:, 2:], 1e-4)
    return np.concatenate([sizes, sizes], axis=1)
