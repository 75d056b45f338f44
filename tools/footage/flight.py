"""Something thrown: a ballistic path, a few bounces, rest."""

from dataclasses import dataclass, field

import numpy as np

from tools.footage.scenario import Throws

GRAVITY = 9.81
BOUNCE = 0.35
"""Share of the speed downwards that is left, upwards, after the ground."""
SLIDE = 0.5
"""Share of the speed along the ground that is left."""
SPIN = 7.0
"""Radians a second while it flies."""
REST = 0.6
"""Metres a second upwards below which it stays down."""


@dataclass(frozen=True, slots=True)
class Arc:
    """One flight between two touches of the ground."""

    begin_s: float
    lasts_s: float
    start: tuple[float, float, float]
    velocity: tuple[float, float, float]


@dataclass(frozen=True)
class Flight:
    """The way of one thrown thing from `start`."""

    throw: Throws
    start: tuple[float, float, float]
    arcs: tuple[Arc, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "arcs", tuple(_arcs(self.throw, self.start)))

    @property
    def lands_s(self) -> float:
        """When it first touches the ground."""
        return self.arcs[0].begin_s + self.arcs[0].lasts_s

    def at(self, time_s: float) -> tuple[tuple[float, float, float], float] | None:
        """Position and heading at a time; None before it is thrown."""
        if time_s < self.throw.at:
            return None
        arc = [arc for arc in self.arcs if arc.begin_s <= time_s][-1]
        end_s = self.arcs[-1].begin_s + self.arcs[-1].lasts_s
        seconds = min(time_s - arc.begin_s, arc.lasts_s)
        x, y, z = np.add(arc.start, np.multiply(arc.velocity, seconds))
        z -= GRAVITY * seconds**2 / 2
        return (float(x), float(y), max(0.0, float(z))), SPIN * (min(time_s, end_s) - self.throw.at)


def _arcs(throw: Throws, start: tuple[float, float, float]) -> list[Arc]:
    arcs: list[Arc] = []
    begin_s, (vx, vy, vz) = throw.at, throw.velocity
    while len(arcs) < 8:
        lasts_s = (vz + np.sqrt(vz**2 + 2 * GRAVITY * start[2])) / GRAVITY
        arcs.append(Arc(begin_s, float(lasts_s), start, (vx, vy, vz)))
        vz = BOUNCE * (GRAVITY * lasts_s - vz)
        if vz < REST:
            break
        start = (start[0] + vx * lasts_s, start[1] + vy * lasts_s, 0.0)
        begin_s, vx, vy = begin_s + lasts_s, vx * SLIDE, vy * SLIDE
    return arcs
