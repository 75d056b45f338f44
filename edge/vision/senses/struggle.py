"""How much the last two seconds look like a fight, at the place where people move most against each other.

A detector sees people, not what they do; where they grapple it sees one person or none. So what is judged is the
movement inside and around their boxes, by thirty measures and as many weights (`edge/vision/struggle`).
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from edge.video.frame import Frame
from edge.vision.gate import Decision
from edge.vision.scene import Reading, Tracks
from edge.vision.senses.base import Sense
from edge.vision.struggle.measures import Measured
from edge.vision.struggle.memory import Memory
from edge.vision.struggle.weights import Sign, Weights, shipped

WINDOW_S = 2.0
EVERY_S = 0.5
"""Seconds between two judgements; in between nothing is said."""
ALONE_S = 2.0
"""For so long nobody must have been seen before the sense rests."""
PERSON = ("person",)


@dataclass(frozen=True)
class Struggle(Reading):
    """One judgement, or none: columns of length 1 or 0; arrays are read-only."""

    scores: NDArray[np.float64]
    """How likely it is a fight, 0..1."""
    boxes: NDArray[np.float32]
    """(N, 4) xyxy, shares of the picture: what was looked at."""
    people: NDArray[np.int64]
    """Most people there at once."""
    signs: tuple[Sign, ...] = ()
    """What speaks loudest for it."""

    @classmethod
    def of(cls, found: Measured | None, weights: Weights) -> "Struggle":
        """What the weights say of a measurement."""
        some = [] if found is None else [found]
        columns = (
            np.array([round(weights.score(one.values), 4) for one in some], np.float64),
            np.array([one.box for one in some], np.float32).reshape(-1, 4).round(4),
            np.array([one.people for one in some], np.int64),
        )
        for column in columns:
            column.flags.writeable = False
        return cls(*columns, tuple(weights.sign(one.values) for one in some))


class StruggleSense(Sense[Struggle]):
    """Remembers two seconds of movement. Rests while nobody is seen."""

    reading = Struggle

    def __init__(self) -> None:
        self._weights = shipped()
        self._memory = Memory(WINDOW_S)
        self._seen_at: datetime | None = None
        self._judged_at: datetime | None = None

    def measure(self, frame: Frame, tracks: Tracks, decision: Decision) -> Struggle:
        """The next picture."""
        people = tracks.boxes[tracks.rows_of(PERSON)]
        if len(people):
            self._seen_at = frame.at
        if self._seen_at is None or (frame.at - self._seen_at).total_seconds() > ALONE_S:
            self._memory.forget()
            return Struggle.of(None, self._weights)
        self._memory.add(frame.at, frame.picture.luma(), people)
        if self._judged_at is not None and (frame.at - self._judged_at).total_seconds() < EVERY_S:
            return Struggle.of(None, self._weights)
        found = self._memory.measured()
        if found is not None:
            self._judged_at = frame.at
        return Struggle.of(found, self._weights)
