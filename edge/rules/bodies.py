"""Everybody of some labels in one scene, as columns: how far each is from a thing, and how much of it each covers."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from edge.rules.boxes import Box
from edge.vision.scene import Scene

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Bodies:
    """N bodies."""

    ids: NDArray[np.int64]
    boxes: Numbers
    """(N, 4) xyxy, shares of the picture."""
    aspect: float
    """How much longer a share of the picture's width is than one of its height."""

    @classmethod
    def of(cls, scene: Scene, labels: tuple[str, ...]) -> "Bodies":
        """Those of the labels."""
        tracks = scene.tracks
        rows = [row for row, label in enumerate(tracks.labels) if label in labels]
        return cls(tracks.ids[rows], tracks.boxes[rows].astype(np.float64), scene.aspect)

    @cached_property
    def heights(self) -> Numbers:
        """(N,) shares of the picture's height."""
        return np.maximum(self.boxes[:, 3] - self.boxes[:, 1], 1e-6)

    def away(self, box: Box) -> Numbers:
        """(N,) how far a thing is from the feet of each, in heights of each."""
        foot = (self.boxes[:, 0] + self.boxes[:, 2]) / 2
        across = np.maximum(np.maximum(box[0] - foot, foot - box[2]), 0.0) * self.aspect
        return np.hypot(across, self.boxes[:, 3] - box[3]) / self.heights

    def common(self, box: Box) -> Numbers:
        """(N,) the area that each shares with a thing."""
        sides = np.minimum(self.boxes[:, 2:], box[2:]) - np.maximum(self.boxes[:, :2], box[:2])
        shared: Numbers = np.maximum(sides, 0.0).prod(axis=1)
        return shared

    def overlap(self, box: Box) -> Numbers:
        """(N,) intersection over union with a thing."""
        shared = self.common(box)
        own = (self.boxes[:, 2:] - self.boxes[:, :2]).prod(axis=1)
        overlap: Numbers = shared / np.maximum(own + (box[2] - box[0]) * (box[3] - box[1]) - shared, 1e-9)
        return overlap
