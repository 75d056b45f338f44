"""Crowd: at least so many people in the zone for some time, or so many more of them than a minute ago.

People are counted by their stays, so that those whom others hide for some seconds count.
"""

from collections import deque
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from edge.rules.base import Place
from edge.rules.finding import Finding, Step, Trace
from edge.rules.zone import Occupancy, ZoneRule, ZoneSettings
from edge.vision.scene import Scene
from protocol.kinds import Kind, Phase
from protocol.messages import Text

FORGIVE_S = 0.5
"""Somebody who is seen outside for no longer still counts."""
HIDDEN_S = 2.0
"""Somebody who was in the zone and is seen nowhere still counts: nobody vanishes, but people hide each other."""
GROWTH_OVER_S = 60.0
SAMPLES_EVERY_S = 1.0


class CrowdSettings(ZoneSettings):
    """Begins when there have been `count` people, or `growth` more than a minute ago, for `after_s`."""

    kind: Literal[Kind.CROWD] = Kind.CROWD
    count: int = Field(default=10, ge=2, description="people in the zone that are a crowd")
    growth: int | None = Field(default=None, ge=2, description="people more than a minute ago that are a crowd forming")
    after_s: float = Field(default=5.0, ge=0, description="seconds for which there must be so many")
    grace_s: float = Field(default=5.0, ge=0, description="seconds with fewer before it is over")
    update_s: float = Field(default=10.0, gt=0, description="seconds between updates while the crowd grows")


class Crowd(ZoneRule[CrowdSettings]):
    """Remembers since when there are enough, and how many there were over the last minute."""

    kind = Kind.CROWD
    settings_model = CrowdSettings

    def __init__(self, settings: CrowdSettings, place: Place) -> None:
        super().__init__(settings, place, forgive_s=FORGIVE_S, hidden_s=HIDDEN_S)
        self._counts: deque[tuple[datetime, int]] = deque()
        """Of the last minute, one a second."""
        self._since: datetime | None = None
        self._last: datetime | None = None
        """When there were enough last."""
        self._episode: int | None = None
        self._told: tuple[datetime, int] | None = None
        """When we last spoke of how many."""

    def step(self, scene: Scene) -> Step:
        """At most one finding a scene."""
        zone, at = self.occupancy(scene), scene.at
        count = len(zone.stays)
        grown = self._grown(at, count)
        if count >= self.settings.count or (self.settings.growth is not None and grown >= self.settings.growth):
            self._since, self._last = self._since or at, at
        elif self._last is None or (at - self._last).total_seconds() > (self.settings.grace_s if self._episode else 0):
            self._since = None
        finding = self._judge(at, count, grown, zone)
        return Step((finding,) if finding else (), zone.traces + self._traces(at, count, zone))

    def _grown(self, at: datetime, count: int) -> int:
        """How many more there are than at some time of the last minute; nothing until a minute has been watched."""
        if not self._counts or (at - self._counts[-1][0]).total_seconds() >= SAMPLES_EVERY_S:
            self._counts.append((at, count))
        while at - self._counts[0][0] > timedelta(seconds=GROWTH_OVER_S + SAMPLES_EVERY_S):
            self._counts.popleft()
        if (at - self._counts[0][0]).total_seconds() < GROWTH_OVER_S:
            return 0
        return count - min(past for _, past in self._counts)

    def _judge(self, at: datetime, count: int, grown: int, zone: Occupancy) -> Finding | None:
        if self._episode is None:
            if self._since is None or (at - self._since).total_seconds() < self.settings.after_s or self.cooling(at):
                return None
            self._episode, self._told = self.next_episode(), (at, count)
            lasted_s = round((at - self._since).total_seconds(), 1)
            if count >= self.settings.count:
                limits = {"limit": self.settings.count, "dwell_s": lasted_s, "limit_s": self.settings.after_s}
                return self._finding(Phase.BEGIN, at, zone, "begin", count=count, **limits)
            return self._finding(Phase.BEGIN, at, zone, "growth.begin", count=count, grown=grown)
        if self._since is None:
            finding = self._finding(Phase.END, at, zone, "end", count=count, grace_s=self.settings.grace_s)
            self._episode = None
            self.cool_down(at)
            return finding
        told_at, told = self._told or (at, count)
        if count <= told or (at - told_at).total_seconds() < self.settings.update_s:
            return None
        self._told = (at, count)
        return self._finding(Phase.UPDATE, at, zone, "update", count=count)

    def _traces(self, at: datetime, count: int, zone: Occupancy) -> tuple[Trace, ...]:
        """The same for all who are there: a crowd is nobody's own."""
        if self._episode is not None:
            condition, have, need = "raised", float(count), float(self.settings.count)
        elif self._since is None:
            condition, have, need = "count", float(count), float(self.settings.count)
        else:
            condition, have, need = "time", (at - self._since).total_seconds(), self.settings.after_s
        return self.why(Trace(stay.track, condition, have, need) for stay in zone.stays)

    def _finding(self, phase: Phase, at: datetime, zone: Occupancy, sentence: str, **arguments: float) -> Finding:
        reason = Text(id=f"reason.crowd.{sentence}", arguments={"zone": self.settings.zone, **arguments})
        objects = tuple(stay.track for stay in zone.stays)
        return Finding(self.kind, phase, self.name, self._episode or 0, at, self.settings.zone, objects, reason)
