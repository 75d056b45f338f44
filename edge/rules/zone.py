"""What rules about a zone share: who of the right kind stands in it now, and for how long."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import compress
from math import isnan
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from edge.rules.base import Place
from edge.rules.boxes import Box
from edge.rules.dwell import Dwell, Stay
from edge.rules.finding import Trace, held_back
from edge.rules.selecting import TrackRule, TrackSettings
from edge.vision.scene import Scene, Tracks

ACROSS = (np.arange(10) + 0.5) / 10
GRID = np.stack(np.meshgrid(ACROSS, [0.75, 0.85, 0.95]), axis=-1).reshape(-1, 2).astype(np.float32)
"""Points of a box's lower third by which its share in a zone is judged (30, 2), shares of its sides."""


class ZoneSettings(TrackSettings):
    """A rule about one zone."""

    zone: str
    share: float | None = Field(
        default=None,
        gt=0,
        le=1,
        description="least share of its box's lower third that must lie in the zone; else its foot point",
    )


Z = TypeVar("Z", bound=ZoneSettings)


@dataclass(frozen=True, slots=True)
class Doing:
    """What somebody in the zone must do besides to count: which rows of the scene do, and how near the others come."""

    rows: list[bool]
    condition: str
    """One word for the trace of those who do not."""
    have: NDArray[np.float64]
    """NaN where it is not known."""
    need: NDArray[np.float64]
    unit_of: Callable[[int], str] | None = None
    """Of a row's figures, an id of the catalogue."""

    def trace(self, track: int, row: int) -> Trace:
        """Why a row that does not does not."""
        have = float(self.have[row])
        unit = self.unit_of(row) if self.unit_of else ""
        return Trace(track, self.condition, None if isnan(have) else have, float(self.need[row]), unit)


class Occupancy(NamedTuple):
    """The zone in one scene: stays that go on and that ended, the tracks in view, why some of them do not count."""

    at: datetime
    stays: tuple[Stay, ...]
    ended: tuple[Stay, ...]
    tracks: Tracks
    traces: tuple[Trace, ...]
    rows: Mapping[int, int]
    """Row in the scene of each track whose stay goes on in it."""

    @property
    def labels(self) -> Mapping[int, str]:
        """Of the tracks in view, by id."""
        return self.tracks.label_of

    def box_of(self, track: int) -> Box | None:
        """Of a track whose stay goes on in it."""
        row = self.rows.get(track)
        return None if row is None else self.tracks.boxes_at[row]

    def present(self, stay: Stay) -> bool:
        """Whether the occupant of a stay stands in the zone in this very scene, not only by forgiveness."""
        return stay.last == self.at


class ZoneRule(TrackRule[Z]):
    """Keeps the stays in its zone."""

    def __init__(self, settings: Z, place: Place, forgive_s: float, hidden_s: float | None = None) -> None:
        """`forgive_s`: absences up to so many seconds do not end a stay; `hidden_s`: of those who are seen nowhere."""
        super().__init__(settings, place)
        self._corners = place.zone(settings.zone).polygon
        self._polygon = place.polygon(settings.zone)
        self._place_key = f"{self._polygon.key} {settings.share}"
        self._dwell = Dwell(forgive_s, hidden_s=hidden_s)

    @property
    def region(self) -> tuple[tuple[float, float], ...]:
        """The zone: who is elsewhere does not matter."""
        return self._corners

    def matters(self, tracks: Tracks) -> NDArray[np.bool_]:
        """Those that stand in the zone."""
        return np.array(self.within(tracks, list(range(len(tracks)))), np.bool_)

    def within(self, tracks: Tracks, rows: list[int]) -> list[bool]:
        """Which of some rows, rising, are in the zone: by foot point, or by what of the box is there."""
        if self.settings.share is None:
            holds = self._polygon.holds_feet(tracks)
            return holds if len(rows) == len(holds) else [holds[row] for row in rows]
        boxes = tracks.boxes[rows]
        corners, sides = boxes[:, None, :2], boxes[:, None, 2:] - boxes[:, None, :2]
        points = (corners + GRID * sides).reshape(-1, 2)
        shares = self._polygon.holds(points).reshape(len(rows), len(GRID)).mean(axis=1)
        inside: list[bool] = (shares >= self.settings.share).tolist()
        return inside

    def _inside(self, tracks: Tracks, rows: list[int]) -> list[int]:
        """Those of some rows that are in the zone; worked out once for all rules that ask for the same."""
        key = (self._place_key, *rows)
        return tracks.once(key, lambda: list(compress(rows, self.within(tracks, rows))))

    def occupancy(self, scene: Scene, doing: Doing | None = None) -> Occupancy:
        """Bring the stays up to this scene. While the schedule is closed nobody counts as inside."""
        rows, traces = self.select(scene)
        tracks, ids = scene.tracks, scene.tracks.numbers
        counted = rows if self.schedule.open(scene.at) else []
        inside = self._inside(tracks, counted) if counted else []
        active = inside if doing is None else [row for row in inside if doing.rows[row]]
        if self.explains:
            traces += self._absent(ids, rows, counted, inside, doing)
        here = {ids[row]: row for row in active}
        ended = self._dwell.step(scene.at, here, tracks)
        stays = tuple(self._dwell.stays.values())
        return Occupancy(scene.at, stays, tuple(ended), tracks, tuple(traces), here)

    @staticmethod
    def _absent(
        ids: list[int], rows: list[int], counted: list[int], inside: list[int], doing: Doing | None
    ) -> Iterator[Trace]:
        """Why some rows of a scene do not count as inside."""
        for row in rows:
            if not counted:
                yield held_back(ids[row], "schedule")
            elif row not in inside:
                yield held_back(ids[row], "place")
            elif doing is not None and not doing.rows[row]:
                yield doing.trace(ids[row], row)
