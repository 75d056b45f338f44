"""A ground estimated from the people seen: the farther away somebody stands, the smaller he is. Pure.

On flat ground before a level camera the height of an average person in the picture is a linear function of where he
stands, and is nothing at the horizon (Hoiem, Efros and Hebert 2008). The line is fitted to many people by least squares
that leave out who lies far off it: children, people who crouch or are half hidden. Horizon and slope give the camera's
tilt and height; the lens is taken to be a usual one, for nothing in the heights tells of it.
"""

import math
from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge.rules.ground import Ground
from edge.vision.scene import Scene

PERSON_M = 1.7
"""An average grown-up."""
FIELD_DEG = 70.0
"""Horizontal field of view of a usual surveillance lens (2.8 to 4 mm). Off by 15°, distances away from the camera are
wrong by a quarter; distances across are not."""
ENOUGH_PEOPLE = 12
ENOUGH_SPREAD = 0.15
"""Feet must have been seen over so much of the picture's height."""
LEAST_RISE = 0.02
"""A new sample of somebody counts when his feet have come so far since the last."""
MOST_SAMPLES = 400
UPRIGHT = 1.8
"""Least height over width of somebody who stands in full view."""
EDGE = 0.015
"""A box so near the picture's edge may be cut off."""
FIT_EVERY = 20
"""Samples between fits."""


class HeightLearner:
    """Learns from scenes. Bounded: the last `MOST_SAMPLES` samples, and of people those of the last samples."""

    def __init__(self) -> None:
        self.ground: Ground | None = None
        """None until enough people were seen."""
        self._samples: deque[tuple[int, float, float]] = deque(maxlen=MOST_SAMPLES)
        self._last_foot: dict[int, float] = {}
        self._new = 0

    def step(self, scene: Scene) -> None:
        """Take the people of a scene in, those that a detector saw in full and upright."""
        tracks = scene.tracks
        if not len(tracks) or not scene.gate.look:
            return
        boxes = tracks.boxes
        upright = tracks.heights > UPRIGHT * (boxes[:, 2] - boxes[:, 0]) * scene.aspect
        whole = (boxes > EDGE).all(axis=1) & (boxes < 1 - EDGE).all(axis=1)
        for row in np.flatnonzero(upright & whole & tracks.seen).tolist():
            if tracks.labels[row] == "person":
                self._take(int(tracks.ids[row]), float(boxes[row, 3]), float(tracks.heights[row]))
        if self._new >= FIT_EVERY:
            self._new = 0
            self._fit(scene.aspect)

    def _take(self, track: int, foot: float, height: float) -> None:
        if abs(self._last_foot.get(track, -1.0) - foot) < LEAST_RISE:
            return
        self._last_foot[track] = foot
        self._samples.append((track, foot, height))
        self._new += 1

    def _fit(self, aspect: float) -> None:
        people = {track for track, _, _ in self._samples}
        self._last_foot = {track: foot for track, foot in self._last_foot.items() if track in people}
        if len(people) < ENOUGH_PEOPLE:
            return
        _, feet, heights = np.array(self._samples).T
        if np.subtract(*np.percentile(feet, [95, 5])) < ENOUGH_SPREAD:
            return
        slope, horizon = height_line(feet, heights)
        if slope > 0 and horizon < feet.min():
            self.ground = estimated_ground(slope, horizon, float(np.median(feet)), aspect)


def height_line(feet: Sequence[float] | NDArray[np.float64], heights: NDArray[np.float64]) -> tuple[float, float]:
    """Slope and horizon of heights = slope · (feet - horizon), without those farther off than 2.5 median deviations."""
    feet = np.asarray(feet, np.float64)
    kept = np.ones(len(feet), np.bool_)
    slope = cut = 0.0
    for _ in range(4):
        slope, cut = np.polyfit(feet[kept], heights[kept], 1)
        off = np.abs(heights - (slope * feet + cut))
        kept = off <= max(2.5 * 1.4826 * float(np.median(off)), 1e-6)
    return float(slope), float(-cut / slope) if slope else math.inf


def estimated_ground(slope: float, horizon: float, foot: float, aspect: float) -> Ground:
    """The ground of a level camera over which people are `slope` · (foot - horizon) high around `foot`.

    Metres to the right of and ahead of the camera. With v the share below the picture's middle, f the focal length in
    picture heights and t the tilt, a ray goes down by v·cos t + f·sin t while it goes ahead by f·cos t - v·sin t.
    """
    focal = aspect * 0.5 / math.tan(math.radians(FIELD_DEG) / 2)
    tilt = math.atan2(0.5 - horizon, focal)
    down = np.array([0.0, math.cos(tilt), focal * math.sin(tilt) - 0.5 * math.cos(tilt)])
    ahead = np.array([0.0, -math.sin(tilt), focal * math.cos(tilt) + 0.5 * math.sin(tilt)])
    head = foot - slope * (foot - horizon)

    def fall(y: float) -> float:
        return float(down @ [0, y, 1]) / float(ahead @ [0, y, 1])

    camera_m = PERSON_M / (1 - fall(head) / fall(foot))
    right = np.array([aspect, 0.0, -0.5 * aspect])
    return Ground(np.stack([camera_m * right, camera_m * ahead, down]))
