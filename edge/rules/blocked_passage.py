"""Blocked passage: an object stays in a fire lane or exit zone for too long, and stands. One alert until it is clear.

What drives through, however slowly, does not block; what has stopped does, and its time counts from when it came in. A
car is where the lower part of its box is: the middle of its bottom edge may lie beside a lane that it stands in.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from edge.rules.base import Place
from edge.rules.dwell import Stay
from edge.rules.finding import Trace, held_back
from edge.rules.joint import JointRule, JointSettings
from edge.rules.motion import Motion
from edge.rules.zone import Occupancy
from edge.vision.scene import Scene
from protocol.kinds import Kind, Phase

STILL_M_S, STILL_HEIGHTS_S = 0.35, 0.2
"""Slower than this an object stands: boxes of parked cars jitter by less."""
STANDS_S = 1.0
"""So long something has stood that is said to."""


class BlockedPassageSettings(JointSettings):
    """Begins when something has stood there for `after_s`, ends when the lane has been clear for `grace_s`."""

    kind: Literal[Kind.BLOCKED_PASSAGE] = Kind.BLOCKED_PASSAGE
    classes: tuple[str, ...] = Field(default=("car", "bus", "truck", "motorcycle", "bicycle"), min_length=1)
    share: float | None = Field(
        default=0.3, gt=0, le=1, description="least share of its box's lower third that must lie in the zone"
    )
    after_s: float = Field(default=60.0, gt=0, description="seconds of standing before the lane is blocked")
    grace_s: float = Field(default=5.0, ge=0, description="seconds the lane must be clear before it is over")
    forgive_s: float = Field(
        default=5.0, ge=0, description="seconds for which what stands may be hidden, as by people who pass"
    )


class BlockedPassage(JointRule[BlockedPassageSettings]):
    """Remembers since when each thing in the lane stands. A stay counts from when it came, for who blocks came to."""

    kind = Kind.BLOCKED_PASSAGE
    settings_model = BlockedPassageSettings

    def __init__(self, settings: BlockedPassageSettings, place: Place) -> None:
        super().__init__(settings, place, forgive_s=settings.forgive_s)
        self.motion: Motion = Motion(place.scale)
        self._stands: dict[int, datetime] = {}
        """Since when, by stay number."""

    def look(self, scene: Scene) -> Occupancy:
        """What is in the lane, and which of it stands."""
        moves, zone = self.motion.step(scene), self.occupancy(scene)
        if not zone.stays:
            self._stands = {}
            return zone
        still = moves.speeds <= moves.limits(STILL_M_S, STILL_HEIGHTS_S)
        stands = {}
        for stay in zone.stays:
            row = zone.rows.get(stay.track)
            if row is None or still[row]:  # what is hidden has not gone on
                stands[stay.number] = self._stands.get(stay.number, scene.at)
        self._stands = stands
        return zone

    def is_ripe(self, stay: Stay, at: datetime) -> bool:
        """It has been there for long enough, and stands."""
        stands = self._stands.get(stay.number)
        return stands is not None and (at - stands).total_seconds() >= STANDS_S and super().is_ripe(stay, at)

    def trace(self, stay: Stay, at: datetime) -> Trace:
        """How long of how long, or that it moves."""
        return super().trace(stay, at) if stay.number in self._stands else held_back(stay.track, "still")

    def tell(
        self, phase: Phase, at: datetime, stays: tuple[Stay, ...], labels: Mapping[int, str]
    ) -> dict[str, str | float]:
        """What has stood there for how long of how long; how many do; how long it was."""
        if phase is Phase.END:
            return {"grace_s": self.settings.grace_s, "lasted_s": round(self.lasted_s(at), 1)}
        longest_s = round(max(stay.seconds(at) for stay in stays), 1)
        if phase is Phase.UPDATE:
            return {"count": len(stays), "dwell_s": longest_s}
        label = f"label.{labels[stays[0].track]}"
        return {"label": label, "dwell_s": longest_s, "limit_s": self.settings.after_s}
