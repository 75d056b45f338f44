"""Forbidden object: something is where it must not be, as an e-bike in a lift. One alert for all that are there.

A detector takes a pram for a bicycle in one picture, and not in the next. So a look votes for an object only with a
dependable score, and some looks must, spread over `after_s`: what a tracker merely predicts is no vote.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from edge.rules.base import Place
from edge.rules.dwell import Stay
from edge.rules.finding import Trace
from edge.rules.joint import JointRule, JointSettings
from edge.rules.zone import Occupancy
from edge.vision.scene import Scene
from protocol.kinds import Kind, Phase

FORGIVE_S = 2.0
"""A thing that was not seen for so long must be voted for anew."""


class ForbiddenObjectSettings(JointSettings):
    """Begins when looks have confirmed that it is there, over `after_s`; ends when it has been away for `grace_s`."""

    kind: Literal[Kind.FORBIDDEN_OBJECT] = Kind.FORBIDDEN_OBJECT
    classes: tuple[str, ...] = Field(default=("motorcycle", "bicycle"), min_length=1, description="what is forbidden")
    share: float | None = Field(
        default=0.3, gt=0, le=1, description="least share of its box's lower third in the zone: it leans on the walls"
    )
    dependable: float = Field(default=0.4, ge=0, le=1, description="score of a look that confirms it")
    confirmations: int = Field(default=3, ge=1, description="looks with such a score that it takes")
    after_s: float = Field(default=1.0, ge=0, description="seconds over which it must have been there")
    grace_s: float = Field(default=5.0, ge=0, description="seconds it must have been away before it is over")


class ForbiddenObject(JointRule[ForbiddenObjectSettings]):
    """Remembers how many looks have confirmed each."""

    kind = Kind.FORBIDDEN_OBJECT
    settings_model = ForbiddenObjectSettings

    def __init__(self, settings: ForbiddenObjectSettings, place: Place) -> None:
        super().__init__(settings, place, forgive_s=min(FORGIVE_S, settings.grace_s))
        self._votes: dict[int, int] = {}
        """By stay number."""

    def look(self, scene: Scene) -> Occupancy:
        """What is there, and what this look says of it."""
        zone, tracks = self.occupancy(scene), scene.tracks
        self._votes = {stay.number: self._votes.get(stay.number, 0) for stay in zone.stays}
        for stay in zone.stays:
            row = zone.rows.get(stay.track)
            if row is not None and tracks.seen[row] and tracks.scores[row] >= self.settings.dependable:
                self._votes[stay.number] += 1
        return zone

    def is_ripe(self, stay: Stay, at: datetime) -> bool:
        """Confirmed often enough, for long enough."""
        return self._votes[stay.number] >= self.settings.confirmations and super().is_ripe(stay, at)

    def trace(self, stay: Stay, at: datetime) -> Trace:
        """How many confirmations of how many."""
        votes = self._votes[stay.number]
        if votes >= self.settings.confirmations:
            return super().trace(stay, at)
        return Trace(stay.track, "votes", votes, self.settings.confirmations)

    def tell(
        self, phase: Phase, at: datetime, stays: tuple[Stay, ...], labels: Mapping[int, str]
    ) -> dict[str, str | float]:
        """What it is, in how many looks; how many there are; how long it was."""
        if phase is Phase.END:
            return {"grace_s": self.settings.grace_s, "lasted_s": round(self.lasted_s(at), 1)}
        if phase is Phase.UPDATE:
            return {"count": len(stays)}
        first = stays[0]
        label = f"label.{labels[first.track]}"
        return {"label": label, "count": self._votes[first.number], "dwell_s": round(first.seconds(at), 1)}
