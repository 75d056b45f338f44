"""Line crossing: the path of a foot point crosses the line in a forbidden direction. Begins and ends at once.

A track has a side only once it stands clearly off the line, so that jitter on the line is no crossing; it crosses when
it then stands clearly on the other side and its way there led across the segment, however many frames were missed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
from pydantic import Field

from edge.rules.base import Place
from edge.rules.finding import Finding, Step, Trace
from edge.rules.geometry import Point, segments_meet, side
from edge.rules.selecting import TrackRule, TrackSettings
from edge.vision.scene import Scene
from protocol.kinds import Kind, Phase
from protocol.messages import Text

FORGET_S = 5.0
"""A track unseen for so long has no side any more."""
REACH = 1.0
"""How far, in box heights, a new track may stand from a lost one to take over its side."""


class LineCrossingSettings(TrackSettings):
    """`direction` says which crossings are forbidden, seen from the line's start towards its end."""

    kind: Literal[Kind.LINE_CROSSING] = Kind.LINE_CROSSING
    line: str
    direction: Literal["both", "left_to_right", "right_to_left"] = "both"
    margin: float = Field(default=0.05, ge=0, le=1, description="box heights off the line before a side counts")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a track last stood clearly on one side (+1 right, -1 left), and how tall it was."""

    side: int
    foot: Point
    height: float
    at: datetime


class LineCrossing(TrackRule[LineCrossingSettings]):
    """Remembers each track's last clear side; bounded by the tracks of the last `FORGET_S` seconds."""

    kind = Kind.LINE_CROSSING
    settings_model = LineCrossingSettings

    def __init__(self, settings: LineCrossingSettings, place: Place) -> None:
        super().__init__(settings, place)
        line = place.line(settings.line)
        self._start, self._end = line.start, line.end
        self._standing: dict[int, Standing] = {}

    @property
    def name(self) -> str:
        """Its own name, or that of its line."""
        return self.settings.name or self.settings.line

    @property
    def at_rest(self) -> bool:
        """No track has a side."""
        return not self._standing

    def step(self, scene: Scene) -> Step:
        """A begin and an end for each crossing."""
        rows, traces = self.select(scene)
        tracks = scene.tracks
        ids, feet, heights = tracks.ids.tolist(), tracks.feet.tolist(), tracks.heights.tolist()
        offsets = side(tracks.feet, self._start, self._end).tolist()
        visible = frozenset(ids)
        findings: list[Finding] = []
        for row in rows:
            track, height, offset = ids[row], heights[row], offsets[row]
            now = (feet[row][0], feet[row][1])
            if abs(offset) < self.settings.margin * height:
                traces.append(Trace(track, "place", abs(offset), self.settings.margin * height))
                continue
            before = self._standing.get(track) or self._lost_nearby(now, height, visible)
            self._standing[track] = Standing(1 if offset > 0 else -1, now, height, scene.at)
            crossed, trace = self._judge(track, before, self._standing[track], scene.at)
            traces.append(trace)
            if crossed and before:
                findings += self._report(track, before.side, tracks.labels[row], scene.at)
        self._forget(scene.at)
        return Step(tuple(findings), tuple(traces))

    def _judge(self, track: int, before: Standing | None, now: Standing, at: datetime) -> tuple[bool, Trace]:
        if before is None or before.side == now.side:
            return False, Trace(track, "place")
        if not segments_meet(before.foot, now.foot, self._start, self._end):
            return False, Trace(track, "around")
        forbidden = {"left_to_right": (-1,), "right_to_left": (1,), "both": (-1, 1)}[self.settings.direction]
        if before.side not in forbidden:
            return False, Trace(track, "direction")
        if not self.schedule.open(at):
            return False, Trace(track, "schedule")
        if self.cooling(at):
            return False, Trace(track, "cooldown")
        return True, Trace(track, "raised")

    def _report(self, track: int, from_side: int, label: str, at: datetime) -> list[Finding]:
        arguments = {"label": f"label.{label}", "zone": self.settings.line, "towards": self._towards(-from_side)}
        reason = Text(id="reason.line_crossing.begin", arguments=dict(arguments))
        episode = self.next_episode()
        self.cool_down(at)
        return [
            Finding(self.kind, phase, self.name, episode, at, self.settings.line, (track,), reason)
            for phase in (Phase.BEGIN, Phase.END)
        ]

    def _towards(self, to_side: int) -> str:
        """Which edge of the picture a crossing to this side of the line leads towards: what a person sees in it."""
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

    def _forget(self, at: datetime) -> None:
        for track in [t for t, s in self._standing.items() if (at - s.at).total_seconds() > FORGET_S]:
            del self._standing[track]
