"""Where the picture flickers in the colours of fire.

A flame is bright, redder than green and greener than blue (Çelik and Demirel 2009), and licks: each place is fire one
moment and none the next, again and again, while all of it stays where it is (Toreyin et al. 2006). A lamp does not
lick; somebody in a red coat passes each place once.
"""

from dataclasses import dataclass
from datetime import datetime

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.video.frame import Frame
from edge.vision.gate import Decision
from edge.vision.scene import Reading, Tracks
from edge.vision.senses.base import Sense

EVERY_S = 0.15
"""Seconds between two looks; in between the last one stands."""
COLUMNS = 192
MEMORY_S = 2.5
"""Seconds over which it is counted how often a place changes."""
RED, OVER_BLUE = 170, 62
"""Grey levels: least red of a flame, and how far above blue."""
LEAP = 45
"""Grey levels of any colour by which a place must change at once: less is noise at the border of a colour."""
LICKS = 0.16
"""Share of looks in which a place becomes or stops being fire, from which it licks."""
BURNS = 0.15
"""Least share of looks in which a place is fire."""
LAMP, LAMP_S = 0.7, 30.0
"""Share of looks, over so many seconds, from which a place that looks like fire is a lamp, a wall or a warm floor."""
AROUND, ALL_AROUND = (25, 25), 0.6
"""Pixels across and down around a place: where so much of them leaps at once, it is the light that changes."""
FRESH_S, FRESH = 0.8, 0.2
"""Share of a place's licking pixels that must have changed within the last seconds: what only passed, as headlights do
over a yellow floor, is over sooner than it is forgotten."""
PAUSE_S = 1.0
"""Over a longer pause between looks nothing licks: the light may have changed, and it is one look, however long."""
LEAST_PIXELS = 4
GROW = np.ones((5, 5), np.uint8)


@dataclass(frozen=True)
class Flames(Reading):
    """N places that lick, the largest first; arrays are read-only."""

    boxes: NDArray[np.float32]
    """(N, 4) xyxy, shares of the picture."""
    pixels: NDArray[np.int64]
    """How many places lick in each, at `COLUMNS`."""
    licks: NDArray[np.float32]
    """How often they change, mean share of looks."""


class FlameSense(Sense[Flames]):
    """Remembers what was fire in the last look, and how often each place was and changed."""

    reading = Flames

    def __init__(self) -> None:
        self._hot: NDArray[np.bool_] | None = None
        self._before = np.zeros((0, 0, 3), np.uint8)
        self._burns = self._licks = self._lamps = self._changed_s = np.zeros((0, 0), np.float32)
        self._at: datetime | None = None
        self._last: Flames | None = None

    def measure(self, frame: Frame, tracks: Tracks, decision: Decision) -> Flames:
        """The next picture."""
        if self._last is None or self._at is None or (frame.at - self._at).total_seconds() >= EVERY_S:
            self._last = self._looked(frame)
        return self._last

    def _looked(self, frame: Frame) -> Flames:
        picture = frame.picture.bgr(COLUMNS)
        blue, green, red = (plane.astype(np.int16) for plane in cv2.split(picture))
        hot: NDArray[np.bool_] = (red > RED) & (red >= green) & (green >= blue) & (red - blue > OVER_BLUE)
        step_s = (frame.at - self._at).total_seconds() if self._at else 0.0
        self._at = frame.at
        if self._hot is None or self._hot.shape != hot.shape:
            self._hot, self._before = hot, picture
            self._burns, self._licks = hot.astype(np.float32), np.zeros(hot.shape, np.float32)
            self._lamps = 0.6 * hot.astype(np.float32)
            self._changed_s = np.full(hot.shape, np.inf, np.float32)
        paused, step_s = step_s > PAUSE_S, min(step_s, PAUSE_S)
        rate = step_s / MEMORY_S
        self._burns += rate * (hot - self._burns)
        self._lamps += step_s / LAMP_S * (hot - self._lamps)
        leaps = cv2.absdiff(picture, self._before).max(axis=2) > LEAP
        lit = cv2.blur(leaps.astype(np.float32), AROUND) > ALL_AROUND
        licked = (hot != self._hot) & leaps & ~lit & (not paused)
        self._licks += rate * (licked - self._licks)
        self._changed_s = np.where(licked, np.float32(0), self._changed_s + np.float32(step_s))
        self._hot, self._before = hot, picture
        return self._places()

    def _places(self) -> Flames:
        licking = (self._licks > LICKS) & (self._burns > BURNS) & (self._lamps < LAMP)
        joined = cv2.dilate(licking.view(np.uint8), GROW)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
        found = []
        for number in range(1, count):
            inside = licking & (labels == number)
            pixels = int(np.count_nonzero(inside))
            fresh = np.count_nonzero(self._changed_s[inside] < FRESH_S)
            if pixels >= LEAST_PIXELS and fresh >= FRESH * pixels:
                x, y, width, height = stats[number, :4].tolist()
                found.append((pixels, (x + 2, y + 2, x + width - 2, y + height - 2), float(self._licks[inside].mean())))
        found.sort(key=lambda place: (-place[0], place[1]))
        scale = np.array([licking.shape[1], licking.shape[0]] * 2, np.float32)
        reading = Flames(
            (np.array([box for _, box, _ in found], np.float32).reshape(-1, 4) / scale).astype(np.float32),
            np.array([pixels for pixels, _, _ in found], np.int64),
            np.array([licks for _, _, licks in found], np.float32),
        )
        for column in (reading.boxes, reading.pixels, reading.licks):
            column.flags.writeable = False
        return reading
