"""Intrusion: an object of the classes is in the zone while the schedule is open. One alert for all who come in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from edge.rules.base import Place
from edge.rules.dwell import Stay
from edge.rules.errors import RuleError
from edge.rules.finding import Trace
from edge.rules.joint import JointRule, JointSettings
from edge.rules.zone import Occupancy
from edge.vision.scene import Scene
from protocol.kinds import Kind, Phase


class IntrusionSettings(JointSettings):
    """Begins when a foot point has been in the zone for `after_s`, ends when none has been there for `grace_s`."""

    kind: Literal[Kind.INTRUSION] = Kind.INTRUSION
    after_s: float = Field(default=0.5, ge=0, description="seconds in the zone before it is an intrusion")
    after_s_of: dict[str, float] = Field(
        default_factory=dict, description="other limits for some of the classes: a cat may stay longer than a person"
    )
    grace_s: float = Field(default=2.0, ge=0, description="seconds the zone must be empty before it is over")


class Intrusion(JointRule[IntrusionSettings]):
    """Everybody in the zone takes part once he has been there for the limit of his class."""

    kind = Kind.INTRUSION
    settings_model = IntrusionSettings

    def __init__(self, settings: IntrusionSettings, place: Place) -> None:
        """Raises RuleError."""
        super().__init__(settings, place)
        for label, after_s in settings.after_s_of.items():
            if label not in settings.classes:
                raise RuleError(
                    "after_s_of", f"«{label}» is none of the rule's classes; add it to classes, or remove it"
                )
            if after_s < 0:
                raise RuleError("after_s_of", f"«{label}»: {after_s:g} s is less than nothing")
        self._labels: Mapping[int, str] = {}

    @property
    def at_rest(self) -> bool:
        """Nobody is in the zone, and no alert is open."""
        return not self.is_open and not self._dwell.stays

    def look(self, scene: Scene) -> Occupancy:
        """Everybody in the zone."""
        zone = self.occupancy(scene)
        self._labels = zone.labels
        return zone

    def is_ripe(self, stay: Stay, at: datetime) -> bool:
        """By the limit of its class."""
        return stay.seconds(at) >= self._limit_s(stay)

    def trace(self, stay: Stay, at: datetime) -> Trace:
        """How long of how long."""
        return Trace(stay.track, "time", stay.seconds(at), self._limit_s(stay))

    def tell(
        self, phase: Phase, at: datetime, stays: tuple[Stay, ...], labels: Mapping[int, str]
    ) -> dict[str, str | float]:
        """Who has been there for how long; how many are; how long it was."""
        if phase is Phase.END:
            return {"grace_s": self.settings.grace_s, "lasted_s": round(self.lasted_s(at), 1)}
        longest_s = round(max(stay.seconds(at) for stay in stays), 1)
        if phase is Phase.UPDATE:
            return {"count": len(stays), "dwell_s": longest_s}
        first = stays[0]
        return {
            "label": f"label.{labels[first.track]}",
            "dwell_s": round(first.seconds(at), 1),
            "limit_s": self._limit_s(first),
        }

    def _limit_s(self, stay: Stay) -> float:
        return self.settings.after_s_of.get(self._labels.get(stay.track, ""), self.settings.after_s)
