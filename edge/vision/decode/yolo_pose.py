"""YOLO pose models as detectors: rows of key points follow the class scores and are not looked at."""

from edge.vision.decode.base import Shapes
from edge.vision.decode.yolo import Yolo


class YoloPose(Yolo):
    """One output (1, 4 + classes + key points · 3, cells)."""

    format = "yolo_pose"

    def expected(self) -> Shapes:
        """Any number of rows (0 stands for any), one column per cell."""
        return [(1, 0, self._cells)]
