"""Falling object: something small comes down in front of a façade, faster and faster, as only what falls does.

What moves is linked from picture to picture as long as it goes down no slower than before and keeps its course
sideways; a fall is a chain that is long enough and lies on a parabola. Begins and ends at once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from edge.rules.base import Place, Rule, RuleSettings
from edge.rules.boxes import Box, box_of
from edge.rules.finding import Finding, Step, Thing, Trace
from edge.rules.geometry import Point
from edge.vision.scene import Scene, Tracks
from edge.vision.senses.movers import Movers, MoverSense
from protocol.kinds import Kind, Phase
from protocol.messages import Text

KNOWN = ("person", "bicycle", "motorcycle", "car", "bus", "truck")
"""What moves with these does not fall."""
BESIDE = np.array([0.5, 0.25], np.float32)
"""What moves so near to one of them, in its widths and heights, moves with it."""
SLOWEST, MEAN = 0.08, 0.25
"""Picture heights a second: at which a fall may begin to be seen, and over all of it."""
FASTEST = 4.0
"""The same, of what is fastest at the end."""
SLOWER = 0.7
"""No step down may be slower than this share of the one before."""
ASIDE = 0.4
"""So much of the way down the course sideways may change."""
STRAY = 0.01
"""How far, as a share of the picture, points may lie off the parabola."""
LARGEST = 0.12
"""Share of the picture that what falls may measure in either direction."""
FORGET_S = 0.5
"""A chain that finds no next point for so long is dropped."""
STAYS = 0.015
"""Share of the picture within which something has not moved on."""
LEAST_S = 0.6
"""Seconds that a fall must be seen to last."""
MOST_CHAINS = 400
SPEEDING = 1.25
"""Times the speed in its first half that it has in its second."""


class FallingObjectSettings(RuleSettings):
    """Begins, and ends, when something has fallen along `min_path`."""

    kind: Literal[Kind.FALLING_OBJECT] = Kind.FALLING_OBJECT
    zone: str = Field(description="the façade and the ground before it")
    min_path: float = Field(default=0.2, gt=0, le=1, description="least way down, share of the picture's height")
    min_points: int = Field(default=5, ge=4, description="pictures in a row in which it must be seen")


@dataclass(frozen=True, slots=True)
class Chain:
    """Where something was, picture by picture: seconds, x, y; and how large it was last."""

    points: tuple[tuple[float, float, float], ...]
    box: Box

    @property
    def last(self) -> tuple[float, float, float]:
        """The newest point."""
        return self.points[-1]

    def step(self) -> tuple[float, float]:
        """Speeds across and down of its last step, shares a second."""
        (t1, x1, y1), (t2, x2, y2) = self.points[-2:]
        return (x2 - x1) / (t2 - t1), (y2 - y1) / (t2 - t1)


class FallingObject(Rule[FallingObjectSettings]):
    """Remembers the chains of the last half second."""

    kind = Kind.FALLING_OBJECT
    settings_model = FallingObjectSettings
    senses = (MoverSense,)
    wants_fps = 10.0

    def __init__(self, settings: FallingObjectSettings, place: Place) -> None:
        super().__init__(settings, place)
        self._polygon = place.polygon(settings.zone)
        self._chains: list[Chain] = []
        self._told_at: datetime | None = None

    def step(self, scene: Scene) -> Step:
        """A begin and an end when a fall is complete enough to be one."""
        second = scene.at.timestamp()
        found = self._unknown(scene.reading(Movers).boxes, scene.tracks)
        # Where something still is, nothing has left: a swarm that flits about is no fall.
        left = [chain for chain in self._chains if not any(_stays(chain, place) for place, _ in found)]
        longer = [
            Chain((*chain.points, (second, x, y)), box)
            for (x, y), box in found
            for chain in left
            if _goes_on(chain, second, x, y, box)
        ]
        alive = [chain for chain in self._chains if second - chain.last[0] < FORGET_S]
        new = [Chain(((second, x, y),), box) for (x, y), box in found]
        longer.sort(key=lambda chain: -len(chain.points))
        self._chains = (longer + alive + new)[:MOST_CHAINS]
        whole = [chain for chain in longer if self._falls(chain)]
        if not whole:
            return Step((), self._traces())
        if self._soon_after(scene.at) or self.cooling(scene.at) or not self.schedule.open(scene.at):
            return Step((), (Trace(0, "cooldown"),))
        self._told_at = scene.at
        self._chains = []
        return Step(tuple(self._report(whole[0], scene.at)), (Trace(0, "raised"),))

    def _unknown(self, boxes: NDArray[np.float32], tracks: Tracks) -> list[tuple[Point, Box]]:
        """Centre and box of what moves in the zone and belongs to nothing that is tracked."""
        if not len(boxes):
            return []
        centres = ((boxes[:, :2] + boxes[:, 2:]) / 2).astype(np.float32)
        sides = boxes[:, 2:] - boxes[:, :2]
        free = self._polygon.holds(centres) & (sides[:, 0] < LARGEST) & (sides[:, 1] < LARGEST)
        boxes, centres = boxes[free], centres[free]
        rows = tracks.rows_of(KNOWN)
        if rows and len(boxes):
            known = tracks.boxes[rows]
            margins = (known[:, 2:] - known[:, :2]) * BESIDE
            (left, top), (right, bottom) = (known[:, :2] - margins).T, (known[:, 2:] + margins).T
            x, y = centres.T[..., None]
            alone = ~((x > left) & (x < right) & (y > top) & (y < bottom)).any(axis=1)
            boxes, centres = boxes[alone], centres[alone]
        return [((x, y), box_of(box)) for (x, y), box in zip(centres.tolist(), boxes.tolist(), strict=True)]

    def _falls(self, chain: Chain) -> bool:
        """Whether a chain is long enough, speeds up and lies on a parabola."""
        points = np.array(chain.points)
        if len(points) < self.settings.min_points or points[-1, 0] - points[0, 0] < LEAST_S:
            return False
        if points[-1, 2] - points[0, 2] < self.settings.min_path:
            return False
        t = points[:, 0] - points[0, 0]
        half = len(t) // 2
        first = (points[half, 2] - points[0, 2]) / t[half]
        second = (points[-1, 2] - points[half, 2]) / (t[-1] - t[half])
        if second < SPEEDING * first or points[-1, 2] - points[0, 2] < MEAN * t[-1]:
            return False
        down, across = np.polyfit(t, points[:, 2], 2), np.polyfit(t, points[:, 1], 1)
        stray = max(
            np.abs(np.polyval(down, t) - points[:, 2]).max(), np.abs(np.polyval(across, t) - points[:, 1]).max()
        )
        return bool(stray < STRAY)

    def _soon_after(self, at: datetime) -> bool:
        """What falls has just been told: its bounces, and the rest of its way, are no falls of their own."""
        return self._told_at is not None and (at - self._told_at).total_seconds() < 2.0

    def _report(self, chain: Chain, at: datetime) -> list[Finding]:
        zone, height = self.settings.zone, chain.last[2] - chain.points[0][2]
        took_s = chain.last[0] - chain.points[0][0]
        arguments = {"zone": zone, "share": round(100 * height), "took_s": round(took_s, 1)}
        reason = Text(id="reason.falling_object.begin", arguments=dict(arguments))
        episode = self.next_episode()
        self.cool_down(at)
        thing = (Thing("other", chain.box),)
        return [
            Finding(self.kind, phase, self.name, episode, at, zone, (), reason, things=thing)
            for phase in (Phase.BEGIN, Phase.END)
        ]

    def _traces(self) -> tuple[Trace, ...]:
        """How near the longest chain came."""
        paths = [chain.last[2] - chain.points[0][2] for chain in self._chains if len(chain.points) > 2]
        return (
            (Trace(0, "path", round(max(paths), 3), self.settings.min_path, "unit.picture"),)
            if paths
            else (Trace(0, "movement"),)
        )


def _stays(chain: Chain, place: tuple[float, float]) -> bool:
    """Whether what a chain saw last may be there still."""
    return max(abs(place[0] - chain.last[1]), abs(place[1] - chain.last[2])) < STAYS


def _goes_on(chain: Chain, second: float, x: float, y: float, box: Box) -> bool:
    """Whether a chain may go on to a point: down, no slower than before, on its course, much the same in size."""
    t, last_x, last_y = chain.last
    passed_s = second - t
    if passed_s <= 0:  # pictures that came late, after a silence of which something was said
        return False
    across, down = (x - last_x) / passed_s, (y - last_y) / passed_s
    if not SLOWEST <= down <= FASTEST or not _alike(box, chain.box):
        return False
    if len(chain.points) < 2:
        return abs(across) <= down
    across_before, down_before = chain.step()
    return down >= SLOWER * down_before and abs(across - across_before) <= ASIDE * down


def _alike(box: Box, other: Box) -> bool:
    """Whether two boxes may be of one thing, which tumbles."""
    sides = [((a[2] - a[0]), (a[3] - a[1])) for a in (box, other)]
    large, small = sorted(max(side[n] for n in (0, 1)) for side in sides)[::-1]
    return large <= 4 * max(small, 0.01)
