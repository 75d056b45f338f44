"""Thirty measures of two seconds at the place where people move most against each other. Pure.

All are in body heights, so that near and far people count alike. How much movement changes from picture to picture
follows Hassner et al. (2012, violent flows); a place whose parts move each its own way is told from one that moves as a
whole by holding the mean speed against the speed of the mean.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Boxes
from edge.vision.struggle.flow import COLUMNS, Flow

LEAST_BOXES = 3
"""With fewer people's boxes in all pictures of a window nothing is said: nobody is there."""
AROUND = 0.3
"""Body heights beyond people's boxes within which the place is looked for."""
ACROSS, ALONG = 1.8, 1.2
"""What is looked at: so many body heights to each side of the place, and above and below it."""
SMALLEST, LARGEST = 12.0, 0.8
"""What is believed of a body height: least pixels, largest share of the picture."""
CLOSE, LEVEL = 0.25, 0.4
"""Two people are close with less than so many heights between their boxes, and feet as level as that."""
SHARES = 8
"""Bins of how often places change more than the others do."""
STATISTICS = ("mean", "std", "max", "med")
NAMES = (
    *(f"change75.{one}" for one in STATISTICS),
    *(f"change97.{one}" for one in STATISTICS),
    *(f"tangle.{one}" for one in STATISTICS),
    *(f"often{number}" for number in range(SHARES)),
    "wobble",
    "drift",
    *(f"people.{one}" for one in STATISTICS),
    *(f"close.{one}" for one in STATISTICS),
)
"""Of the values, in their order."""

Values = NDArray[np.float64]
Field = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Measured:
    """One window."""

    values: Values
    """(30,) as `NAMES`."""
    box: tuple[float, float, float, float]
    """What was looked at, xyxy, shares of the picture."""
    people: int
    """Most people there at once."""


@dataclass(frozen=True, slots=True)
class _Region:
    """What is looked at, in pixels of the flow, and the body height there."""

    x: int
    y: int
    body: float
    rows: int

    @property
    def corners(self) -> tuple[int, int, int, int]:
        """xyxy, cut off at the picture's edge."""
        across, along = ACROSS * self.body, ALONG * self.body
        left, right = int(max(0, self.x - across)), int(min(COLUMNS, self.x + across))
        return left, int(max(0, self.y - along)), right, int(min(self.rows, self.y + along))


def measured(flows: Sequence[Flow], people: Sequence[Boxes]) -> Measured | None:
    """Flows of some two seconds, one after the other, and the people's boxes (N, 4), shares of the picture, of the same
    pictures. None: too few people to say anything.
    """
    found = _region(flows, people)
    if found is None:
        return None
    region, tangles = found
    left, top, right, bottom = region.corners
    inside = np.stack([flow[top:bottom, left:right] for flow in flows]) / region.body
    here = [_within(boxes, region) for boxes in people]
    near = [_close_pairs(boxes, region.rows) for boxes in here]
    values = [*_changes(inside), *_spread(tangles), *_often(inside), *_sway(inside)]
    values += [*_spread([len(boxes) for boxes in here]), *_spread(near)]
    box = (left / COLUMNS, top / region.rows, right / COLUMNS, bottom / region.rows)
    return Measured(np.array(values), box, max(len(boxes) for boxes in here))


def _region(flows: Sequence[Flow], people: Sequence[Boxes]) -> tuple[_Region, list[float]] | None:
    """Where people move most against each other, and how much they do in each picture."""
    rows = flows[0].shape[0]
    counts, heights, tall = _drawn(people, rows)
    if len(tall) < LEAST_BOXES:
        return None
    body = float(np.clip(np.median(tall), SMALLEST, LARGEST * rows))
    near = cv2.dilate((counts > 0).astype(np.uint8), np.ones((2 * int(AROUND * body) + 1,) * 2, np.uint8))
    mean = np.where(near > 0, np.mean([_tangle(flow, body) for flow in flows], axis=0), -1.0)
    y, x = (int(index) for index in np.unravel_index(mean.argmax(), mean.shape))
    there = (
        slice(max(0, int(y - body / 2)), int(y + body / 2) + 1),
        slice(max(0, int(x - body / 2)), int(x + body / 2) + 1),
    )
    if counts[there].any():
        body = float(np.clip(heights[there].sum() / counts[there].sum(), SMALLEST, LARGEST * rows))
    return _Region(x, y, body, rows), [_tangle_at(flow, body, x, y) for flow in flows]


