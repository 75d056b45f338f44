"""Anything that moves as one mesh: people by their looks and pose, things by their kind, colour and turning wheels."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tools.footage.bodies import Points
from tools.footage.figure import Solid, figure
from tools.footage.looks import looks
from tools.footage.motion import pose
from tools.footage.props import prop
from tools.footage.world import Thing


@dataclass(frozen=True, slots=True)
class Subject:
    """`solid` is the mesh at rest; `key` names it for caches; `bend` gives its vertices about the origin, facing x."""

    solid: Solid
    key: str
    bend: Callable[[Thing, float], Points]

    def vertices(self, thing: Thing, time_s: float) -> Points:
        """The vertices in the world."""
        cosine, sine = math.cos(thing.heading), math.sin(thing.heading)
        turn = np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]], np.float32)
        result: Points = (self.bend(thing, time_s) @ turn + np.array(thing.position, np.float32)).astype(np.float32)
        return result


def subject(thing: Thing) -> Subject:
    """What to render for a thing. Raises ValueError for an asset that is not known."""
    if thing.asset == "person":
        who = looks(thing)
        dressed = figure(who)
        return Subject(dressed.solid, repr(who), lambda it, time_s: dressed.bent(pose(it, time_s, dressed.limbs)))
    made = prop(thing)
    return Subject(made.solid, made.key, lambda it, _: made.posed(it))
