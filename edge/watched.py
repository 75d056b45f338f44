"""A camera as the analysis loop sees it, and whose turn it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from edge.analysis import CameraAnalysis
from edge.birth import Size
from edge.scenelog.keeping import SceneKeeper
from edge.video.live import LiveSource
from protocol.kinds import SEVERITY_OF

MOST_WAIT_S = 1.0
"""Cameras with graver rules come first, but none waits longer than this for them."""


@dataclass(slots=True)
class Watched:
    """Source, analysis and log of a camera, and when it was served. Owned by the loop."""

    source: LiveSource
    analysis: CameraAnalysis
    scenes: SceneKeeper
    size: Size = field(default=(0, 0))
    served_s: float = 0.0
    silence_told_s: float = 0.0
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


def next_in_turn(waiting: Sequence[Watched], now_s: float) -> Watched:
    """Whose turn it is: who has waited too long, then the gravest, then who has waited longest."""

    # By when each was served last, not by its frame's time: that is a newer one whenever it has waited for long.
    def turn(watched: Watched) -> tuple[bool, int, float]:
        starves = now_s - watched.served_s > MOST_WAIT_S
        return not starves, 0 if starves else -watched.gravest, watched.served_s

    return min(waiting, key=turn)
