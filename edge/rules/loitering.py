"""Loitering: one person stays within the zone longer than the limit, short absences forgiven. One alert a person.

Who goes to and fro is told of sooner, if a limit for that is given: a way of 30 m that leads nowhere.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import Field

from edge.rules.base import Place
from edge.rules.dwell import Stay
from edge.rules.finding import Finding, Step, Trace
from edge.rules.motion import Motion
from edge.rules.pacing import Pacing
from edge.rules.ways import Ways
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
    least_way: float = Field(
        default=0.3,
        ge=0,
        description="body heights that somebody must have come since he was first seen there: a coat on a hook, a "
        "statue and a bicycle that looks like a person never do; 0: nobody needs to",
    )
    pacing_m: float | None = Field(
        default=None, gt=0, description="metres to and fro that are loitering too, where the camera has a ground"
    )
    pacing_heights: float | None = Field(default=None, gt=0, description="the same in body heights, where it has none")


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
        """Raises RuleError."""
        super().__init__(settings, place, forgive_s=settings.forgive_s)
        place.check_units(settings, "pacing_m")
        asked = settings.pacing_m is not None or settings.pacing_heights is not None
        self.motion = Motion(place.scale) if asked else None
        self._pacing = Pacing(settings.pacing_m, settings.pacing_heights)
        self._reported: dict[int, Reported] = {}
        """By the stay's number."""
        self._ways = Ways(settings.least_way)
        """Of each stay, by its number."""

    @property
    def at_rest(self) -> bool:
        """Nobody is in the zone, and nobody's path is followed."""
        return self.motion is None and not self._dwell.stays

    def step(self, scene: Scene) -> Step:
        """A finding for each stay that ripens, goes on, or ends."""
        zone = self.occupancy(scene)
        if self.motion:
            self._pacing.step(scene.at, self.motion.step(scene), zone.stays, zone.rows)
        self._ways.step(scene.at, zone.stays, zone.box_of, scene.aspect)
        findings = [self._end(stay, scene.at) for stay in zone.ended if stay.number in self._reported]
        findings += [f for stay in zone.stays if (f := self._look(stay, scene.at, zone)) is not None]
        return Step(tuple(findings), zone.traces + self.why(self._trace(stay, scene.at) for stay in zone.stays))

    def _look(self, stay: Stay, at: datetime, zone: Occupancy) -> Finding | None:
        reported = self._reported.get(stay.number)
        if reported is None:
            long_enough, paces = stay.seconds(at) > self.settings.after_s, self._paces(stay)
            if not long_enough and paces is None:
                return None
            if not zone.present(stay) or not self._ways.enough(stay) or self.cooling(at):
                return None
            reported = Reported(self.next_episode(), zone.labels[stay.track], at)
            self._reported[stay.number] = reported
            if long_enough or paces is None:
                return self._finding(Phase.BEGIN, at, stay, reported, limit_s=self.settings.after_s)
            return self._finding(Phase.BEGIN, at, stay, reported, "pacing.begin", **paces)
        if (at - reported.told).total_seconds() < self.settings.update_s:
            return None
        reported = Reported(reported.episode, reported.label, at)
        self._reported[stay.number] = reported
        return self._finding(Phase.UPDATE, at, stay, reported)

    def _paces(self, stay: Stay) -> dict[str, str | float] | None:
        """What to say of somebody who has gone to and fro far enough."""
        if self.motion is None:
            return None
        path, limit = self._pacing.to_and_fro(stay)
        return {"path": round(path, 1), "limit": limit, "unit": self._pacing.unit(stay)} if path >= limit else None

    def _end(self, stay: Stay, at: datetime) -> Finding:
        self.cool_down(at)
        return self._finding(Phase.END, at, stay, self._reported.pop(stay.number))

    def _trace(self, stay: Stay, at: datetime) -> Trace:
        if stay.number in self._reported:
            condition = "raised"
        elif self.cooling(at) and stay.seconds(at) > self.settings.after_s:
            condition = "cooldown"
        elif not self._ways.enough(stay) and stay.seconds(at) > self.settings.after_s:
            return Trace(stay.track, "way", self._ways.far(stay), self.settings.least_way)
        else:
            condition = "time"
        return Trace(stay.track, condition, stay.seconds(at), self.settings.after_s)

    def _finding(
        self, phase: Phase, at: datetime, stay: Stay, reported: Reported, sentence: str = "", **more: str | float
    ) -> Finding:
        until = stay.last if phase is Phase.END else at
        arguments: dict[str, str | float] = {
            "label": f"label.{reported.label}",
            "zone": self.settings.zone,
            "dwell_s": round(stay.seconds(until), 1),
            **more,
        }
        reason = Text(id=f"reason.loitering.{sentence or phase}", arguments=dict(arguments))
        zone = self.settings.zone
        return Finding(self.kind, phase, self.name, reported.episode, at, zone, (stay.track,), reason)
