"""End-to-end detectors (YOLO26, RT-DETR exports): one output (1, N, 6): x1, y1, x2, y2 in pixels, score, class."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge.vision.decode.base import Decoder, RawDetections, Shapes


class EndToEnd(Decoder):
    """The network has chosen among overlapping boxes itself, so no suppression follows."""

    format = "end_to_end"
    needs_suppression = False

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
