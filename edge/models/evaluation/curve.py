"""Precision and recall by score, and the figures that are read off that curve."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Curve:
    """What holds if boxes of at least a score count: one point for each score that occurs, highest first.

    Boxes of one score come in together, so nothing depends on the order of pictures.
    """

    scores: NDArray[np.float64]
    right: NDArray[np.int64]
    false: NDArray[np.int64]
    wanted: int
    """How many there are to be found."""

    @classmethod
    def of(cls, scores: NDArray[np.floating], right: NDArray[np.bool_], wanted: int) -> "Curve":
        """scores (N,), and whether each box is right (N,)."""
        order = np.argsort(-scores, kind="stable")
        ranked = scores[order].astype(np.float64)
        last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True)) if len(ranked) else np.zeros(0, np.int64)
        hits = np.cumsum(right[order])[last].astype(np.int64)
        return cls(ranked[last], hits, last + 1 - hits, wanted)

    @property
    def recall(self) -> NDArray[np.float64]:
        """Which part of what is there is found."""
        share: NDArray[np.float64] = self.right / max(self.wanted, 1)
        return share

    @property
    def precision(self) -> NDArray[np.float64]:
        """Which part of the boxes is right."""
        share: NDArray[np.float64] = self.right / np.maximum(self.right + self.false, 1)
        return share

    def average_precision(self) -> float:
        """Area under the precision envelope over all points: Σ (rₙ − rₙ₋₁) · max p(r ≥ rₙ), 0..1.

        The definition of PASCAL VOC since 2010; COCO's samples the same envelope at 101 recalls, which differs by less
        than 0.01 for more than a hundred objects.
        """
        envelope = np.maximum.accumulate(self.precision[::-1])[::-1]
        return float(np.sum(np.diff(self.recall, prepend=0.0) * envelope))

    def recall_at(self, false_boxes: float) -> tuple[float, float | None]:
        """Recall with at most so many false boxes in all, and the score it takes; None if no score does."""
        allowed = np.flatnonzero(self.false <= false_boxes)
        if not len(allowed):
            return 0.0, None
        return float(self.recall[allowed[-1]]), float(self.scores[allowed[-1]])

    def best_f1(self) -> tuple[float, float | None]:
        """The highest harmonic mean of precision and recall, and its score; of equals the highest score."""
        if not len(self.scores):
            return 0.0, None
        f1 = 2 * self.right / np.maximum(self.right + self.false + self.wanted, 1)
        best = int(np.argmax(f1))
        return float(f1[best]), float(self.scores[best])
