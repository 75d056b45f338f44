"""What stands still where it used not to: things that were brought, and places from which something is gone.

Two pictures are held against each other: what has stood still for a moment, and what is usual (two backgrounds of
unequal patience, after Porikli et al. 2008). Where they differ lies a thing; it lives until its place looks as usual
again, however often somebody walks in front of it. No detector is asked: it misses most bags.
"""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.video.frame import Frame
from edge.vision.gate import Decision
from edge.vision.scene import Reading, Tracks
from edge.vision.senses.base import Sense

EVERY_S = 0.19
"""Seconds between two looks; in between the last one stands."""
COLUMNS = 192
"""Width at which is looked, pixels."""
LONGEST_STEP_S = 2.0
"""No pause between two looks counts for more: nobody saw whether a thing stood there."""
STEADY_S = 1.5
"""Seconds after which a pixel that does not change stands still."""
FOLLOW_S = 20.0
"""Seconds within which the usual picture follows slow changes of its pixels."""
ABSORB_S = 1800.0
"""Seconds after which what stands there is usual."""
FIRST_S = 3.0
"""Seconds in which the usual picture is taken in."""
NOISE, OTHER = 14.0, 26.0
"""Grey levels of any colour, from which a pixel changes, and from which it looks other than usual."""
LEAST_PIXELS, MOST_SHARE = 14, 0.2
"""Of a thing: pixels at `COLUMNS`, share of the picture."""
LIGHT_SHARE = 0.4
"""Share of the picture that looks other: it is the light, and everything is learnt anew."""
BLACK, BURNT = 5, 250
"""Grey levels beyond which a pixel tells nothing of the light."""
SPARSE = 4
"""One pixel in so many across and down is asked what the light is."""
LEAST_TOLD, LEAST_SPREAD, END = 60, 30, 50
"""Pixels that must tell of it, and grey levels between the darkest and the lightest of them, all but one in so many at
each end, for a gain to be told from an offset."""
LEAST_GAIN, MOST_OFFSET = 0.2, 80.0
"""Of any light; grey levels."""
SAME_PLACE = 0.3
"""Overlap of a thing with what is found there now."""
GROWN = 1.3
"""A thing that has grown by this is judged again: whether it was brought."""
BACK_SHARE, BACK_S = 0.6, 0.8
"""Share of a thing's pixels that look as usual again, and for how long, when it is no longer there."""

Mask = NDArray[np.uint8]
Colours = NDArray[np.float32]


class StillThing(NamedTuple):
    """One thing, or one gap, in plain numbers."""

    number: int
    box: tuple[float, float, float, float]
    age_s: float
    brought: bool


@dataclass(frozen=True)
class StillThings(Reading):
    """N things by rising id; arrays are read-only."""

    ids: NDArray[np.int64]
    """From 1, never used again."""
    boxes: NDArray[np.float32]
    """(N, 4) xyxy, shares of the picture."""
    ages_s: NDArray[np.float32]
    """Seconds since each came to rest, or went; of a pause between pictures hardly any."""
    brought: NDArray[np.bool_]
    """True: something is there that was not; False: something is gone."""

    @cached_property
    def things(self) -> tuple[StillThing, ...]:
        """One by one, made once for all rules."""
        boxes = zip(*self.boxes.T.tolist(), strict=True)
        columns = zip(self.ids.tolist(), boxes, self.ages_s.tolist(), self.brought.tolist(), strict=True)
        return tuple(itertools.starmap(StillThing, columns))


@dataclass(slots=True)
class _Thing:
    number: int
    mask: Mask
    box: tuple[int, int, int, int]
    since: datetime
    brought: bool
    judged_by: int
    """How many of its pixels were seen when that was judged."""
    back_s: float = 0.0


