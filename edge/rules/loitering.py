"""Loitering: one person stays within the zone longer than the limit, short absences forgiven. One alert a person."""

from dataclasses import dataclass
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


class LoiteringSettings(ZoneSettings):
    """Begins when a stay is longer than `after_s`, ends when the person has been away for `forgive_s`."""

    kind: Literal[Kind.LOITERING] = Kind.LOITERING
    after_s: float = Field(default=60.0, gt=0, description="seconds in the zone before it is loitering")
    forgive_s: float = Field(default=5.0, ge=0, description="absences up to so many seconds do not count")
    update_s: float = Field(default=60.0, gt=0, description="seconds between updates while it goes on")


@dataclass(frozen=True, slots=True)
class Reported:
    """A stay that has become an alert: its episode, the person's label, when we last spoke of it."""

    episode: int
    label: str
    told: datetime


class Loitering(ZoneRule[LoiteringSettings]):
    """Remembers which of the stays in its zone have been reported."""

    kind = Kind.LOITERING
    settings_model = LoiteringSettings

    def __init__(self, settings: LoiteringSettings, place: Place) -> None:
        super().__init__(settings, place, forgive_s=settings.forgive_s)
        self._reported: dict[int, Reported] = {}
        """By the stay's number."""

    @property
    def at_rest(self) -> bool:
        """Nobody is in the zone."""
        return not self._dwell.stays

    def step(self, scene: Scene) -> Step:
        """A finding for each stay that ripens, goes on, or ends."""
        zone = self.occupancy(scene)
        findings = [self._end(stay, scene.at) for stay in zone.ended if stay.number in self._reported]
        findings += [f for stay in zone.stays if (f := self._look(stay, scene.at, zone)) is not None]
        return Step(tuple(findings), zone.traces + tuple(self._trace(stay, scene.at) for stay in zone.stays))

    def _look(self, stay: Stay, at: datetime, zone: Occupancy) -> Finding | None:
        reported = self._reported.get(stay.number)
        if reported is None:
            ripe = stay.seconds(at) > self.settings.after_s and zone.present(stay)
            if not ripe or self.cooling(at):
                return None
            reported = Reported(self.next_episode(), zone.labels[stay.track], at)
            self._reported[stay.number] = reported
            return self._finding(Phase.BEGIN, at, stay, reported, limit_s=self.settings.after_s)
        if (at - reported.told).total_seconds() < self.settings.update_s:
            return None
        reported = Reported(reported.episode, reported.label, at)
        self._reported[stay.number] = reported
        return self._finding(Phase.UPDATE, at, stay, reported)

    def _end(self, stay: Stay, at: datetime) -> Finding:
        self.cool_down(at)
        return self._finding(Phase.END, at, stay, self._reported.pop(stay.number))

    def _trace(self, stay: Stay, at: datetime) -> Trace:
        condition = "raised" if stay.number in self._reported else "time"
        return Trace(stay.track, condition, stay.seconds(at), self.settings.after_s)

    def _finding(self, phase: Phase, at: datetime, stay: Stay, reported: Reported, **more: float) -> Finding:
        until = stay.last if phase is Phase.END else at
        arguments: dict[str, str | float] = {
            "label": f"label.{reported.label}",
            "zone": self.settings.zone,
            "dwell_s": round(stay.seconds(until), 1),
            **more,
        }
        reason = Text(id=f"reason.loitering.{phase}", arguments=dict(arguments))
        zone = self.settings.zone
        return Finding(self.kind, phase, self.name, reported.episode, at, zone, (stay.track,), reason)
