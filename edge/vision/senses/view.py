"""Whether the camera still sees what it is there to see: its picture held against what it learnt of its view.

Compared are gradients, block by block, for they stay where they are when the light changes: by day, by night and in
infrared a window has the same edges. What changes slowly is learnt (night, fog, moving shadows); what is sudden is not.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.video.frame import Frame
from edge.vision.gate import Decision
from edge.vision.scene import Reading, Tracks
from edge.vision.senses.base import Sense

EVERY_S = 0.35
"""Seconds between two measurements; in between the last one stands."""
COLUMNS = 320
"""Width at which pictures are compared, pixels."""
BLOCKS = (6, 8)
"""Rows and columns of blocks."""
COARSE = (12, 20)
"""Rows and columns at which a picture out of focus still looks like itself."""
DETAIL = 97
"""Percentile of the gradients that stands for detail: edges, not noise."""
TREMBLE = 1.6
"""Pixels, at half of `COLUMNS`, by which edges may move and still be the same."""
TEXTURE = 2.0
"""Mean gradient, grey levels a pixel, from which a block has something to recognise it by."""
FIRST_S, FIRST_LONGEST_S = 3.0, 60.0
"""Seconds in which a new view is taken in, at least and, where much moves, at most."""
SETTLED, SETTLE_S = 0.6, 1.5
"""It is taken in when so much is kept, on the mean of so many seconds: what moves has faded from it."""
USUAL_S, SUDDEN, LEAST_USUAL = 3.0, 0.5, 0.24
"""Where people hide much of the view, less of it is kept on any day: within so many seconds that is learnt, unless it
is less than this share of what was usual, which is sudden. It is never taken to be less than the last."""
FADE_S = 1.0
"""Seconds within which learnt edges that are no longer there fade: those of people, but not of walls, come and go."""
FOLLOW_S = 90.0
"""Seconds within which what is learnt follows slow changes."""
DOUBTFUL = 0.5
"""Where less than this is kept of the edges' places, or of the detail, nothing is learnt."""
ACCEPT_S = 600.0
"""After so many seconds a view that stays other than what was learnt is the new view."""
BLANK, CLEAR = 0.4, 90
"""Share of its usual gradients below which nothing is left in a block, where the blocks of this percentile have all."""
DARK, BRIGHT = 30, 220
"""Grey levels; cameras' brightness runs from 16 to 235, or from 0 to 255."""

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class View(Reading):
    """One picture beside what was learnt; while a view is learnt it is like itself."""

    learnt: bool
    kept: float
    """Whether edges are where they used to be: mean correlation of the blocks with something to recognise, -1..1; held
    against what is usual where that is little."""
    detail: float
    """Fine detail as a share of what it used to be."""
    coarse: float
    """How like the learnt one the picture is at a glance, -1..1: concordance of the coarse pictures (Lin 1989), their
    brightness aside."""
    contrast: float
    """Standard deviation of the brightness, grey levels."""
    brightness: float
    """Its mean, grey levels."""
    dark: float
    """Share of pixels darker than `DARK`."""
    bright: float
    """Share of pixels brighter than `BRIGHT`."""
    same_s: float
    """Seconds since anything in the picture was other than in the picture before."""
    lost: float = 0.0
    """Share of the blocks with something to recognise in which nothing is left, though they are neither dark nor
    glaring: painted over."""


@dataclass(slots=True)
class _Learnt:
    """What the view usually looks like."""

    edges: Plane
    """Gradient magnitudes."""
    coarse: Plane
    detail: float


