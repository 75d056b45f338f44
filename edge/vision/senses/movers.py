"""Small things that move from one picture to the next, whatever they are: what a detector has no word for.

A pixel belongs to something that has just come there if it differs both from the picture before and from the one
before that (three-frame differencing, Collins et al. 2000): so a thing is seen where it is and not where it was.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.video.frame import Frame
from edge.vision.gate import Decision
from edge.vision.scene import Reading, Tracks
from edge.vision.senses.base import Sense

COLUMNS = 320
"""Width at which is looked, pixels."""
DIFFERENT = 20
"""Grey levels."""
TOGETHER = np.ones((11, 11), np.uint8)
LEAST_PIXELS, MOST_SHARE = 3, 0.008
"""Of a thing: pixels at `COLUMNS`, share of the picture."""
MOST = 48
"""With more than so many it is rain, leaves or the light, and none is told."""

Plane = NDArray[np.uint8]


@dataclass(frozen=True)
class Movers(Reading):
    """What moves in this picture; the array is read-only."""

    boxes: NDArray[np.float32]
    """(N, 4) xyxy, shares of the picture."""


class MoverSense(Sense[Movers]):
    """Remembers the last two pictures."""

    reading = Movers

    def __init__(self) -> None:
        self._before: tuple[Plane, ...] = ()

    def measure(self, frame: Frame, tracks: Tracks, decision: Decision) -> Movers:
        """The next picture."""
        now = _small(frame.picture.luma())
        before, self._before = self._before, (now, *self._before[:1])
        if len(before) < 2 or before[1].shape != now.shape or before[0].shape != now.shape:
            return _movers(np.zeros((0, 4), np.float32))
        different = cv2.min(cv2.absdiff(now, before[0]), cv2.absdiff(now, before[1])) > DIFFERENT
        # What moves close together is one thing: legs, arms and bag of somebody who walks.
        joined = cv2.morphologyEx(different.view(np.uint8), cv2.MORPH_CLOSE, TOGETHER)
        count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
        blobs = stats[1:count]
        pixels = blobs[:, cv2.CC_STAT_AREA]
        blobs = blobs[(pixels >= LEAST_PIXELS) & (pixels <= MOST_SHARE * now.size)]
        if len(blobs) > MOST:
            blobs = blobs[:0]
        corners = np.concatenate([blobs[:, :2], blobs[:, :2] + blobs[:, 2:4]], axis=1)
        return _movers((corners / np.array([now.shape[1], now.shape[0]] * 2)).astype(np.float32))


def _movers(boxes: NDArray[np.float32]) -> Movers:
    boxes.flags.writeable = False
    return Movers(boxes)


def _small(luma: Plane) -> Plane:
    rows = max(1, round(luma.shape[0] * COLUMNS / luma.shape[1]))
    return np.asarray(cv2.resize(luma, (COLUMNS, rows), interpolation=cv2.INTER_AREA), np.uint8)
