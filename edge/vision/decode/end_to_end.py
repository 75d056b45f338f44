"""End-to-end detectors (YOLO26, RT-DETR exports): one output (1, N, 6): x1, y1, x2, y2 in pixels, score, class."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge.vision.card import Fit
from edge.vision.decode.base import UNIT, Decoder, InputStyle, RawDetections, Shapes


class EndToEnd(Decoder):
    """The network has chosen among overlapping boxes itself, so no suppression follows."""

    format = "end_to_end"
    usual_threshold = 0.3
    usual_input = InputStyle("rgb", Fit.LETTERBOX_CENTRED, UNIT)
    needs_suppression = False

    @staticmethod
    def classes_of(outputs: Shapes) -> int | None:
        """Six columns, whatever the number of classes."""
        return None if len(outputs) == 1 and len(outputs[0]) == 3 and outputs[0][2] == 6 else 0

    def expected(self) -> Shapes:
        """Any number of rows (0 stands for any), six columns."""
        return [(1, 0, 6)]

    def decode(self, outputs: Sequence[NDArray[np.float32]], least_score: float) -> RawDetections:
        """Rows above the score."""
        rows = outputs[0][0]
        rows = rows[(rows[:, 4] >= least_score) & np.isin(rows[:, 5].astype(np.int64), self.wanted)]
        return RawDetections(
            np.ascontiguousarray(rows[:, :4]), np.ascontiguousarray(rows[:, 4]), rows[:, 5].astype(np.int64)
        )
