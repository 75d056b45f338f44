"""Everybody of some labels in one scene, as columns: how far each is from things."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from edge.rules.boxes import Box
from edge.vision.scene import Scene, Tracks

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Bodies:
    """N bodies: some rows of a scene's tracks. Columns are made when asked for."""

    tracks: Tracks
    rows: list[int]
    aspect: float
    """How much longer a share of the picture's width is than one of its height."""

    @classmethod
    def of(cls, scene: Scene, labels: tuple[str, ...]) -> "Bodies":
        """Those of the labels."""
        return cls(scene.tracks, scene.tracks.rows_of(labels), scene.aspect)

    @cached_property
    def ids(self) -> NDArray[np.int64]:
        """(N,)"""
        return self.tracks.ids[self.rows]

    @cached_property
    def boxes(self) -> Numbers:
        """(N, 4) xyxy, shares of the picture."""
        return self.tracks.boxes[self.rows].astype(np.float64)

    @cached_property
    def row_of(self) -> dict[int, int]:
        """Row among the bodies by id."""
        return {self.tracks.numbers[row]: number for number, row in enumerate(self.rows)}

    def box(self, number: int) -> Box:
        """Of one of them."""
        return self.tracks.boxes_at[self.rows[number]]

    def away(self, things: Sequence[Box]) -> Numbers:
        """(things, N) how far each thing is from the feet of each body, in heights of the body."""
        return away(self.boxes, np.array(things, np.float64).reshape(-1, 4), self.aspect)


def away(bodies: Numbers, things: Numbers, aspect: float) -> Numbers:
    """(things, bodies) how far each thing is from the feet of each body, boxes both, in heights of the body."""
    left, bottom, right = things[:, 0, None], things[:, 3, None], things[:, 2, None]
    foot = (bodies[:, 0] + bodies[:, 2]) / 2
    across = np.maximum(np.maximum(left - foot, foot - right), 0.0) * aspect
    distance: Numbers = np.hypot(across, bodies[:, 3] - bottom) / heights(bodies)
    return distance


def heights(boxes: Numbers) -> Numbers:
    """(N,) shares of the picture's height."""
    return np.maximum(boxes[:, 3] - boxes[:, 1], 1e-6)
