"""Running: a person's speed over the ground exceeds the limit. One alert for all who run at the time.

Who sits on a bicycle is no runner: a person whose box covers a good part of a bicycle's or motorcycle's box rides, and
is taken to ride on for some seconds when the vehicle is not detected. A vehicle that is never detected makes its rider
a runner; hence `FASTEST`, above which nobody runs.

Without a ground, who runs towards the camera seems slow: his picture grows more than it moves. Give the camera one. And
body heights are a rough measure, so that the usual limit in them is that of somebody who runs in earnest, 3 m/s; who
trots, and who rides at leisure on a bicycle that is not seen, stays below.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import numpy as np
from pydantic import Field

from edge.rules.base import Place
from edge.rules.dwell import Stay
from edge.rules.finding import Trace, held_back
from edge.rules.joint import JointRule, JointSettings
from edge.rules.motion import Motion, Movement
from edge.rules.zone import Doing, Occupancy
from edge.vision.scene import Scene, Tracks
from protocol.kinds import Kind, Phase

WHEELS = ("bicycle", "motorcycle")
SHARED = 0.25
"""Share of a vehicle's box that its rider's box covers at least."""
RIDES_ON_S = 5.0
"""For so long somebody who was seen riding is taken to ride."""
FASTEST = 2.6, 2.2
"""Times the limit in metres and in heights: with the usual limits 6.5 m/s, which people in the street do not run, and 4
heights a second."""
DIP_S = 0.5
"""A slower moment up to this long does not end a run that is not raised yet."""


class RunningSettings(JointSettings):
    """Begins when somebody has been faster than the limit for `after_s`, ends when nobody has been for `grace_s`."""

    kind: Literal[Kind.RUNNING] = Kind.RUNNING
    speed_m_s: float = Field(default=2.5, gt=0, le=15, description="metres a second, where the camera has a ground")
    speed_heights_s: float = Field(default=1.8, gt=0, le=10, description="body heights a second, where it has none")
    after_s: float = Field(default=1.0, ge=0, description="seconds faster than the limit before it is running")
    grace_s: float = Field(default=2.0, ge=0, description="seconds slower than the limit before it is over")

    @property
    def glances_at(self) -> tuple[str, ...]:
        """What people ride on."""
        return WHEELS


class Running(JointRule[RunningSettings]):
    """Remembers the paths of the last second, and who rides."""

    kind = Kind.RUNNING
    settings_model = RunningSettings
    measures_ways = True

    def __init__(self, settings: RunningSettings, place: Place) -> None:
        """Raises RuleError."""
        super().__init__(settings, place, forgive_s=min(DIP_S, settings.grace_s))
        place.check_units(settings, "speed_m_s")
        self.motion: Motion = Motion(place.scale)
        self._riding: dict[int, datetime] = {}
        self._movement = Movement(np.zeros((0, 2)), np.zeros(0, np.bool_))
        self._rows: Mapping[int, int] = {}

    def select(self, scene: Scene) -> tuple[list[int], list[Trace]]:
        """Those who do not ride."""
        rows, traces = super().select(scene)
        ids = scene.tracks.numbers
        self._riding |= {ids[row]: scene.at for row in riders(scene.tracks)}
        if not self._riding:
            return rows, traces
        self._riding = {
            track: at for track, at in self._riding.items() if (scene.at - at).total_seconds() <= RIDES_ON_S
        }
        traces += self.why(held_back(ids[row], "rider") for row in rows if ids[row] in self._riding)
        return [row for row in rows if ids[row] not in self._riding], traces

    def look(self, scene: Scene) -> Occupancy:
        """Who is faster than the limit."""
        moves = self._movement = self.motion.step(scene)
        limits = moves.limits(self.settings.speed_m_s, self.settings.speed_heights_s)
        fast = (moves.speeds > limits) & (moves.speeds < limits * moves.limits(*FASTEST))
        zone = self.occupancy(scene, Doing(fast.tolist(), "speed", moves.speeds, limits, moves.speed_unit))
        self._rows = zone.rows
        return zone

    def tell(
        self, phase: Phase, at: datetime, stays: tuple[Stay, ...], labels: Mapping[int, str]
    ) -> dict[str, str | float]:
        """How fast, of how fast; how many run; how long it was."""
        if phase is Phase.END:
            return {"lasted_s": round(self.lasted_s(at), 1), "grace_s": self.settings.grace_s}
        rows = [self._rows[stay.track] for stay in stays if stay.track in self._rows]
        fastest = max(rows, key=lambda row: float(self._movement.speeds[row]))
        metric = bool(self._movement.metric[fastest])
        speed: dict[str, str | float] = {
            "speed": round(float(self._movement.speeds[fastest]), 1),
            "unit": self._movement.speed_unit(fastest),
        }
        if phase is Phase.UPDATE:
            return {"count": len(rows), **speed}
        limit = self.settings.speed_m_s if metric else self.settings.speed_heights_s
        return {"label": f"label.{labels[stays[0].track]}", "limit": limit, **speed}


def riders(tracks: Tracks) -> list[int]:
    """Rows of people on a bicycle or motorcycle, or beside and behind it as near as if they were."""
    wheels = tracks.rows_of(WHEELS)
    if not wheels:
        return []
    people, vehicles = tracks.boxes[:, None], tracks.boxes[None, wheels]
    sides = np.minimum(people[..., 2:], vehicles[..., 2:]) - np.maximum(people[..., :2], vehicles[..., :2])
    shared = np.maximum(sides, 0).prod(axis=-1)
    areas = (vehicles[..., 2:] - vehicles[..., :2]).prod(axis=-1)
    near = (shared > SHARED * areas).any(axis=1)
    near[wheels] = False
    rows: list[int] = near.nonzero()[0].tolist()
    return rows
