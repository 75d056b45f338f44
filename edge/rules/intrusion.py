"""Intrusion: an object of the classes stands in the zone while the schedule is open. One alert for all who come in."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from edge.rules.base import Place
from edge.rules.dwell import Stay
from edge.rules.finding import Finding, Step, Trace
from edge.rules.zone import Occupancy, ZoneRule, ZoneSettings
from edge.vision.scene import Scene
from protocol.kinds import Kind, Phase
from protocol.messages import Text


class IntrusionSettings(ZoneSettings):
    """Begins when a foot point has been in the zone for `after_s`, ends when none has been there for `grace_s`."""

    kind: Literal[Kind.INTRUSION] = Kind.INTRUSION
    after_s: float = Field(default=0.5, ge=0, description="seconds in the zone before it is an intrusion")
    grace_s: float = Field(default=2.0, ge=0, description="seconds the zone must be empty before it is over")


class Intrusion(ZoneRule[IntrusionSettings]):
    """Remembers, while an alert is open, since when it is and which stays took part in it."""

    kind = Kind.INTRUSION
    settings_model = IntrusionSettings

    def __init__(self, settings: IntrusionSettings, place: Place) -> None:
        super().__init__(settings, place, forgive_s=settings.grace_s)
        self._episode: int | None = None
        self._began: datetime | None = None
        self._involved: dict[int, int] = {}
        """Stay number to the track's present id."""

    @property
    def at_rest(self) -> bool:
        """Nobody is in the zone, and no alert is open."""
        return self._episode is None and not self._dwell.stays

    def step(self, scene: Scene) -> Step:
        """At most one finding a scene."""
        zone = self.occupancy(scene)
        ripe = [stay for stay in zone.stays if zone.present(stay) and stay.seconds(scene.at) >= self.settings.after_s]
        if self._episode is None:
            finding = self._begin(scene.at, ripe, zone)
        elif zone.stays:
            finding = self._go_on(scene.at, ripe, zone)
        else:
            finding = self._end(scene.at)
        return Step((finding,) if finding else (), zone.traces + self._traces(zone, scene.at))

    def _begin(self, at: datetime, ripe: list[Stay], zone: Occupancy) -> Finding | None:
        if not ripe or self.cooling(at):
            return None
        first = ripe[0]
        self._episode, self._began = self.next_episode(), first.since
        self._involved = {stay.number: stay.track for stay in ripe}
        return self._finding(
            Phase.BEGIN,
            at,
            label=f"label.{zone.labels[first.track]}",
            dwell_s=round(first.seconds(at), 1),
            limit_s=self.settings.after_s,
        )

    def _go_on(self, at: datetime, ripe: list[Stay], zone: Occupancy) -> Finding | None:
        newcomers = any(stay.number not in self._involved for stay in ripe)
        self._involved |= {stay.number: stay.track for stay in ripe}
        if not newcomers:
            return None
        longest_s = max(stay.seconds(at) for stay in zone.stays)
        return self._finding(Phase.UPDATE, at, count=len(zone.stays), dwell_s=round(longest_s, 1))

    def _end(self, at: datetime) -> Finding:
        lasted_s = (at - (self._began or at)).total_seconds()
        finding = self._finding(Phase.END, at, grace_s=self.settings.grace_s, lasted_s=round(lasted_s, 1))
        self._episode, self._began, self._involved = None, None, {}
        self.cool_down(at)
        return finding

    def _traces(self, zone: Occupancy, at: datetime) -> tuple[Trace, ...]:
        limit = self.settings.after_s
        return tuple(
            Trace(stay.track, "raised" if stay.number in self._involved else "time", stay.seconds(at), limit)
            for stay in zone.stays
        )

    def _finding(self, phase: Phase, at: datetime, **arguments: str | float) -> Finding:
        reason = Text(id=f"reason.intrusion.{phase}", arguments={"zone": self.settings.zone, **arguments})
        objects = tuple(self._involved.values())
        return Finding(self.kind, phase, self.name, self._episode or 0, at, self.settings.zone, objects, reason)