class ViewSense(Sense[View]):
    """Remembers the learnt view and the picture before."""

    reading = View

    def __init__(self) -> None:
        self._learnt: _Learnt | None = None
        self._before: Plane | None = None
        self._since: datetime | None = None
        self._at: datetime | None = None
        self._last: View | None = None
        self._changed_at: datetime | None = None
        self._well_at: datetime | None = None
        self._young, self._usual = True, 0.0

    def measure(self, frame: Frame, tracks: Tracks, decision: Decision) -> View:
        """The next picture."""
        if self._last is None or self._at is None or (frame.at - self._at).total_seconds() >= EVERY_S:
            self._last = self._measured(frame)
        return self._last

    def _measured(self, frame: Frame) -> View:
        small = _small(frame.picture.luma())
        same_s = self._same_s(frame.at, small)
        edges, detail, coarse = _edges(small), _detail(small), _coarse(small)
        if self._learnt is None or self._learnt.edges.shape != edges.shape:
            self._begin(frame.at, edges, coarse, detail)
        learnt, step_s = self._learnt, self._step_s(frame.at)
        assert learnt is not None  # noqa: S101 - begun above
        kept, lost = _kept_and_lost(edges, learnt.edges, small)
        share = detail / max(learnt.detail, 1e-3)
        alike = _concordance(coarse, learnt.coarse)
        young = self._is_young(frame.at, kept, step_s)
        if young or min(kept, share) > DOUBTFUL:
            self._follow(frame.at, edges, coarse, detail, step_s, FIRST_S if young else FOLLOW_S)
        elif self._well_at is not None and (frame.at - self._well_at).total_seconds() > ACCEPT_S:
            self._begin(frame.at, edges, coarse, detail)
        return View(
            learnt=not young,
            kept=1.0 if young else round(self._beside_usual(kept, step_s), 4),
            detail=1.0 if young else round(share, 4),
            coarse=1.0 if young else round(alike, 4),
            contrast=round(float(small.std()), 3),
            brightness=round(float(small.mean()), 3),
            dark=round(float(np.count_nonzero(small < DARK)) / small.size, 4),
            bright=round(float(np.count_nonzero(small > BRIGHT)) / small.size, 4),
            same_s=round(same_s, 3),
            lost=0.0 if young else round(lost, 4),
        )

    def _begin(self, at: datetime, edges: Plane, coarse: Plane, detail: float) -> None:
        self._learnt = _Learnt(edges.copy(), coarse.copy(), detail)
        self._since = self._well_at = at
        self._young, self._usual = True, 0.0

    def _is_young(self, at: datetime, kept: float, step_s: float) -> bool:
        """Whether the view is still being taken in."""
        if self._young:
            age_s = (at - (self._since or at)).total_seconds()
            self._usual += min(1.0, step_s / SETTLE_S) * (kept - self._usual)
            self._young = age_s < FIRST_S or (self._usual < SETTLED and age_s < FIRST_LONGEST_S)
        return self._young

    def _beside_usual(self, kept: float, step_s: float) -> float:
        """How much is kept, as if this were a view in which nobody walks about."""
        if kept > SUDDEN * self._usual:
            self._usual += min(1.0, step_s / USUAL_S) * (kept - self._usual)
        return min(1.0, kept * SETTLED / min(SETTLED, max(LEAST_USUAL, self._usual)))

    def _follow(self, at: datetime, edges: Plane, coarse: Plane, detail: float, step_s: float, follow_s: float) -> None:
        learnt = self._learnt
        assert learnt is not None  # noqa: S101 - only asked once begun
        rate = min(1.0, step_s / follow_s)
        cv2.accumulateWeighted(edges, learnt.edges, rate)
        fading = (edges < learnt.edges).view(np.uint8)
        cv2.accumulateWeighted(edges, learnt.edges, min(1.0, step_s / FADE_S), fading)
        cv2.accumulateWeighted(coarse, learnt.coarse, rate)
        learnt.detail += rate * (detail - learnt.detail)
        self._well_at = at

    def _step_s(self, at: datetime) -> float:
        step_s = (at - self._at).total_seconds() if self._at else 0.0
        self._at = at
        return step_s

    def _same_s(self, at: datetime, small: Plane) -> float:
        before, self._before = self._before, small
        if before is None or before.shape != small.shape or not np.array_equal(before, small):
            self._changed_at = at
        return (at - (self._changed_at or at)).total_seconds()


