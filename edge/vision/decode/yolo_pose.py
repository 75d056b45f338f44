"""YOLO pose models as detectors: rows of key points follow the class scores and are not looked at."""

from edge.vision.decode.base import Shapes
from edge.vision.decode.yolo import Yolo


class YoloPose(Yolo):
    """One output (1, 4 + classes + key points · 3, cells)."""

    format = "yolo_pose"

    @staticmethod
    def classes_of(outputs: Shapes) -> int | None:
        """Shapes do not tell classes from key points."""
        return None if len(outputs) == 1 and len(outputs[0]) == 3 and outputs[0][1] > 4 else 0

    def expected(self) -> Shapes:
        """Any number of rows (0 stands for any), one column per cell."""
        return [(1, 0, self._cells)]

    def fits(self, outputs: Shapes) -> bool:
        """Rows of key points must be left after those of the labels."""
        return super().fits(outputs) and outputs[0][1] > 4 + len(self.card.labels)
