"""Detection transformers (RT-DETR, D-FINE): class logits (1, N, classes), then boxes (1, N, 4) as shares.

Each of N queries is one object or none: score = sigmoid(logit), box = centre x, y, width, height as shares of the
input (Zhao et al. 2024, Peng et al. 2025; the ONNX form of Hugging Face's Optimum: `logits`, `pred_boxes`).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge.vision.card import Fit
from edge.vision.decode.base import UNIT, Decoder, InputStyle, RawDetections, Shapes, best_class, from_centres


class Detr(Decoder):
    """The network has chosen among overlapping boxes itself, so no suppression follows."""

    format = "detr"
    usual_threshold = 0.5
    usual_input = InputStyle("rgb", Fit.STRETCH, UNIT)
    needs_suppression = False

    @staticmethod
    def classes_of(outputs: Shapes) -> int | None:
        """The columns of the logits, if boxes follow."""
        pair = len(outputs) == 2 and all(len(shape) == 3 for shape in outputs)
        return outputs[0][2] if pair and outputs[1][2] == 4 else 0

    def expected(self) -> Shapes:
        """Any number of queries (0 stands for any)."""
        return [(1, 0, len(self.card.labels)), (1, 0, 4)]

    def decode(self, outputs: Sequence[NDArray[np.float32]], least_score: float) -> RawDetections:
        """Queries are chosen by their best class before boxes are computed."""
        logits, classes = best_class(outputs[0][0], self.wanted)
        scores = (1 / (1 + np.exp(-np.clip(logits, -80, 80)))).astype(np.float32, copy=False)
        place = np.flatnonzero(scores >= least_score)
        size = np.array([self.card.input.width, self.card.input.height], np.float32)
        boxes = outputs[1][0][place]
        return RawDetections(from_centres(boxes[:, :2] * size, boxes[:, 2:] * size), scores[place], classes[place])
