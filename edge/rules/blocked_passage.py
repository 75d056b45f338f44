"""Blocked passage: an object stands in a fire lane or exit zone for too long. One alert until the lane is clear."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import numpy as np
from pydantic import Field

from edge.rules.base import Place
from edge.rules.dwell import Stay
from edge.rules.joint import JointRule, JointSettings
from edge.rules.motion import Motion
from edge.rules.zone import Doing, Occupancy
from edge.vision.scene import Scene
from protocol.kinds import Kind, Phase

STILL_M_S, STILL_HEIGHTS_S = 0.35, 0.2
"""Slower than this an object stands: boxes of parked cars jitter by less."""
MOVED_ON = 1.0
"""An object that stands so many heights from where it began to has gone on, and stands anew."""


class BlockedPassageSettings(JointSettings):
    """Begins when something has stood there for `after_s`, ends when the lane has been clear for `grace_s`."""

    kind: Literal[Kind.BLOCKED_PASSAGE] = Kind.BLOCKED_PASSAGE
    classes: tuple[str, ...] = Field(default=("car", "bus", "truck", "motorcycle", "bicycle"), min_length=1)
    after_s: float = Field(default=60.0, gt=0, description="seconds of standing before the lane is blocked")
    grace_s: float = Field(default=5.0, ge=0, description="seconds the lane must be clear before it is over")
    forgive_s: float = Field(
        default=5.0, ge=0, description="seconds for which what stands may be hidden, as by people who pass"
    )


class BlockedPassage(JointRule[BlockedPassageSettings]):
    """Who moves does not block; but while an alert is open, the lane is clear only when nothing is in it."""

    kind = Kind.BLOCKED_PASSAGE
    settings_model = BlockedPassageSettings

    def __init__(self, settings: BlockedPassageSettings, place: Place) -> None:
        super().__init__(settings, place, forgive_s=settings.forgive_s)
        self._motion = Motion(place.scale)

    def look(self, scene: Scene) -> Occupancy:
        """What stands; while an alert is open, whatever is there."""
        moves = self._motion.step(scene)
        limits = moves.limits(STILL_M_S, STILL_HEIGHTS_S)
        still = np.ones(len(limits), np.bool_) if self.is_open else moves.speeds <= limits
        zone = self.occupancy(scene, Doing(still, "still", moves.speeds, limits))
        gone_on = [stay for stay in zone.stays if zone.present(stay) and _has_gone_on(stay)]
        for stay in gone_on if not self.is_open else ():
            stay.begin_anew(scene.at)
        return zone

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


def _has_gone_on(stay: Stay) -> bool:
    across, down = stay.foot[0] - stay.first_foot[0], stay.foot[1] - stay.first_foot[1]
    return float(np.hypot(across, down)) > MOVED_ON * stay.height
