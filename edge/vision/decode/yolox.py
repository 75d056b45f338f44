"""YOLOX (Ge et al. 2021): one output (1, cells, 5 + classes), offsets in cells, log sizes, sigmoids already applied."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge.vision.card import Fit, ModelCard
from edge.vision.decode.base import Decoder, InputStyle, RawDetections, Shapes, best_class, cells, from_centres

LARGEST = 10.0
"""Log of a box's size in cells, at most: more than any picture, and less than overflows where a network is broken."""


class Yolox(Decoder):
    """Centre = (offset + cell)·stride, size = exp(log size)·stride, score = objectness · class score."""

    format = "yolox"
    usual_input = InputStyle("bgr", Fit.LETTERBOX_TOP_LEFT)

    def __init__(self, card: ModelCard, wanted: Sequence[int] | None = None) -> None:
        super().__init__(card, wanted)
        self._corners, self._strides = cells(card, card.strides)

    @staticmethod
    def classes_of(outputs: Shapes) -> int | None:
        """The columns after box and objectness."""
        return outputs[0][2] - 5 if len(outputs) == 1 and len(outputs[0]) == 3 else 0

    def expected(self) -> Shapes:
        """One row per cell."""
        return [(1, len(self._strides), 5 + len(self.card.labels))]

    def decode(self, outputs: Sequence[NDArray[np.float32]], least_score: float) -> RawDetections:
        """Rows whose objectness is too low are left out before anything else is computed."""
        rows = outputs[0][0]
        place = np.flatnonzero(rows[:, 4] >= least_score)
        rows = rows[place]
        scores, classes = best_class(rows[:, 5:], self.wanted)
        scores = scores * rows[:, 4]
        stride = self._strides[place, None]
        boxes = from_centres(
            (rows[:, :2] + self._corners[place]) * stride, np.exp(np.minimum(rows[:, 2:4], LARGEST)) * stride
        )
        sure = scores >= least_score
        return RawDetections(boxes[sure], scores[sure], classes[sure])
