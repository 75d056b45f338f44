"""Everybody of some labels in one scene, as columns: how far each is from things."""

from collections.abc import Mapping, Sequence
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
        tracks, rows = scene.tracks, scene.tracks.rows_of(labels)
        ids = tracks.ids if len(rows) == len(tracks) else tracks.ids[rows]
        return cls(ids, tracks.precise_boxes_of(labels), scene.aspect)

    @classmethod
    def together(cls, several: Sequence["Bodies"]) -> "Bodies":
        """Those of several scenes, one or more."""
        ids, boxes = [bodies.ids for bodies in several], [bodies.boxes for bodies in several]
        return cls(np.concatenate(ids), np.concatenate(boxes), several[0].aspect)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def rows(self) -> Mapping[int, int]:
        """By id, of bodies of one scene."""
        return {number: row for row, number in enumerate(self.ids.tolist())}

    @property
    def heights(self) -> Numbers:
        """(N,) shares of the picture's height."""
        return np.maximum(self.boxes[:, 3] - self.boxes[:, 1], 1e-6)

    def away(self, things: Sequence[Box]) -> Numbers:
        """(things, N) how far each thing is from the feet of each body, in heights of the body."""
        left, _, right, bottom = np.array(things, np.float64).reshape(-1, 4).T[..., None]
        foot = (self.boxes[:, 0] + self.boxes[:, 2]) / 2
        across = np.maximum(np.maximum(left - foot, foot - right), 0.0) * self.aspect
        distance: Numbers = np.hypot(across, self.boxes[:, 3] - bottom) / self.heights
        return distance
