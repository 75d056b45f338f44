"""A scenario set up in its place: names become points, zones become picture polygons."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tools.footage.camera import Projection
from tools.footage.places.base import Place
from tools.footage.scenario import Actor, Burns, Moved, Scenario, Spot, Spot3, ViewFields, ZoneFields
from tools.footage.world import Point, View

Metres = tuple[float, float]
GROUND_BOTTOM = 0.95
"""Share of the picture's height where the nearest ground is measured."""


class UnknownName(Exception):
    """A spot, area or view that the place does not have."""

    def __init__(self, what: str, name: str, known: Sequence[str]) -> None:
        super().__init__(what, name, known)
        self.what, self.name, self.known = what, name, tuple(known)


@dataclass(frozen=True, slots=True)
class Stage:
    """A scenario and its place. Methods that look up a name raise UnknownName."""

    name: str
    scenario: Scenario
    place: Place

    @property
    def view(self) -> View:
        """The camera as it hangs at the beginning."""
        view = self.scenario.view
        if isinstance(view, ViewFields):
            return view.view
        if view not in self.place.views:
            raise UnknownName("view", view, list(self.place.views))
        return self.place.views[view]

    def spot(self, spot: Spot) -> Metres:
        """A point on the ground."""
        if isinstance(spot, str):
            if spot not in self.place.spots:
                raise UnknownName("spot", spot, list(self.place.spots))
            x, y, _ = self.place.spots[spot]
            return (x, y)
        return moved(spot, self.scenario.moved)

    def point(self, spot: Spot3) -> Point:
        """A point in the air or on the ground."""
        if isinstance(spot, str):
            if spot not in self.place.spots:
                raise UnknownName("spot", spot, list(self.place.spots))
            return self.place.spots[spot]
        return (*moved((spot[0], spot[1]), self.scenario.moved), spot[2])

    def facing(self, facing: float | Spot | None, stands_at: Metres) -> float | None:
        """A heading in radians: of an angle, or towards a spot."""
        if facing is None:
            return None
        if isinstance(facing, float | int):
            return turned_heading(np.radians(float(facing)), self.scenario.moved)
        x, y = self.spot(facing)
        return float(np.arctan2(y - stands_at[1], x - stands_at[0]))

    def outline(self, zone: ZoneFields) -> tuple[Metres, ...]:
        """A zone's outline on the ground, unless it is given in the picture."""
        if zone.area is not None:
            if zone.area not in self.place.areas:
                raise UnknownName("area", zone.area, list(self.place.areas))
            return tuple(self.place.areas[zone.area])
        return tuple(self.spot(spot) for spot in zone.ground or ())

    def zone_in_picture(self, name: str) -> tuple[Metres, ...]:
        """A zone as the camera file wants it; empty if the picture does not show it."""
        zone = self.scenario.zones[name]
        if zone.picture is not None:
            return zone.picture
        return tuple(Projection(self.view).polygon(self.outline(zone), zone.height))

    def line_in_picture(self, name: str) -> tuple[Metres, Metres] | None:
        """A line's ends as picture points; None if one of them is not in the picture."""
        line = self.scenario.lines[name]
        ends = np.array([(*self.spot(line.start), 0.0), (*self.spot(line.end), 0.0)])
        shares, depth = Projection(self.view).seen(ends)
        if (depth <= 0).any() or (shares < 0).any() or (shares > 1).any():
            return None
        (ax, ay), (bx, by) = shares.tolist()
        return (ax, ay), (bx, by)

    def ground_in_picture(self) -> tuple[tuple[float, float, float, float], ...]:
        """Four points of the ground as an installer measures them: picture shares, then metres.

        In the middle three fifths of the picture, from near its bottom up to four times as far away; empty if the
        camera looks too steeply or too flatly for that.
        """
        projection = Projection(self.view)
        ahead = projection.axes[2]
        horizon = 0.5 + float(projection.focal[1]) * float(ahead[2]) / float(np.hypot(ahead[0], ahead[1]))
        far = max(0.05, horizon + (GROUND_BOTTOM - horizon) / 4)
        if far > GROUND_BOTTOM - 0.2:
            return ()
        shares = [(0.2, far), (0.8, far), (0.8, GROUND_BOTTOM), (0.2, GROUND_BOTTOM)]
        metres = projection.on_ground(shares).tolist()
        return tuple((x, y, east, north) for (x, y), (east, north) in zip(shares, metres, strict=True))

    def burning(self) -> list[Burns]:
        """All fires and smokes."""
        return [happening for happening in self.scenario.happenings if isinstance(happening, Burns)]

    def seed_of(self, name: str, actor: Actor) -> int:
        """Which one of its kind an actor is: the same for the same name and scenario seed."""
        return actor.seed if actor.seed is not None else zlib.crc32(f"{self.scenario.seed}:{name}".encode())


def moved(spot: Metres, how: Moved) -> Metres:
    """A point on the ground, moved as a variant asks."""
    x, y = (-spot[0] if how.mirror else spot[0]), spot[1]
    angle = np.radians(how.turn_deg)
    return (
        float(np.cos(angle) * x - np.sin(angle) * y + how.shift[0]),
        float(np.sin(angle) * x + np.cos(angle) * y + how.shift[1]),
    )


def turned_heading(heading: float, how: Moved) -> float:
    """A heading, moved likewise."""
    return float((np.pi - heading if how.mirror else heading) + np.radians(how.turn_deg))
