"""A timeline language for rules: people on paths, scene time, no pixels.

run = play(rule, fps=10).thing(1, [(0, (0.1, 0.9)), (4, (0.5, 0.9))]) ...
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.rules.base import Place, Rule
from edge.rules.finding import Finding, Trace
from edge.vision.gate import Decision, Reason
from edge.vision.scene import Scene, Tracks
from protocol.kinds import Phase
from protocol.messages import Line, Zone

START = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # a Monday noon in Shanghai
SHED = Zone(name="shed", polygon=((0.4, 0.4), (0.8, 0.4), (0.8, 0.8), (0.4, 0.8)))
GATE = Line(name="gate", start=(0.5, 0.2), end=(0.5, 0.9))
PLACE = Place("yard", {"shed": SHED}, {"gate": GATE}, "Asia/Shanghai")
OUT, IN = (0.1, 0.6), (0.6, 0.6)

Point = tuple[float, float]
Path = Sequence[tuple[float, Point]]


@dataclass(frozen=True)
class Thing:
    """Somebody with an id, on a path of (seconds, foot point); not there outside the path's times or in the gaps."""

    track: int
    path: Path
    label: str = "person"
    height: float = 0.3
    width: float = 0.1
    gaps: Sequence[tuple[float, float]] = ()
    score: float = 0.9
    jitter: float = 0.0
    """Share of the height by which each edge trembles."""
    cut: Sequence[tuple[float, float, float]] = ()
    """From when to when which share of the height is hidden from below."""
    grown: Sequence[tuple[float, float, float]] = ()
    """From when to when the box is how much wider, to the right."""

    def foot(self, t: float) -> Point | None:
        times = [time for time, _ in self.path]
        if not times[0] <= t <= times[-1] or any(a <= t < b for a, b in self.gaps):
            return None
        x, y = (float(np.interp(t, times, [point[axis] for _, point in self.path])) for axis in (0, 1))
        return x, y

    def box(self, t: float, foot: Point) -> NDArray[np.float64]:
        x, y = foot
        bottom = y - self.height * sum(share for a, b, share in self.cut if a <= t < b)
        right = x + self.width / 2 + sum(more for a, b, more in self.grown if a <= t < b)
        shaken = np.random.default_rng([self.track, round(t * 1000)]).normal(0, self.jitter * self.height, 4)
        box: NDArray[np.float64] = np.array([x - self.width / 2, y - self.height, right, bottom]) + shaken
        return box


@dataclass
class Play:
    """What happened when a rule was shown a timeline."""

    findings: list[tuple[float, Finding]] = field(default_factory=list)
    traces: dict[int, list[tuple[float, Trace]]] = field(default_factory=dict)

    def begins(self) -> list[float]:
        return [t for t, finding in self.findings if finding.phase is Phase.BEGIN]

    def ends(self) -> list[float]:
        return [t for t, finding in self.findings if finding.phase is Phase.END]

    def why(self, track: int, t: float) -> Trace:
        """The trace of a track at the last scene up to a time."""
        return [trace for at, trace in self.traces[track] if at <= t][-1]


def scene(t: float, things: Sequence[Thing], start: datetime = START) -> Scene:
    """The scene at a time."""
    here = [(thing, foot) for thing in sorted(things, key=lambda x: x.track) if (foot := thing.foot(t)) is not None]
    boxes = [thing.box(t, foot) for thing, foot in here]
    tracks = Tracks(
        ids=np.array([thing.track for thing, _ in here], np.int64),
        labels=tuple(thing.label for thing, _ in here),
        scores=np.array([thing.score for thing, _ in here], np.float32),
        boxes=np.array(boxes, np.float32).reshape(-1, 4),
        seen=np.ones(len(here), np.bool_),
        ages_s=np.zeros(len(here), np.float32),
    )
    return Scene("yard", round(t * 1000), start + timedelta(seconds=t), tracks, Decision(Reason.MOTION))


def play(rule: Rule[Any], *things: Thing, until: float, fps: float = 10, start: datetime = START) -> Play:
    """Show the rule every frame from 0 to `until` seconds."""
    result = Play()
    for number in range(int(until * fps) + 1):
        t = number / fps
        step = rule.step(scene(t, things, start))
        result.findings += [(t, finding) for finding in step.findings]
        for trace in step.traces:
            result.traces.setdefault(trace.track, []).append((t, trace))
    return result
