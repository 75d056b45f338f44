"""How long each track has been somewhere, forgiving short absences and a changed identity. Pure.

A tracker loses people behind poles and finds them again under another id. A new track that appears near where an
occupant was just lost takes over its time (thread "identity lost behind a pole makes two alerts", Frigate #22921).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from edge.vision.scene import Tracks

Point = tuple[float, float]


AT_EDGE = 0.2
"""Feet so few heights from the picture's edge may have gone over it."""

GROWS = 2.5
"""Nobody is so many times as tall when he is found again: who is, is somebody else."""


@dataclass(slots=True)
class Stay:
    """One occupant's stay: since when, last seen inside when and where. Kept up to date by its `Dwell` alone."""

    number: int
    """Its own number, which stays the same when the track's id changes."""
    track: int
    since: datetime
    last: datetime
    foot: Point
    height: float

    def seconds(self, at: datetime) -> float:
        """How long it has lasted."""
        return (at - self.since).total_seconds()


class Dwell:
    """The stays of one place. Bounded: a stay is dropped when its absence is no longer forgiven."""

    def __init__(self, forgive_s: float, reach: float = 1.0, hidden_s: float | None = None) -> None:
        """`reach`: how far, in body heights, a new track may stand from a lost one to be taken for it.

        `hidden_s`: how long somebody counts who is not seen at all; `forgive_s`, which is for who is seen elsewhere,
        unless given.
        """
        self._forgive_s = forgive_s
        self._hidden_s = forgive_s if hidden_s is None else hidden_s
        self._reach = reach
        self._stays: dict[int, Stay] = {}
        self._in_view: list[int] = []
        self._appeared: dict[int, datetime] = {}
        """When each track in view was first in view."""
        self._count = 0

    @property
    def stays(self) -> Mapping[int, Stay]:
        """Every stay, by track id, in the order in which they began."""
        return self._stays

    def step(self, at: datetime, inside: Mapping[int, int], tracks: Tracks) -> list[Stay]:
        """Take in who is in view, and who of them is inside (id → row); returns the stays that ended."""
        numbers, feet, tall = tracks.numbers, tracks.feet_at, tracks.tall
        if self._in_view != numbers:
            self._in_view = numbers
            self._appeared = {track: self._appeared.get(track, at) for track in numbers}
        for track, row in inside.items():
            stay = self._stays.get(track)
            if stay is None:
                stay = self._stays[track] = self._inherit(at, track, feet[row], tall[row], tracks.visible)
            stay.last, stay.foot, stay.height = at, feet[row], tall[row]
        if len(self._stays) == len(inside):
            return []
        ended = [
            stay
            for stay in self._stays.values()
            if stay.last != at and (at - stay.last).total_seconds() > self._patience_s(stay, tracks.visible)
        ]
        for stay in ended:
            del self._stays[stay.track]
        return ended

    def _patience_s(self, stay: Stay, visible: frozenset[int]) -> float:
        """Who was lost at the picture's edge has left it; who was lost elsewhere is hidden."""
        (x, y), near = stay.foot, AT_EDGE * stay.height
        left = stay.track in visible or min(x, 1 - x, 1 - y) < near
        return self._forgive_s if left else self._hidden_s

    def _inherit(self, at: datetime, track: int, foot: Point, height: float, visible: frozenset[int]) -> Stay:
        near = [
            (distance, stay)
            for stay in self._stays.values()
            if stay.track not in visible
            and self._appeared.get(track, at) > stay.last  # who was in view beside the lost one is somebody else
            and max(height, stay.height) <= GROWS * min(height, stay.height)
            and (distance := _heights_apart(foot, height, stay)) <= self._reach
        ]
        if not near:
            self._count += 1
            return Stay(self._count, track, at, at, foot, height)
        _, lost = min(near, key=lambda pair: (pair[0], pair[1].track))
        del self._stays[lost.track]
        lost.track = track
        return lost


def _heights_apart(foot: Point, height: float, stay: Stay) -> float:
    """Distance in heights of the taller; x counts like y, which suits 16:9 well enough for telling neighbours apart."""
    across = ((foot[0] - stay.foot[0]) ** 2 + (foot[1] - stay.foot[1]) ** 2) ** 0.5
    return float(across / max(height, stay.height, 1e-6))
