"""The motion gate: spends an inference only where something moves that matters.

A small luma plane is compared with a running background (mean and spread per cell, after Wren et al. 1997). A change
of the light moves all cells alike: its median is taken out first, and what remains over most of the picture is a
change of the light, not of the scene, and makes the background learn anew. Owned by the analysis of one camera.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.video.frame import Frame
from edge.vision.boxes import Boxes, iou
from edge.vision.settings import GateSettings

LEAST_CELLS = 160
"""Cells across the picture, at least; a person 5 % of the picture wide covers eight of them."""

FOLLOW_S = 5.0
"""Seconds within which the background follows slow changes of a quiet cell."""
ADOPT_S = 2.0
"""Seconds after which a changed cell that stands still is background."""
STILL_S = 0.6
"""Seconds after which a changed cell that stands still no longer counts as motion."""
BESIDE = 0.25
"""What moves so near a known box, in widths and heights of it, belongs to it: a shadow, the ground that it uncovers."""
BLOCK = np.ones((2, 2), np.uint8)
LIGHT_SHARE = 0.6
"""Share of changed cells from which a change is one of the light."""


class Reason(StrEnum):
    """Why the detector looked at a frame, or did not."""

    DISABLED = "disabled"
    LEARNING = "learning"
    LIGHT = "light"
    MOTION = "motion"
    LINGER = "linger"
    REFRESH = "refresh"
    PACED = "paced"
    KNOWN = "known"
    QUIET = "quiet"
    ELSEWHERE = "elsewhere"


COASTS = frozenset({Reason.PACED, Reason.KNOWN})
"""Something moves, but a look can wait: tracks go on as they went."""
LOOKS = frozenset(Reason) - COASTS - {Reason.QUIET, Reason.ELSEWHERE}


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gate says of one frame. `moved` is the share of the picture that changed, 0..1."""

    reason: Reason
    moved: float = 0.0

    @property
    def coast(self) -> bool:
        """Whether tracks go on moving without a look."""
        return self.reason in COASTS

    @property
    def look(self) -> bool:
        """Whether the detector should run."""
        return self.reason in LOOKS


