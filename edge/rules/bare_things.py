"""Things that lie there and in which nobody stands: perhaps somebody whom no detector calls a person. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from edge.rules.boxes import Box, area, common, commons, grown
from edge.vision.senses.still import StillThings

STANDS_IN = 0.4
"""Share of a thing within people's boxes from which it is they who are seen there."""
BESIDE, BELOW = 0.25, 0.15
"""Widths and heights by which somebody's shadow, or what a sign hides of him, reaches beyond his box."""


@dataclass(frozen=True, slots=True)
class BareThing:
    """A thing that lies there and in which nobody stands."""

    box: Box
    age_s: float
    bare_s: float
    """For so long nobody has stood in it."""
    theirs: bool
    """Whether somebody stood in it when it came: then it is his legs and shadow, also when he is lost."""


class BareThings:
    """Remembers of each thing when people last stood in it."""

    def __init__(self, edge: float) -> None:
        """`edge`: how near the picture's upper edge, as a share of it, something is cut off."""
        self._edge = edge
        self._covered_at: dict[int, datetime | None] = {}
        """When people last stood in each thing."""
        self._theirs: frozenset[int] = frozenset()
        """Things in which people stood when they came."""

    def step(self, reading: StillThings, people: NDArray[np.float64], at: datetime) -> dict[int, BareThing]:
        """What was brought, lies still and is bare now, by id. `people`: boxes (N, 4) of those in view.

        What people stand in are their own legs and shadows, and what is cut off at the top somebody's legs beyond the
        picture.
        """
        brought = [thing for thing in reading.things if thing.brought and thing.box[1] >= self._edge]
        if not brought:
            return {}
        covered = commons([thing.box for thing in brought], _with_shadows(people)).sum(axis=1).tolist()
        stood_in = {
            number: share > STANDS_IN * area(box) for (number, box, *_), share in zip(brought, covered, strict=True)
        }
        came = frozenset(number for number, stands in stood_in.items() if stands and number not in self._covered_at)
        self._theirs = (self._theirs | came) & stood_in.keys()
        self._covered_at = {n: at if stands else self._covered_at.get(n) for n, stands in stood_in.items()}
        found = {}
        for number, box, age_s, _ in brought:
            if not stood_in[number]:
                covered_at = self._covered_at[number]
                bare_s = age_s if covered_at is None else min(age_s, (at - covered_at).total_seconds())
                found[number] = BareThing(box, age_s, bare_s, number in self._theirs)
        return found


def pieces(things: Mapping[int, BareThing], across: float, down: float) -> Iterator[tuple[int, ...]]:
    """Things that lie so near one another that they may be one, by id; who lies is seen in pieces, a sleeve, a shoe.

    `across`, `down`: how wide gaps may be, shares of the picture's width and height.
    """
    left = dict(things)
    while left:
        found = [next(iter(left))]
        reached = [left.pop(found[0]).box]
        for box in reached:
            reach = grown(box, across, down)
            near = [number for number, thing in left.items() if common(reach, thing.box) > 0]
            found += near
            reached += [left.pop(number).box for number in near]
        yield tuple(found)


def _with_shadows(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    shadows = boxes.copy()
    beside = BESIDE * (boxes[:, 2] - boxes[:, 0])
    shadows[:, 0] -= beside
    shadows[:, 2] += beside
    shadows[:, 3] += BELOW * (boxes[:, 3] - boxes[:, 1])
    return shadows
