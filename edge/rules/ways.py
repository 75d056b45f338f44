"""How far things have come since they were first seen: what has stood there from the beginning came from nowhere. Pure.

A coat on a hook that looks like a person, and a scooter that is recognised late, have one thing in common: they do not
move. Their boxes do: they tremble, they grow over the bicycle beside, and they are lost and found again upon it. So a
thing has come across only as far as both sides of its box have (if the picture shows both), and what lies between a
track that was lost and the one that is taken for the same is no way at all.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from edge.rules.boxes import Box
from edge.rules.dwell import Stay

CUT_OFF = 0.01
"""So near to the picture's left or right, as a share of it, a box is cut off, and that side of it cannot move."""
SMOOTH_S = 1.5
"""Seconds within which it is believed that somebody stands elsewhere: boxes tremble, and jump where others pass."""

Edges = tuple[float, float, float]
"""Left, right and bottom of a box, in heights of the picture."""


@dataclass(slots=True)
class Way:
    """Where something was first, where it is by and by, and the farthest it has been from there.

    `far` is in the thing's own heights: in the greatest it has been seen with, for who is hidden from below is lower,
    and his foot seems to have moved.
    """

    track: int
    start: Edges
    believed: Edges
    tall: float
    cut_off: bool = False
    """Whether a side of it was ever at the picture's edge: then its middle counts."""
    far: float = 0.0

    def go_on(self, track: int, seen: Edges, height: float, share: float) -> None:
        """It is seen somewhere: `share` of the way there from where it was is believed."""
        ahead = _between(self.believed, seen)
        if track != self.track:
            self.track, self.start, share = track, _moved(self.start, ahead, 1.0), 1.0
        self.believed = _moved(self.believed, ahead, share)
        self.tall = max(self.tall, height)
        left, right, down = _between(self.start, self.believed)
        together = min(abs(left), abs(right)) if left * right > 0 else 0.0
        across = abs(left + right) / 2 if self.cut_off else together
        self.far = max(self.far, math.hypot(across, down) / max(self.tall, 1e-6))


class Ways:
    """The ways of all who stay somewhere, by the numbers of their stays. A way is followed until it is long enough."""

    def __init__(self, least: float) -> None:
        """`least`: how far it is enough to have come, in one's own heights."""
        self.least = least
        self._ways: dict[int, Way] = {}
        self._at: datetime | None = None

    def step(self, at: datetime, stays: Iterable[Stay], box_of: Callable[[int], Box | None], aspect: float) -> None:
        """Take in where they are now; whose stay has ended is forgotten. `box_of`: a track's, None if not in view."""
        share = min(1.0, (at - self._at).total_seconds() / SMOOTH_S) if self._at else 0.0
        self._at = at
        before, self._ways = self._ways, {}
        for stay in stays:
            way = before.get(stay.number)
            if (way is None or way.far < self.least) and (box := box_of(stay.track)) is not None:
                seen = box[0] * aspect, box[2] * aspect, box[3]
                way = way or Way(stay.track, seen, seen, stay.height)
                way.cut_off |= box[0] < CUT_OFF or box[2] > 1 - CUT_OFF
                way.go_on(stay.track, seen, stay.height, share)
            if way is not None:
                self._ways[stay.number] = way

    def far(self, stay: Stay) -> float:
        """How far somebody has come; when that was enough it is not looked at any more."""
        return self._ways[stay.number].far

    def enough(self, stay: Stay) -> bool:
        """Whether he has come far enough."""
        return self.far(stay) >= self.least


def _between(before: Edges, after: Edges) -> Edges:
    return after[0] - before[0], after[1] - before[1], after[2] - before[2]


def _moved(edges: Edges, by: Edges, share: float) -> Edges:
    return edges[0] + share * by[0], edges[1] + share * by[1], edges[2] + share * by[2]
