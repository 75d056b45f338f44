"""What is known of a place without building it: what stands in the way, where things are, where cameras hang."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from tools.footage.world import Point, View

Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something nobody walks through: its outline on the ground (metres, at least three corners) and its height."""

    name: str
    outline: tuple[Spot, ...]
    height_m: float


@dataclass(frozen=True, slots=True)
class Lamp:
    """A lamp of the place. `share` of what the light gives each lamp; or its own `watts`, day and night (indoors)."""

    position: Point
    share: float = 1.0
    colour: Point | None = None
    watts: float = 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """One place.

    `bounds`: west, south, east, north of what is built (metres). `spots`: named points on the ground that scenarios may
    speak of («gate», «shed», «bin»). `areas`: named outlines (zones, lanes). `views`: named cameras.
    """

    name: str
    title: str
    bounds: tuple[float, float, float, float]
    obstacles: tuple[Obstacle, ...]
    views: Mapping[str, View]
    spots: Mapping[str, Point] = field(default_factory=dict)
    areas: Mapping[str, tuple[Spot, ...]] = field(default_factory=dict)
    lamps: tuple[Lamp, ...] = ()
    sun_bearing_deg: float = 235.0
    """Where the sun stands, counter-clockwise from the east."""
    indoors: bool = False


def across(name: str, start: Spot, end: Spot, height_m: float, thick_m: float = 0.2) -> Obstacle:
    """An obstacle along a line: a wall, a fence."""
    (x1, y1), (x2, y2) = start, end
    length = math.hypot(x2 - x1, y2 - y1)
    dx, dy = (y1 - y2) / length * thick_m / 2, (x2 - x1) / length * thick_m / 2
    return Obstacle(name, ((x1 + dx, y1 + dy), (x1 - dx, y1 - dy), (x2 - dx, y2 - dy), (x2 + dx, y2 + dy)), height_m)


def block(name: str, west: float, south: float, east: float, north: float, height_m: float) -> Obstacle:
    """An obstacle of four right angles."""
    return Obstacle(name, ((west, south), (east, south), (east, north), (west, north)), height_m)
