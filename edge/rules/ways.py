"""How far things have come since they were first seen: what has stood there from the beginning came from nowhere. Pure.

A coat on a hook that looks like a person, and a scooter that is recognised late, have one thing in common: they do not
move.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from edge.rules.geometry import Point

SMOOTH_S = 1.5
"""Seconds within which it is believed that somebody stands elsewhere: boxes tremble, and jump where others pass."""


@dataclass(slots=True)
class Way:
    """Where something was first, where it is by and by, and the farthest it has been from there in its own heights."""

    start: Point
    foot: Point
    far: float = 0.0

    def go_on(self, seen: Point, height: float, share: float) -> None:
        """It is seen somewhere: `share` of the way there from where it was is believed."""
        (x, y), (seen_x, seen_y) = self.foot, seen
        self.foot = x + share * (seen_x - x), y + share * (seen_y - y)
        self.far = max(self.far, math.dist(self.start, self.foot) / max(height, 1e-6))


class Ways:
    """The ways of all who are there, each by a number of its own. A way is followed until it is long enough."""

    def __init__(self, least: float) -> None:
        """`least`: how far it is enough to have come, in heights of its own box."""
        self.least = least
        self._ways: dict[int, Way] = {}
        self._at: datetime | None = None

    def __len__(self) -> int:
        return len(self._ways)

    def step(self, at: datetime, there: Iterable[tuple[int, Point, float]]) -> None:
        """Take in who is there now: number, foot, height. Whoever is not is forgotten."""
        share = min(1.0, (at - self._at).total_seconds() / SMOOTH_S) if self._at else 0.0
        self._at = at
        before, self._ways = self._ways, {}
        for number, foot, height in there:
            way = self._ways[number] = before.get(number) or Way(foot, foot)
            if way.far < self.least:
                way.go_on(foot, height, share)

    def far(self, number: int) -> float:
        """How far somebody has come; at most as far as was enough."""
        way = self._ways.get(number)
        return way.far if way else 0.0

    def enough(self, number: int) -> bool:
        """Whether he has come far enough."""
        return self.far(number) >= self.least
