"""What is known of a place without building it: what stands in the way, where things are, where cameras hang."""

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
    indoors: bool = False