class Backgrounds:
    """What each pixel usually looks like, and what it looked like when it last stood still."""

    def __init__(self, now: Colours, at: datetime) -> None:
        self.usual, self.recent = now.copy(), now.copy()
        self.expected, self._limit = self.usual, OTHER
        self.steady_s = np.zeros(now.shape[:2], np.float32)
        self.began = at

    def settle(self, now: Colours, step_s: float) -> None:
        """The next picture."""
        still = _strongest(cv2.absdiff(now, self.recent)) < NOISE
        self.steady_s += np.float32(step_s)
        self.steady_s *= still
        # A pixel that changes starts anew from what it shows; one that does not averages its noise away.
        cv2.accumulateWeighted(now, self.recent, 0.2, still.view(np.uint8))
        cv2.copyTo(now, (~still).view(np.uint8), self.recent)
        gain, offset = _light(self.usual, self.recent, self.steady_s >= STEADY_S)
        self.expected = np.clip(self.usual * gain + offset, 0, 255)
        # More light shows more of what was there before, too.
        self._limit = OTHER * max(1.0, float(gain.max()))

    def other(self) -> NDArray[np.bool_]:
        """Pixels that stand still and look other than usual in the light that there is now."""
        return ~self._like_usual() & (self.steady_s >= STEADY_S)

    def as_usual(self) -> NDArray[np.bool_]:
        """Pixels that look as they usually do in this light and do not move."""
        return self._like_usual() & (self.steady_s >= STEADY_S / 2)

    def _like_usual(self) -> NDArray[np.bool_]:
        return np.asarray(_strongest(cv2.absdiff(self.recent, self.expected)) <= self._limit, np.bool_)

    def brought(self, blob: Mask) -> bool:
        """Whether a blob stands out from what stands around it more than its place usually does in this light."""
        near = cv2.dilate(blob, np.ones((3, 3), np.uint8))
        ring = cv2.dilate(near, np.ones((5, 5), np.uint8)) > near
        around: Mask = (ring & (self.steady_s >= STEADY_S)).view(np.uint8)
        return _stands_out(self.recent, blob, around) > _stands_out(self.expected, blob, around)

    def follow(self, free: NDArray[np.bool_], rate: float) -> None:
        """The usual picture follows what stands still at the pixels named, and the light at all others."""
        seen = (free & (self.steady_s >= STEADY_S)).view(np.uint8)
        cv2.accumulateWeighted(self.recent, self.usual, rate, seen)
        cv2.accumulateWeighted(self.expected, self.usual, rate, 1 - seen)

    def absorb(self, blob: Mask) -> None:
        """What is seen there now is usual."""
        cv2.copyTo(self.recent, blob, self.usual)


