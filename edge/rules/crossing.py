"""Who has crossed a line, and which way: what all rules about lines share. Pure.

A track has a side only once it stands clearly off the line, so that jitter on the line is no crossing; it crosses when
it then stands clearly on the other side and its way there led across the segment, however many frames were missed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from edge.rules.finding import Trace, held_back
from edge.rules.geometry import Point, Straight, segments_meet
from edge.vision.scene import Scene, Tracks
from protocol.messages import Line

FORGET = timedelta(seconds=5)
"""A track unseen for so long has no side any more."""
REACH = 1.0
"""How far, in box heights, a new track may stand from a lost one to take over its side."""


@dataclass(slots=True)
class Standing:
    """Where a track last stood clearly on one side (+1 right, -1 left), and how tall it was. Changed in place."""

    side: int
    foot: Point
    height: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Crossing:
    """A track has come over the line: it was on one side (+1 right, -1 left) and is on the other."""

    track: int
    label: str
    from_side: int


class Crossings:
    """Remembers each track's last clear side; bounded by the tracks of the last `FORGET`."""

    def __init__(self, line: Line, margin: float) -> None:
        """`margin`: box heights off the line before a side counts."""
        self._start, self._end = line.start, line.end
        self._straight = Straight(line.start, line.end)
        self._margin = margin
        self._standing: dict[int, Standing] = {}

    @property
    def empty(self) -> bool:
        """Whether no track has a side."""
        return not self._standing

    def step(self, scene: Scene, rows: Iterable[int]) -> tuple[list[Crossing], list[int]]:
        """Who of some rows of a scene has crossed just now, and who (ids) has come across beside the line's ends."""
        tracks, at = scene.tracks, scene.at
        ids, feet, tall, offsets = tracks.numbers, tracks.feet_at, tracks.tall, self._straight.sides_of_feet(tracks)
        crossings: list[Crossing] = []
        around: list[int] = []
        clear = 0
        for row in rows:
            height, offset = tall[row], offsets[row]
            if abs(offset) < self._margin * height:
                continue
            clear += 1
            track, foot, side = ids[row], feet[row], 1 if offset > 0 else -1
            standing = self._standing.get(track)
            if standing is None:
                standing = self._lost_nearby(foot, height, tracks.visible) or Standing(side, foot, height, at)
                self._standing[track] = standing
            if standing.side != side:
                if segments_meet(standing.foot, foot, self._start, self._end):
                    crossings.append(Crossing(track, tracks.labels[row], standing.side))
                else:
                    around.append(track)
            standing.side, standing.foot, standing.height, standing.at = side, foot, height, at
        if len(self._standing) > clear:
            self._forget(at - FORGET)
        return crossings, around

    def traces(
        self, tracks: Tracks, rows: Iterable[int], crossings: list[Crossing], around: list[int]
    ) -> Iterator[Trace]:
        """Why the rows that have not crossed have not."""
        crossed = {crossing.track for crossing in crossings}
        offsets = self._straight.sides_of_feet(tracks)
        for row in rows:
            track, off, clear = tracks.numbers[row], abs(offsets[row]), self._margin * tracks.tall[row]
            if off < clear:
                yield Trace(track, "place", off, clear)
            elif track in around:
                yield held_back(track, "around")
            elif track not in crossed:
                yield held_back(track, "place")

    def towards(self, crossing: Crossing) -> str:
        """Which edge of the picture a crossing leads towards: what a person sees in it. An id of the catalogue."""
        to_side = -crossing.from_side
        right, down = (self._start[1] - self._end[1]) * to_side, (self._end[0] - self._start[0]) * to_side
        if abs(right) >= abs(down):
            return "towards.right" if right > 0 else "towards.left"
        return "towards.bottom" if down > 0 else "towards.top"

    def _lost_nearby(self, foot: Point, height: float, visible: frozenset[int]) -> Standing | None:
        """The side of a track that was lost near here: the same object under a new id."""
        near = [
            (np.hypot(foot[0] - lost.foot[0], foot[1] - lost.foot[1]) / max(height, lost.height, 1e-6), track)
            for track, lost in self._standing.items()
            if track not in visible
        ]
        if not near or min(near)[0] > REACH:
            return None
        return self._standing.pop(min(near)[1])

    def _forget(self, before: datetime) -> None:
        for track in [track for track, standing in self._standing.items() if standing.at < before]:
            del self._standing[track]
