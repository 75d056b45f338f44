"""PicoDet (Yu et al. 2021): per stride a score table, then per stride a table of distance distributions.

Outputs 0..S−1 are scores (1, cells, classes), sigmoid applied; outputs S..2S−1 are (1, cells, 4 × bins): for left, top,
right, bottom a distribution over 0..bins−1 strides (Generalized Focal Loss, Li et al. 2020), whose mean is the distance
from the cell's centre.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Boxes
from edge.vision.card import Fit, ModelCard
from edge.vision.decode.base import Decoder, InputStyle, RawDetections, Shapes, best_class, cells

BINS = 8


class Picodet(Decoder):
    """Only cells whose score is high enough have their distances computed."""

    format = "picodet"
    usual_threshold = 0.5
    usual_input = InputStyle("rgb", Fit.STRETCH, 1.0, (123.675, 116.28, 103.53), (58.395, 57.12, 57.375))

    def __init__(self, card: ModelCard, wanted: Sequence[int] | None = None) -> None:
        super().__init__(card, wanted)
        self._grids = [cells(card, [stride]) for stride in card.strides]

    @staticmethod
    def classes_of(outputs: Shapes) -> int | None:
        """The columns of the first table, if the second half of the tables holds distances."""
        tables = len(outputs) >= 2 and len(outputs) % 2 == 0 and all(len(shape) == 3 for shape in outputs)
        return outputs[0][2] if tables and outputs[-1][2] == 4 * BINS else 0

    def expected(self) -> Shapes:
        """Two tables per stride: scores first, distances after them."""
        sizes = [len(strides) for _, strides in self._grids]
        return [(1, size, len(self.card.labels)) for size in sizes] + [(1, size, 4 * BINS) for size in sizes]

    def decode(self, outputs: Sequence[NDArray[np.float32]], least_score: float) -> RawDetections:
        """The grids one after the other."""
        boxes, scores, classes = [], [], []
        for (corners, strides), table, sides in zip(
            self._grids, outputs[: len(self._grids)], outputs[len(self._grids) :], strict=True
        ):
            place = np.flatnonzero(table[0][:, self.wanted].max(axis=1) >= least_score)
            score, label = best_class(table[0][place], self.wanted)
            boxes.append(_boxes(corners[place], strides[place], sides[0][place]))
            scores.append(score)
            classes.append(label)
        return RawDetections(np.concatenate(boxes), np.concatenate(scores), np.concatenate(classes))


def _boxes(corners: NDArray[np.float32], strides: NDArray[np.float32], sides: NDArray[np.float32]) -> Boxes:
    powers = np.exp(sides.reshape(-1, 4, BINS) - sides.reshape(-1, 4, BINS).max(axis=2, keepdims=True))
    distances = (powers @ np.arange(BINS, dtype=np.float32)) / powers.sum(axis=2) * strides[:, None]
    centres = (corners + 0.5) * strides[:, None]
    return np.concatenate([centres - distances[:, :2], centres + distances[:, 2:]], axis=1).astype(np.float32)
