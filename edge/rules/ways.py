"""How far things have come since they were first seen: what has stood there from the beginning came from nowhere. Pure.

A coat on a hook that looks like a person, and a scooter that is recognised late, have one thing in common: they do not
move.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from edge.rules.dwell import Stay
from edge.rules.geometry import Point

SMOOTH_S = 1.5
"""Seconds within which it is believed that somebody stands elsewhere: boxes tremble, and jump where others pass."""


@dataclass(slots=True)
class Way:
    """Where something was first, where it is by and by, and the farthest it has been from there.

    Points are in heights of the picture; `far` is in the thing's own heights: in the greatest it has been seen with,
    for who is hidden from below is lower, and his foot seems to have moved.
    """

    start: Point
    foot: Point
    tall: float
    far: float = 0.0

    def go_on(self, seen: Point, height: float, share: float) -> None:
        """It is seen somewhere: `share` of the way there from where it was is believed."""
        (x, y), (seen_x, seen_y) = self.foot, seen
        self.foot = x + share * (seen_x - x), y + share * (seen_y - y)
        self.tall = max(self.tall, height)
        self.far = max(self.far, math.dist(self.start, self.foot) / max(self.tall, 1e-6))


class Ways:
    """The ways of all who stay somewhere, by the numbers of their stays. A way is followed until it is long enough."""

    def __init__(self, least: float) -> None:
        """`least`: how far it is enough to have come, in one's own heights."""
        self.least = least
        self._ways: dict[int, Way] = {}
        self._at: datetime | None = None

    def step(self, at: datetime, stays: Iterable[Stay], aspect: float) -> None:
        """Take in where they are now; whose stay has ended is forgotten. `aspect`: the picture's width in heights."""
        share = min(1.0, (at - self._at).total_seconds() / SMOOTH_S) if self._at else 0.0
        self._at = at
        before, self._ways = self._ways, {}
        for stay in stays:
            foot = stay.foot[0] * aspect, stay.foot[1]
            way = self._ways[stay.number] = before.get(stay.number) or Way(foot, foot, stay.height)
            if way.far < self.least:
                way.go_on(foot, stay.height, share)

    def far(self, stay: Stay) -> float:
        """How far somebody has come; when that was enough it is not looked at any more."""
        return self._ways[stay.number].far

    def enough(self, stay: Stay) -> bool:
        """Whether he has come far enough."""
        return self.far(stay) >= self.least
