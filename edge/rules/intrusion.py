"""Intrusion: an object of the classes is in the zone while the schedule is open. One alert for all who come in.

A person need not be seen to come, for where nobody may be nobody should stand. A vehicle must: one that has been parked
there for hours is often recognised only when something else moves in the picture, and has not come in then. Its time
counts from when it has come. The gate looks where the zone is, so what stops just within its edge may not be told of.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from edge.complaints import complaint
from edge.rules.base import Place
from edge.rules.boxes import Box, around, overlap
from edge.rules.dwell import Dwell, Stay
from edge.rules.errors import RuleError
from edge.rules.finding import Trace
from edge.rules.joint import JointRule, JointSettings
from edge.rules.ways import Ways
from edge.rules.zone import Doing, Occupancy
from edge.vision.scene import Scene, Tracks
from protocol.kinds import Kind, Phase

PERSON = "person"
MINGLED = 0.2
"""Overlap (IoU) from which boxes of bicycles side by side are now about the one and now about the other. What they
cover together has come only if all of it has."""
FORGIVE_S = 2.0
"""For so long it is remembered of what is not seen how far it had come."""


class IntrusionSettings(JointSettings):
    """Begins when a foot point has been in the zone for `after_s`, ends when none has been there for `grace_s`."""

    kind: Literal[Kind.INTRUSION] = Kind.INTRUSION
    after_s: float = Field(default=0.5, ge=0, description="seconds in the zone before it is an intrusion")
    after_s_of: dict[str, float] = Field(
        default_factory=dict, description="other limits for some of the classes: a cat may stay longer than a person"
    )
    grace_s: float = Field(default=2.0, ge=0, description="seconds the zone must be empty before it is over")
    least_way: float = Field(
        default=0.5,
        ge=0,
        description="heights of its own box that whatever is no person must have come since it was first seen: what "
        "stood there from the beginning has not come in; 0: nothing needs to",
    )


class Intrusion(JointRule[IntrusionSettings]):
    """Everybody in the zone takes part once he has been there for the limit of his class."""

    kind = Kind.INTRUSION
    settings_model = IntrusionSettings

    def __init__(self, settings: IntrusionSettings, place: Place) -> None:
        """Raises RuleError."""
        super().__init__(settings, place)
        for label, after_s in settings.after_s_of.items():
            if label not in settings.classes:
                raise RuleError("after_s_of", complaint("rule.limit_of_no_class", label=label))
            if after_s < 0:
                raise RuleError("after_s_of", complaint("rule.limit_below_zero", label=label, after_s=after_s))
        self._labels: Mapping[int, str] = {}
        things = tuple(label for label in settings.classes if label != PERSON)
        self._must_come = things if settings.least_way > 0 else ()
        self._things = Dwell(FORGIVE_S)
        """All that must come, in the zone and elsewhere."""
        self._ways = Ways(settings.least_way)

    @property
    def at_rest(self) -> bool:
        """Nobody is in the zone, nothing is on its way, and no alert is open."""
        return not self.is_open and not self._dwell.stays and not self._things.stays

    def matters(self, tracks: Tracks) -> NDArray[np.bool_]:
        """Whoever is in the zone, and what might be on its way there."""
        inside = super().matters(tracks)
        inside[tracks.rows_of(self._must_come)] = True
        return inside

    def look(self, scene: Scene) -> Occupancy:
        """Everybody in the zone who counts: who is a person, and what has come."""
        zone = self.occupancy(scene, self._come(scene) if self._must_come else None)
        self._labels = zone.labels
        return zone

    def _come(self, scene: Scene) -> Doing:
        """Who has come, or need not."""
        tracks = scene.tracks
        rows = tracks.rows_of(self._must_come)
        here = {tracks.numbers[row]: row for row in rows}
        self._things.step(scene.at, here, tracks)
        boxes = _of_heaps({track: tracks.boxes_at[row] for track, row in here.items()})
        self._ways.step(scene.at, self._things.stays.values(), boxes.get, scene.aspect)
        need = self.settings.least_way
        have = np.full(len(tracks), need)
        have[rows] = [self._ways.far(self._things.stays[tracks.numbers[row]]) for row in rows]
        return Doing((have >= need).tolist(), "way", have, np.full(len(tracks), need))

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


def _of_heaps(boxes: Mapping[int, Box]) -> dict[int, Box]:
    """Boxes of some things by id, each with those that overlap it taken in."""
    return {
        track: around([box, *(other for other in boxes.values() if overlap(box, other) > MINGLED)])
        for track, box in boxes.items()
    }
