"""How far people go to and fro: the length of their way, less the distance that it led them. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import numpy as np

from edge.rules.dwell import Stay
from edge.rules.motion import Movement

LONGEST_STEP_S = 0.5
"""Over a longer pause between scenes no more than this is counted."""
STROLL_M_S, STROLL_HEIGHTS_S = 0.3, 0.18
"""Slower than this somebody stands, and his box trembles."""
Pair = tuple[float, float]


class Pacing:
    """The ways of those who stay in a zone, by the numbers of their stays."""

    def __init__(self, metres: float | None, heights: float | None) -> None:
        """`metres`, `heights`: what to hold each one's way against; none: nothing."""
        self._limits = metres if metres is not None else np.inf, heights if heights is not None else np.inf
        self._ways: dict[int, tuple[float, float, float]] = {}
        """Length, and how far it led to the right and down or to the east and north."""
        self._limit: dict[int, tuple[float, str]] = {}
        self._before: datetime | None = None

    def step(self, at: datetime, moves: Movement, stays: Iterable[Stay], rows: Mapping[int, int]) -> None:
        """Take a scene in: how its tracks move, and the rows of those whose stays go on in it."""
        step_s = min(LONGEST_STEP_S, (at - self._before).total_seconds()) if self._before else 0.0
        self._before = at
        limits = moves.limits(*self._limits)
        walks = moves.speeds > moves.limits(STROLL_M_S, STROLL_HEIGHTS_S)
        ways = {}
        for stay in stays:
            way, row = self._ways.get(stay.number, (0.0, 0.0, 0.0)), rows.get(stay.track)
            if row is not None:
                self._limit[stay.number] = float(limits[row]), moves.unit(row)
                if walks[row]:
                    across, down = (moves.velocities[row] * step_s).tolist()
                    way = way[0] + float(moves.speeds[row]) * step_s, way[1] + across, way[2] + down
            ways[stay.number] = way
        self._ways = ways
        self._limit = {number: limit for number, limit in self._limit.items() if number in ways}

    def to_and_fro(self, stay: Stay) -> Pair:
        """How far, and the limit; infinite where there is none in this unit."""
        length, across, down = self._ways[stay.number]
        return length - float(np.hypot(across, down)), self._limit[stay.number][0]

    def unit(self, stay: Stay) -> str:
        """Of both: an id of the catalogue."""
        return self._limit[stay.number][1]
