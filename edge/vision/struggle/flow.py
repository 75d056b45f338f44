"""Which way each place of the picture moves: dense inverse search (Kroeger et al. 2016) on small pictures."""

import cv2
import numpy as np
from numpy.typing import NDArray

COLUMNS = 160
"""Width at which it is looked for, pixels."""

Plane = NDArray[np.uint8]
Flow = NDArray[np.float32]
"""(rows, COLUMNS, 2) pixels a second to the right and down."""


class FlowFinder:
    """Keeps the tables of the method; owned by one thread."""

    def __init__(self) -> None:
        self._method = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)

    def between(self, before: Plane, now: Plane, seconds: float) -> Flow:
        """Two small pictures of equal shape; what all of the picture does, as by a camera that shakes, is taken out."""
        moved = self._method.calc(before, now, None)  # type: ignore[call-overload]  # cv2's stubs want an array
        moved -= np.median(moved.reshape(-1, 2), axis=0)
        return np.asarray(moved / seconds, np.float32)


def small(luma: Plane) -> Plane:
    """A picture's luma (H, W) at `COLUMNS`."""
    rows = max(1, round(luma.shape[0] * COLUMNS / luma.shape[1]))
    return np.asarray(cv2.resize(luma, (COLUMNS, rows), interpolation=cv2.INTER_AREA), np.uint8)
