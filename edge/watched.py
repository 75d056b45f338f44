"""A camera as the analysis loop sees it, and whose turn it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from edge.analysis import CameraAnalysis
from edge.birth import Size
from edge.scenelog.keeping import SceneKeeper
from edge.video.live import LiveSource
from protocol.kinds import SEVERITY_OF
from protocol.messages import CameraHealth, CameraState

MOST_WAIT_S = 1.0
"""Cameras with graver rules come first, but none waits longer than this for them."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
"""For how long a camera is left alone when its analysis failed: twice as long whenever it soon fails again."""


@dataclass(slots=True)
class Trouble:
    """An analysis that failed: when it is tried again, and so how often it is complained of."""

    since: datetime | None = None
    _pause_s: float = 0.0
    _until_s: float = 0.0

    def failed(self, at: datetime, now_s: float) -> float:
        """Once more; returns for how many seconds it is left alone now."""
        soon = self._pause_s > 0 and now_s - self._until_s < LONGEST_PAUSE_S
        if not soon:
            self.since = at
        self._pause_s = min(LONGEST_PAUSE_S, 2 * self._pause_s) if soon else FIRST_PAUSE_S
        self._until_s = now_s + self._pause_s
        return self._pause_s

    def lasts(self, now_s: float) -> bool:
        """Whether the camera is left alone."""
        return now_s < self._until_s


@dataclass(slots=True)
class Watched:
    """Source, analysis and log of a camera, and when it was served. Owned by the loop."""

    source: LiveSource
    analysis: CameraAnalysis
    scenes: SceneKeeper
    size: Size = field(default=(0, 0))
    served_s: float = 0.0
    seen_at: datetime | None = None
    """The time of its newest frame."""
    silence_told_s: float = 0.0
    trouble: Trouble = field(default_factory=Trouble)
    looks_told: int = 0
    """Looks of the detector up to the last health message."""
    brought_told: int = 0
    """Frames brought up to the last measurement of the load."""

    @property
    def name(self) -> str:
        """Its camera's."""
        return self.analysis.camera.name

    @property
    def gravest(self) -> int:
        """Rank of its gravest rule; below all others if it has none."""
        return max((SEVERITY_OF[rule.kind].rank for rule in self.analysis.rules), default=-1)

    def health(self, passed_s: float, now_s: float) -> CameraHealth:
        """Its figures of the seconds that have passed since they were told last."""
        looks, self.looks_told = self.analysis.looks - self.looks_told, self.analysis.looks
        health = self.source.health().model_copy(update={"detected_per_s": round(looks / passed_s, 2)})
        if not self.trouble.lasts(now_s):
            return health
        # Of the states that a server knows the one that sends people to the node's log: its pictures cannot be read.
        return health.model_copy(update={"state": CameraState.UNREADABLE, "since": self.trouble.since})


def next_in_turn(waiting: Sequence[Watched], now_s: float) -> Watched:
    """Whose turn it is: who has waited too long, then the gravest, then who has waited longest."""

    # By when each was served last, not by its frame's time: that is a newer one whenever it has waited for long.
    def turn(watched: Watched) -> tuple[bool, int, float]:
        starves = now_s - watched.served_s > MOST_WAIT_S
        return not starves, 0 if starves else -watched.gravest, watched.served_s

    return min(waiting, key=turn)