class StillSense(Sense[StillThings]):
    """Remembers the backgrounds and the things that stand."""

    reading = StillThings

    def __init__(self) -> None:
        self._backgrounds: Backgrounds | None = None
        self._at: datetime | None = None
        self._last: StillThings | None = None
        self._things: list[_Thing] = []
        self._count = 0

    def measure(self, frame: Frame, tracks: Tracks, decision: Decision) -> StillThings:
        """The next picture."""
        if self._last is None or self._at is None or (frame.at - self._at).total_seconds() >= EVERY_S:
            self._last = self._looked(frame)
        return self._last

    def _looked(self, frame: Frame) -> StillThings:
        now = cv2.GaussianBlur(frame.picture.bgr(COLUMNS), (3, 3), 0).astype(np.float32)
        passed_s = (frame.at - self._at).total_seconds() if self._at else 0.0
        step_s = min(LONGEST_STEP_S, passed_s)
        for thing in self._things:
            thing.since += timedelta(seconds=passed_s - step_s)
        self._at = frame.at
        seen = self._backgrounds
        if seen is None or seen.usual.shape != now.shape:
            seen = self._begin(frame.at, now)
        seen.settle(now, step_s)
        other = seen.other()
        if other.mean() > LIGHT_SHARE:
            seen = self._begin(frame.at, now)
        young = (frame.at - seen.began).total_seconds() < FIRST_S
        if not young:
            self._find(frame.at, seen, other)
            self._look_after(frame.at, seen, step_s)
        free = ~other
        for thing in self._things:
            free &= thing.mask == 0
        seen.follow(free, min(1.0, step_s / (1.0 if young else FOLLOW_S)))
        return self._told(frame.at, now)

    def _begin(self, at: datetime, now: Colours) -> Backgrounds:
        self._backgrounds, self._things = Backgrounds(now, at), []
        return self._backgrounds

    def _find(self, at: datetime, seen: Backgrounds, other: NDArray[np.bool_]) -> None:
        """Things that were not there before; pixels of those that are known belong to them."""
        mask = cv2.morphologyEx(other.view(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
        count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        for number in range(1, count):
            x, y, width, height, pixels = stats[number].tolist()
            if not LEAST_PIXELS <= pixels <= MOST_SHARE * mask.size:
                continue
            blob, box = (labels == number).astype(np.uint8), (x, y, x + width, y + height)
            known = next((thing for thing in self._things if _same(thing.mask, blob)), None)
            if known is None:
                self._count += 1
                self._things.append(_Thing(self._count, blob, box, at, seen.brought(blob), pixels))
                continue
            known.mask, known.box = blob, box
            if pixels > GROWN * known.judged_by:
                known.judged_by, known.brought = pixels, seen.brought(blob)

    def _look_after(self, at: datetime, seen: Backgrounds, step_s: float) -> None:
        """Things whose place looks as usual again are gone; what stands for very long is usual."""
        if not self._things:
            return
        as_usual = seen.as_usual()
        kept = []
        for thing in self._things:
            back = as_usual[thing.mask.astype(np.bool_)].mean() > BACK_SHARE
            thing.back_s = thing.back_s + step_s if back else 0.0
            if (at - thing.since).total_seconds() > ABSORB_S:
                seen.absorb(thing.mask)
            elif thing.back_s < BACK_S:
                kept.append(thing)
        self._things = kept

    def _told(self, at: datetime, now: Colours) -> StillThings:
        things = self._things
        scale = np.array([now.shape[1], now.shape[0]] * 2, np.float32)
        reading = StillThings(
            np.array([thing.number for thing in things], np.int64),
            (np.array([thing.box for thing in things], np.float32).reshape(-1, 4) / scale).astype(np.float32),
            np.array([(at - thing.since).total_seconds() + STEADY_S for thing in things], np.float32),
            np.array([thing.brought for thing in things], np.bool_),
        )
        for column in (reading.ids, reading.boxes, reading.ages_s, reading.brought):
            column.flags.writeable = False
        return reading


def _same(known: Mask, found: Mask) -> bool:
    both = cv2.countNonZero(cv2.bitwise_and(known, found))
    return both > SAME_PLACE * min(cv2.countNonZero(known), cv2.countNonZero(found))


def _stands_out(picture: Colours, blob: Mask, around: Mask) -> float:
    """How far the colours of a blob are from those around it: means and spreads, grey levels."""
    mean, spread = cv2.meanStdDev(picture, mask=blob)
    mean_around, spread_around = cv2.meanStdDev(picture, mask=around)
    return float(np.abs(mean - mean_around).sum() + np.abs(spread - spread_around).sum())


def _light(usual: Colours, recent: Colours, still: NDArray[np.bool_]) -> tuple[Colours, Colours]:
    """What the light has made of the usual picture, as gain and offset (3,) of its colours.

    Clouds, lamps and evening scale all that is seen, fog lifts it. A line through the medians of what is dark and of
    what is light is the same whatever a part of them shows; what is burnt out or black tells nothing of the light.
    Where a line would make dark and light alike, it is things that have changed: then all is scaled by one gain.
    """
    still = still[::SPARSE, ::SPARSE]
    before, now = usual[::SPARSE, ::SPARSE][still], recent[::SPARSE, ::SPARSE][still]
    told = (np.minimum(before, now) > BLACK).all(axis=1) & (np.maximum(before, now) < BURNT).all(axis=1)
    if np.count_nonzero(told) < LEAST_TOLD:
        return np.ones(3, np.float32), np.zeros(3, np.float32)
    before, now = before[told].T, now[told].T
    scaled: Colours = _middle(now) / _middle(before)
    bright = before.sum(axis=0) / np.float32(3)
    low, high = np.sort(bright)[[len(bright) // END, -1 - len(bright) // END]]
    dark, light = bright < low + (high - low) / 3, bright > high - (high - low) / 3
    if high - low < LEAST_SPREAD or min(np.count_nonzero(dark), np.count_nonzero(light)) < LEAST_TOLD // 4:
        return scaled, np.zeros(3, np.float32)
    x_dark, y_dark, x_light, y_light = (
        _middle(colours[:, half]) for half in (dark, light) for colours in (before, now)
    )
    gain = (y_light - y_dark) / np.maximum(x_light - x_dark, 1.0)
    offset = y_dark - gain * x_dark
    sound = (gain > LEAST_GAIN) & (np.abs(offset) < MOST_OFFSET) & (x_light - x_dark >= LEAST_SPREAD / 2)
    return np.where(sound, gain, scaled).astype(np.float32), np.where(sound, offset, 0).astype(np.float32)


def _middle(colours: Colours) -> Colours:
    """The median of each row, (3, N): the upper of the two where there are two."""
    return np.asarray(np.sort(colours, axis=1)[:, colours.shape[1] // 2], np.float32)


def _strongest(picture: NDArray[Any]) -> NDArray[np.float32]:
    """(H, W): the greatest of the three colours."""
    blue, green, red = cv2.split(picture)
    return np.asarray(cv2.max(cv2.max(blue, green), red), np.float32)
