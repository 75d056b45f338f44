"""What rules about a zone share: who of the right kind stands in it now, and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from edge.rules.base import Place
from edge.rules.dwell import Dwell, Stay
from edge.rules.finding import Trace
from edge.rules.geometry import Polygon
from edge.rules.selecting import TrackRule, TrackSettings
from edge.vision.scene import Scene, Tracks


class ZoneSettings(TrackSettings):
    """A rule about one zone."""

    zone: str


Z = TypeVar("Z", bound=ZoneSettings)


@dataclass(frozen=True, slots=True)
class Occupancy:
    """The zone in one scene: stays that go on and that ended, labels of the tracks in view, why others do not count."""

    at: datetime
    stays: tuple[Stay, ...]
    ended: tuple[Stay, ...]
    labels: Mapping[int, str]
    traces: tuple[Trace, ...]

    def present(self, stay: Stay) -> bool:
        """Whether the occupant of a stay stands in the zone in this very scene, not only by forgiveness."""
        return stay.last == self.at


class ZoneRule(TrackRule[Z]):
    """Keeps the stays in its zone."""

    def __init__(self, settings: Z, place: Place, forgive_s: float) -> None:
        """`forgive_s`: absences up to so many seconds do not end a stay."""
        super().__init__(settings, place)
        self._corners = place.zone(settings.zone).polygon
        self._polygon = Polygon(self._corners)
        self._dwell = Dwell(forgive_s)

    @property
    def name(self) -> str:
        """Its own name, or that of its zone."""
        return self.settings.name or self.settings.zone

    @property
    def region(self) -> tuple[tuple[float, float], ...]:
        """The zone: who is elsewhere does not matter."""
        return self._corners

    def matters(self, tracks: Tracks) -> NDArray[np.bool_]:
        """Those that stand in the zone."""
        return self._polygon.holds(tracks.feet)

    def occupancy(self, scene: Scene) -> Occupancy:
        """Bring the stays up to this scene. While the schedule is closed nobody counts as inside."""
        rows, traces = self.select(scene)
        tracks = scene.tracks
        ids, feet, heights = tracks.ids.tolist(), tracks.feet.tolist(), tracks.heights.tolist()
        if not self.schedule.open(scene.at):
            traces += [Trace(ids[row], "schedule") for row in rows]
            rows = []
        within = self._polygon.holds(tracks.feet)
        traces += [Trace(ids[row], "place") for row in rows if not within[row]]
        occupants = {ids[row]: ((feet[row][0], feet[row][1]), heights[row]) for row in rows if within[row]}
        ended = self._dwell.step(scene.at, occupants, frozenset(ids))
        labels = dict(zip(ids, tracks.labels, strict=True))
        return Occupancy(scene.at, tuple(self._dwell.stays.values()), tuple(ended), labels, tuple(traces))
