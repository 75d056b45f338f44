"""A finding: what a rule says of a scene."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from protocol.kinds import Kind, Phase
from protocol.messages import Text


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that has no track: a bag that stands there, something that falls."""

    label: str
    box: tuple[float, float, float, float]
    """x1, y1, x2, y2 as shares of the picture."""
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One step in the life of one event seen by one rule. `episode` ties begin, updates and end together."""

    kind: Kind
    phase: Phase
    rule: str
    episode: int
    at: datetime
    zone: str | None
    objects: tuple[int, ...]
    """Ids of the tracks involved."""
    reason: Text
    score: float = 1.0
    things: tuple[Thing, ...] = ()
    """What else is involved."""


class Trace(NamedTuple):
    """Why a rule has not raised for one track (yet): the first condition that fails, and how near it came.

    A tuple, for hundreds are made of each scene: one costs a third of what a dataclass costs.
    """

    track: int
    """0: the picture as a whole; below it: a thing without a track, by the rule's own count."""
    condition: str
    """One word, of those in `edge/rules/conditions`."""
    have: float | None = None
    need: float | None = None
    unit: str = ""
    """Of both, an id of the catalogue, where the condition alone does not say it."""
    box: tuple[float, float, float, float] | None = None
    """Where it is, of what has no track in view: x1, y1, x2, y2 as shares of the picture."""


@lru_cache(maxsize=8192)
def held_back(track: int, condition: str) -> Trace:
    """A trace without figures: the same value again and again, for most tracks are not where a rule looks."""
    return Trace(track, condition)


class Step(NamedTuple):
    """What one rule says of one scene."""

    findings: tuple[Finding, ...] = ()
    traces: tuple[Trace, ...] = ()