def _drawn(people: Sequence[Boxes], rows: int) -> tuple[Field, Field, list[int]]:
    """How many boxes cover each place in all pictures, the sum of their heights there, and all heights, pixels."""
    counts, heights, tall = np.zeros((rows, COLUMNS), np.float32), np.zeros((rows, COLUMNS), np.float32), []
    for boxes in people:
        for left, top, right, bottom in (boxes * np.array([COLUMNS, rows] * 2)).round().astype(int).tolist():
            where = slice(max(top, 0), bottom), slice(max(left, 0), right)
            counts[where] += 1
            heights[where] += bottom - max(top, 0)
            tall.append(bottom - max(top, 0))
    return counts, heights, tall


def _reach(body: float) -> int:
    """Half a body, pixels."""
    return max(5, int(body / 2))


def _tangle_at(flow: Flow, body: float, x: int, y: int) -> float:
    """`_tangle` of one place."""
    reach = _reach(body)
    left, top = max(0, x - reach), max(0, y - reach)
    around = np.ascontiguousarray(flow[top : y + reach + 1, left : x + reach + 1])
    return float(_tangle(around, body)[y - top, x - left])


def _tangle(flow: Flow, body: float) -> Field:
    """How much the parts of each place, half a body around, move each its own way, bodies a second."""
    reach = (2 * _reach(body) + 1,) * 2
    scaled = flow / np.float32(body)
    whole = np.asarray(cv2.blur(scaled, reach), np.float32)
    return np.asarray(cv2.blur(_speed(scaled), reach) - _speed(whole), np.float32)


def _speed(flow: Flow) -> Field:
    speed: Field = np.sqrt(np.square(flow[..., 0]) + np.square(flow[..., 1]))
    return speed


def _spread(series: Sequence[float] | Values) -> Iterator[float]:
    """`STATISTICS` of a series."""
    table = np.asarray(series, np.float64)
    yield from (float(table.mean()), float(table.std()), float(table.max()), float(np.median(table)))


def _changes(inside: Flow) -> Iterator[float]:
    """How much the movement changes from picture to picture: of most of the region, and of its wildest part."""
    changes = np.percentile(_speed(np.diff(inside, axis=0)), (75, 97), axis=(1, 2))
    yield from (*_spread(changes[0]), *_spread(changes[1]))


def _often(inside: Flow) -> Iterator[float]:
    """Shares of the region that change more than the mean rarely, more often, always (ViF's histogram)."""
    leaps = np.abs(np.diff(_speed(inside), axis=0))
    often = (leaps > leaps.mean(axis=(1, 2), keepdims=True)).mean(axis=0)
    counts, _ = np.histogram(often, SHARES, (0, 1))
    yield from (counts / counts.sum()).tolist()


def _sway(inside: Flow) -> Iterator[float]:
    """How the region's mean movement changes, and how fast it goes one way in all."""
    ways = inside.mean(axis=(1, 2))
    yield float(np.linalg.norm(np.diff(ways, axis=0), axis=1).mean())
    yield float(np.linalg.norm(ways.mean(axis=0)))


def _within(boxes: Boxes, region: _Region) -> Boxes:
    """People whose middle is in the region, or a little above or below it."""
    left, top, right, bottom = region.corners
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2 * COLUMNS, (boxes[:, 1] + boxes[:, 3]) / 2 * region.rows
    reach = AROUND * region.body
    kept: Boxes = boxes[(left <= x) & (x <= right) & (top - reach <= y) & (y <= bottom + reach)]
    return kept


def _close_pairs(boxes: Boxes, rows: int) -> int:
    """Pairs that stand close to each other."""
    aspect, pairs = COLUMNS / rows, 0
    for one, other in combinations(boxes.tolist(), 2):
        tall = (one[3] - one[1] + other[3] - other[1]) / 2
        apart = max(max(one[0], other[0]) - min(one[2], other[2]), 0) * aspect
        pairs += apart < CLOSE * tall and abs(one[3] - other[3]) < LEVEL * tall
    return pairs