def _small(luma: NDArray[np.uint8]) -> Plane:
    """`COLUMNS` wide, noise of single pixels gone. Halving is OpenCV's fastest way down."""
    rows = max(1, round(luma.shape[0] * COLUMNS / luma.shape[1]))
    half: NDArray[Any] = luma
    while half.shape[1] >= 4 * COLUMNS:
        half = cv2.resize(half, (half.shape[1] // 2, half.shape[0] // 2), interpolation=cv2.INTER_AREA)
    return cv2.resize(half, (COLUMNS, rows), interpolation=cv2.INTER_AREA).astype(np.float32)


def _edges(small: Plane) -> Plane:
    """Gradient magnitudes at half the size, blurred so that a camera may tremble on its pole."""
    half = cv2.resize(small, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    across, down = cv2.Sobel(half, cv2.CV_32F, 1, 0, scale=0.25), cv2.Sobel(half, cv2.CV_32F, 0, 1, scale=0.25)
    return np.asarray(cv2.GaussianBlur(cv2.magnitude(across, down), (0, 0), TREMBLE), np.float32)


def _detail(small: Plane) -> float:
    """How strong the strong edges are: what a lens out of focus or painted over loses first."""
    across, down = cv2.Sobel(small, cv2.CV_32F, 1, 0, scale=0.25), cv2.Sobel(small, cv2.CV_32F, 0, 1, scale=0.25)
    gradients = cv2.magnitude(across, down).ravel()
    place = gradients.size * DETAIL // 100
    return float(np.partition(gradients, place)[place])


def _coarse(small: Plane) -> Plane:
    return np.asarray(cv2.resize(small, COARSE[::-1], interpolation=cv2.INTER_AREA), np.float32)


def _textured(blocks: Plane) -> NDArray[np.bool_]:
    """Which blocks have something to recognise them by."""
    texture = blocks.mean(axis=1)
    # Where hardly any block has much to go by, those are taken that have most.
    found: NDArray[np.bool_] = texture > min(TEXTURE, float(np.sort(texture)[-len(texture) // 4]))
    return found


def _alike(now: Plane, learnt: Plane) -> Plane:
    """Correlation of each block's gradients (rows of blocks), -1..1."""
    a, b = now - now.mean(axis=1, keepdims=True), learnt - learnt.mean(axis=1, keepdims=True)
    scale = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    return np.asarray((a * b).sum(axis=1) / np.maximum(scale, 1e-6), np.float32)


def _kept_and_lost(edges: Plane, learnt: Plane, small: Plane) -> tuple[float, float]:
    """Mean correlation of the blocks with texture, and the share of them that are blank now.

    Blank is what has lost nearly all beside those that kept most: with less light all of them have less. And what is
    dark or glaring may be so by itself.
    """
    usual = _blocks(learnt)
    textured = _textured(usual)
    if not textured.any():
        return 1.0, 0.0
    usual, now = usual[textured], _blocks(edges)[textured]
    left = now.mean(axis=1) / np.maximum(usual.mean(axis=1), 1e-6)
    half = np.asarray(cv2.resize(small, edges.shape[::-1], interpolation=cv2.INTER_AREA), np.float32)
    light = _blocks(half).mean(axis=1)[textured]
    blank = (left < BLANK * min(1.0, float(np.percentile(left, CLEAR)))) & (light > DARK) & (light < BRIGHT)
    return float(_alike(now, usual).mean()), float(blank.mean())


def _blocks(plane: Plane) -> Plane:
    """(blocks, pixels of a block)."""
    rows, columns = plane.shape[0] // BLOCKS[0], plane.shape[1] // BLOCKS[1]
    cut = plane[: rows * BLOCKS[0], : columns * BLOCKS[1]]
    return cut.reshape(BLOCKS[0], rows, BLOCKS[1], columns).transpose(0, 2, 1, 3).reshape(-1, rows * columns)


def _concordance(a: Plane, b: Plane) -> float:
    a, b = a - a.mean(), b - b.mean()
    return float(2 * (a * b).sum() / max(float((a * a).sum() + (b * b).sum()), 1e-6))
