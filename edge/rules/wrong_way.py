"""Wrong way: an object moves against the zone's direction. One alert for all who do so at the time.

The allowed way is an arrow in the picture. Where the camera has a ground, ways are compared on the ground; else in the
picture, where a lane's far end may point elsewhere than its near one: keep the zone to where the arrow is about right.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from edge.complaints import complaint
from edge.rules.base import Place
from edge.rules.dwell import Stay
from edge.rules.errors import RuleError
from edge.rules.finding import Trace
from edge.rules.ground import Ground
from edge.rules.joint import JointRule, JointSettings
from edge.rules.motion import KNOWN_AFTER_S, Motion, Movement, unit_of
from edge.rules.zone import Doing, Occupancy
from edge.vision.scene import Scene
from protocol.kinds import Kind, Phase
from protocol.messages import Point

STANDS_M_S, STANDS_HEIGHTS_S = 0.4, 0.25
"""Slower than this, somebody has no way."""
DIP_S = 1.0
LONGEST_STEP_S = 0.5
"""Over a longer pause between scenes no more than this is counted."""


Allowed = tuple[NDArray[np.float64], NDArray[np.float64] | None]


class WrongWaySettings(JointSettings):
    """Begins when somebody has come so far against the direction, ends when nobody does for `grace_s`."""

    kind: Literal[Kind.WRONG_WAY] = Kind.WRONG_WAY
    classes: tuple[str, ...] = Field(default=("person", "bicycle", "motorcycle", "car", "bus", "truck"), min_length=1)
    direction: tuple[Point, Point] = Field(
        description="the allowed way: an arrow in the picture, from one point to another"
    )
    off_deg: float = Field(default=120.0, ge=90, lt=180, description="degrees off the direction that are against it")
    min_path_m: float = Field(default=3.0, gt=0, description="metres against it, where the camera has a ground")
    min_path_heights: float = Field(
        default=1.8, gt=0, description="heights of its own box against it, where it has none"
    )
    after_s: float = Field(default=0.0, ge=0, description="seconds against it, besides the path")
    grace_s: float = Field(default=2.0, ge=0, description="seconds after which who stops or turns is done")


class WrongWay(JointRule[WrongWaySettings]):
    """Remembers how far each has come against the direction."""

    kind = Kind.WRONG_WAY
    settings_model = WrongWaySettings
    measures_ways = True

    def __init__(self, settings: WrongWaySettings, place: Place) -> None:
        """Raises RuleError for a direction without length, or one that is not on the ground."""
        super().__init__(settings, place, forgive_s=min(DIP_S, settings.grace_s))
        place.check_units(settings, "min_path_m")
        start, end = settings.direction
        if start == end:
            raise RuleError("direction", complaint("rule.direction_without_length"))
        if isinstance(place.ground, Ground) and not place.ground.sees(np.array(settings.direction)).all():
            raise RuleError("direction", complaint("rule.direction_above_horizon"))
        self.motion: Motion = Motion(place.scale)
        self._paths: dict[int, float] = {}
        """By stay number, as shares of the limit."""
        self._rows: Mapping[int, int] = {}
        self._labels: Mapping[int, str] = {}
        self._metric: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._before: datetime | None = None
        self._known: tuple[float, Ground | None, Allowed] | None = None
        """The allowed way, for a shape of the picture and a ground."""

    def look(self, scene: Scene) -> Occupancy:
        """Who moves against the direction, and how far by now."""
        moves = self.motion.step(scene)
        angles = self._angles(scene, moves)
        need = np.full(len(angles), self.settings.off_deg)
        zone = self.occupancy(scene, Doing((angles > need).tolist(), "direction", angles, need))
        step_s = min(LONGEST_STEP_S, (scene.at - self._before).total_seconds()) if self._before else 0.0
        self._before, self._rows, self._labels, self._metric = scene.at, zone.rows, zone.labels, moves.metric
        shares_s = moves.speeds / moves.limits(self.settings.min_path_m, self.settings.min_path_heights)
        paths = {}
        for stay in zone.stays:
            # A way is known once it has been gone for most of a second: that much is behind whoever is new.
            known = self._paths.get(stay.number)
            share = float(shares_s[zone.rows[stay.track]]) if zone.present(stay) else 0.0
            paths[stay.number] = share * KNOWN_AFTER_S if known is None else known + share * step_s
        self._paths = paths
        return zone

    def is_ripe(self, stay: Stay, at: datetime) -> bool:
        """Far enough, and for long enough."""
        return self._paths[stay.number] >= 1 and super().is_ripe(stay, at)

    def trace(self, stay: Stay, at: datetime) -> Trace:
        """How far of how far."""
        if self._paths[stay.number] >= 1:
            return super().trace(stay, at)
        return Trace(stay.track, "path", *self._path(stay))

    def tell(
        self, phase: Phase, at: datetime, stays: tuple[Stay, ...], labels: Mapping[int, str]
    ) -> dict[str, str | float]:
        """Who has come how far of how far; how many; how long it was."""
        if phase is Phase.END:
            return {"lasted_s": round(self.lasted_s(at), 1)}
        if phase is Phase.UPDATE:
            return {"count": len(stays)}
        path, limit, unit = self._path(stays[0])
        return {"label": f"label.{labels[stays[0].track]}", "path": round(path, 1), "limit": limit, "unit": unit}

    def _path(self, stay: Stay) -> tuple[float, float, str]:
        row = self._rows.get(stay.track)
        metric = row is not None and bool(self._metric[row])
        limit = self.settings.min_path_m if metric else self.settings.min_path_heights
        return self._paths[stay.number] * limit, limit, unit_of(metric=metric)

    def _angles(self, scene: Scene, moves: Movement) -> NDArray[np.float64]:
        """Degrees (N,) between each one's way and the allowed one; NaN for who stands or is not known."""
        in_picture, on_ground = self._allowed(scene.aspect, self.motion.ground)
        ways = moves.velocities / np.maximum(moves.speeds, 1e-9)[:, None]
        along = ways @ in_picture
        if on_ground is not None:
            along = np.where(moves.metric, ways @ on_ground, along)
        moving = moves.speeds > moves.limits(STANDS_M_S, STANDS_HEIGHTS_S)
        return np.where(moving, np.degrees(np.arccos(np.clip(along, -1, 1))), np.nan)

    def _allowed(self, aspect: float, ground: Ground | None) -> Allowed:
        """Unit vectors of the allowed way: in the picture, and on the ground if it lies there."""
        if self._known is None or self._known[0] != aspect or self._known[1] is not ground:
            points = np.array(self.settings.direction)
            in_picture = (points[1] - points[0]) * [aspect, 1.0]
            on_ground = np.diff(ground.metres(points), axis=0)[0] if ground and ground.sees(points).all() else None
            unit = None if on_ground is None else on_ground / np.hypot(*on_ground)
            self._known = aspect, ground, (in_picture / np.hypot(*in_picture), unit)
        return self._known[2]