class Background:
    """What each cell usually looks like: running mean and mean deviation, in grey levels."""

    def __init__(self, small: NDArray[np.float32], contrast: float) -> None:
        self.mean = small.copy()
        self.spread = np.full_like(small, contrast / 3)
        self._previous = small
        self._still_s = np.zeros_like(small)

    def moving(
        self, small: NDArray[np.float32], contrast: float, step_s: float
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Cells (1 or 0) that differ from the background, and those of them that have not stood still for long.

        To differ is by more than `contrast` and three times their own spread. Learns on the way.
        """
        distance = small - self.mean
        sample = distance[::4, ::4].ravel()
        distance -= np.partition(sample, sample.size // 2)[sample.size // 2]
        np.abs(distance, out=distance)
        limit = 3 * self.spread
        np.maximum(limit, np.float32(contrast), out=limit)
        loud = (distance > limit).view(np.uint8)
        # A lone cell is noise: only blocks of 2 x 2 remain.
        changed = cv2.morphologyEx(loud, cv2.MORPH_OPEN, BLOCK).astype(np.uint8, copy=False)
        self._learn(small, distance, changed, step_s)
        self._adopt(small, changed, contrast, step_s)
        return changed, changed * (self._still_s < STILL_S)

    def _learn(
        self, small: NDArray[np.float32], distance: NDArray[np.float32], changed: NDArray[np.uint8], step_s: float
    ) -> None:
        """Quiet cells follow within about `FOLLOW_S`."""
        quiet, rate = changed ^ 1, min(1.0, step_s / FOLLOW_S)
        cv2.accumulateWeighted(small, self.mean, rate, quiet)
        cv2.accumulateWeighted(distance, self.spread, rate, quiet)

    def _adopt(self, small: NDArray[np.float32], changed: NDArray[np.uint8], contrast: float, step_s: float) -> None:
        """What changed and then stood still is background: a parked car, and the ground a car has left."""
        self._still_s += np.float32(step_s)
        self._still_s *= cv2.absdiff(small, self._previous) < contrast / 2
        self._previous = small
        if cv2.countNonZero(changed):
            np.copyto(self.mean, small, where=(changed > 0) & (self._still_s >= ADOPT_S))


class Gate:
    """Background, and the time of the last look; learns from every frame it is shown."""

    def __init__(self, settings: GateSettings, regions: Sequence[Sequence[tuple[float, float]]] | None = None) -> None:
        """`regions`: polygons (0..1) outside which nothing can matter to any rule; None: all of the picture."""
        self._settings = settings
        self._regions = regions
        self._background: Background | None = None
        self._relevant: NDArray[np.uint8] | None = None
        self._last_look: datetime | None = None
        self._last_motion: datetime | None = None
        self._last_seen: datetime | None = None
        self.moving: NDArray[np.uint8] | None = None
        """Cells (1 or 0) that moved in the last picture, for people to see; None if it was not compared."""

    def watch(self, settings: GateSettings, regions: Sequence[Sequence[tuple[float, float]]] | None) -> None:
        """Other settings and regions from now on; what it has learnt stays."""
        self._settings, self._regions = settings, regions
        if self._background is not None:
            rows, columns = self._background.mean.shape
            self._relevant = self._draw_regions(columns, rows)

    def decide(self, frame: Frame, expected: Callable[[datetime], Boxes]) -> Decision:
        """Learn from the frame and say whether it is worth an inference.

        `expected` tells where sure tracks will be at a time, boxes (N, 4) 0..1; asked only if it matters. While all
        that moves lies on or beside them, a look every `known_s` keeps them; what moves elsewhere is looked at at once.
        """
        if not self._settings.enabled:
            return Decision(Reason.DISABLED)
        decision = self._decide(frame, expected)
        self._last_seen = frame.at
        if decision.look:
            self._last_look = frame.at
        return decision

    def _decide(self, frame: Frame, expected: Callable[[datetime], Boxes]) -> Decision:
        small = _shrink(frame.picture.luma())
        self.moving = None
        if self._background is None or self._background.mean.shape != small.shape:
            self._start(small)
            return Decision(Reason.LEARNING)
        changed, moving = self._background.moving(small, self._settings.contrast, self._step_s(frame.at))
        self.moving = moving
        share = round(cv2.countNonZero(changed) / changed.size, 5)  # rounded, so that stored scenes are small
        if share > LIGHT_SHARE:
            self._start(small)
            return Decision(Reason.LIGHT, share)
        if cv2.countNonZero(moving) >= self._settings.smallest * moving.size:
            if self._touches_regions(moving):
                self._last_motion = frame.at
                return Decision(self._motion(frame.at, moving, expected), share)
            quiet = Reason.ELSEWHERE
        else:
            quiet = Reason.QUIET
        if self._within(self._last_motion, frame.at, self._settings.linger_s):
            return Decision(Reason.PACED if self._just_looked(frame.at) else Reason.LINGER, share)
        if not self._within(self._last_look, frame.at, self._settings.refresh_s):
            return Decision(Reason.REFRESH, share)
        return Decision(quiet, share)

    def _motion(self, at: datetime, moving: NDArray[np.uint8], expected: Callable[[datetime], Boxes]) -> Reason:
        """Something moves: is a look due already?"""
        if self._just_looked(at):
            return Reason.PACED
        if not self._within(self._last_look, at, self._settings.known_s):
            return Reason.MOTION
        known = expected(at)
        if len(known) and not _strangers(moving, known, self._settings.smallest * moving.size):
            return Reason.KNOWN
        return Reason.MOTION

    def _just_looked(self, at: datetime) -> bool:
        """Whether another look would be more than `looks_per_s`; frames come unevenly, so that the pace is loose."""
        return self._within(self._last_look, at, 0.8 / self._settings.looks_per_s)

    def _start(self, small: NDArray[np.float32]) -> None:
        self._background = Background(small, self._settings.contrast)
        self._relevant = self._draw_regions(small.shape[1], small.shape[0])

    def _step_s(self, at: datetime) -> float:
        return min(2.0, (at - self._last_seen).total_seconds()) if self._last_seen else 0.2

    def _touches_regions(self, changed: NDArray[np.uint8]) -> bool:
        return self._relevant is None or bool(cv2.countNonZero(cv2.bitwise_and(changed, self._relevant)))

    def _draw_regions(self, columns: int, rows: int) -> NDArray[np.uint8] | None:
        if self._regions is None:
            return None
        mask = np.zeros((rows, columns), np.uint8)
        for polygon in self._regions:
            points = np.array([(x * columns, y * rows) for x, y in polygon], np.int32)
            cv2.fillPoly(mask, [points], 1)
        return mask

    @staticmethod
    def _within(since: datetime | None, at: datetime, seconds: float) -> bool:
        return since is not None and (at - since).total_seconds() <= seconds


def _strangers(moving: NDArray[np.uint8], known: Boxes, least_cells: float) -> bool:
    """Whether a blob of at least so many cells moves that is neither on nor beside any of the known boxes.

    A blob that is belongs to the known thing: the bicycle under a rider, the shadow at a walker's feet.
    """
    rows, columns = moving.shape
    count, _, stats, _ = cv2.connectedComponentsWithStats(moving, connectivity=8)
    blobs = stats[1:count][stats[1:count, cv2.CC_STAT_AREA] >= least_cells]
    corners = blobs[:, :2] / [columns, rows]
    extents = np.concatenate([corners, corners + blobs[:, 2:4] / [columns, rows]], axis=1).astype(np.float32)
    margins = BESIDE * (known[:, 2:] - known[:, :2])
    reach = np.concatenate([known[:, :2] - margins, known[:, 2:] + margins], axis=1)
    return bool((iou(extents, reach) == 0).all(axis=1).any())


def _shrink(luma: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Halved until it is less than twice `LEAST_CELLS` wide: the mean of 2 × 2 is OpenCV's fastest way down."""
    small: NDArray[Any] = luma
    while small.shape[1] >= 2 * LEAST_CELLS and small.shape[0] >= 2:
        small = cv2.resize(small, (small.shape[1] // 2, small.shape[0] // 2), interpolation=cv2.INTER_AREA)
    return small.astype(np.float32)
