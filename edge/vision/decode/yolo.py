"""YOLOv8 and YOLO11: one output (1, 4 + classes, cells): centre x, y, width, height in pixels, then class scores."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge.vision.card import Fit, ModelCard
from edge.vision.decode.base import UNIT, Decoder, InputStyle, RawDetections, Shapes, best_class, cells, from_centres


class Yolo(Decoder):
    """No objectness; columns are cells. Extra columns, as a pose model has, do not fit."""

    format = "yolo"
    usual_threshold = 0.3
    usual_input = InputStyle("rgb", Fit.LETTERBOX_CENTRED, UNIT)

    def __init__(self, card: ModelCard, wanted: Sequence[int] | None = None) -> None:
        super().__init__(card, wanted)
        self._cells = len(cells(card, card.strides)[1])

    @staticmethod
    def classes_of(outputs: Shapes) -> int | None:
        """The rows after the box."""
        return outputs[0][1] - 4 if len(outputs) == 1 and len(outputs[0]) == 3 else 0

    def expected(self) -> Shapes:
        """One column per cell."""
        return [(1, 4 + len(self.card.labels), self._cells)]

    def decode(self, outputs: Sequence[NDArray[np.float32]], least_score: float) -> RawDetections:
        """Cells are chosen by their best class before the table is turned."""
        table = outputs[0][0]
        place = np.flatnonzero(table[4 + self.wanted].max(axis=0) >= least_score)
        rows = table[:, place].T
        scores, classes = best_class(rows[:, 4:], self.wanted)
        return RawDetections(from_centres(rows[:, :2], rows[:, 2:4]), scores, classes)
