"""Things without limbs: bicycles, vehicles, bags, bins. Meshes of numpy, no Blender needed."""

import math
import random
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tools.footage.bodies import Points
from tools.footage.figure import Solid, joined
from tools.footage.looks import COLOURS, Colour
from tools.footage.mesh import Piece
from tools.footage.props import cycles, objects, vehicles
from tools.footage.world import Thing

ASSETS = (
    "bicycle",
    "e_bike",
    "motorcycle",
    "car",
    "van",
    "truck",
    "bag",
    "backpack",
    "suitcase",
    "box",
    "bin",
    "bottle",
)
_BAGS = ("black", "navy", "brown", "red", "wine", "olive", "grey", "blue")
_CYCLES = ("black", "grey", "blue", "red", "green", "white", "orange", "sky")
_BINS = ("green", "charcoal", "blue", "grey")


@dataclass(frozen=True, slots=True)
class Prop:
    """One thing: its mesh at rest, and which vertices roll about which axle."""

    solid: Solid
    key: str
    rolls: tuple[tuple[slice, tuple[float, float]], ...]

    def posed(self, thing: Thing) -> Points:
        """Vertices about the origin, facing x; wheels turned as far as its place along its heading says."""
        points = self.solid.vertices.copy()
        way = thing.position[0] * math.cos(thing.heading) + thing.position[1] * math.sin(thing.heading)
        for part, (x, radius) in self.rolls:
            angle = way / radius
            turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]], np.float32)
            middle = np.array([x, radius], np.float32)
            points[part][:, [0, 2]] = (points[part][:, [0, 2]] - middle) @ turn.T + middle
        return points


def prop(thing: Thing) -> Prop:
    """The thing by asset and seed; trait `colour` names another. Raises ValueError for an asset that is not known."""
    if thing.asset not in ASSETS:
        raise ValueError(f"asset: no «{thing.asset}»; expected person or one of: {', '.join(ASSETS)}")
    colour = thing.traits.get("colour", "")
    if colour and colour not in COLOURS:
        raise ValueError(f"colour: no «{colour}»; expected one of: {', '.join(sorted(COLOURS))}")
    return _prop(thing.asset, thing.seed, colour)


@lru_cache(maxsize=128)
def _prop(asset: str, seed: int, colour: str) -> Prop:
    dice = random.Random(f"prop {asset} {seed}")
    stiff, rolling = _pieces(asset, COLOURS[colour] if colour else None, dice)
    solid = joined([*stiff, *(piece for piece, _ in rolling)])
    rolls, at = [], sum(len(piece.vertices) for piece in stiff)
    for piece, axle in rolling:
        rolls.append((slice(at, at + len(piece.vertices)), axle))
        at += len(piece.vertices)
    return Prop(solid, f"{asset} {seed} {colour}", tuple(rolls))


def _pieces(asset: str, asked: Colour | None, dice: random.Random) -> tuple[list[Piece], cycles.Wheels]:
    painted = asked or dice.choice(vehicles.PAINTS)
    if asset == "car":
        return vehicles.vehicle(dice.choice((vehicles.SEDAN, vehicles.SEDAN, vehicles.SUV)), painted)
    if asset in ("van", "truck"):
        return vehicles.vehicle(vehicles.VAN, asked or dice.choice(vehicles.PAINTS[:4]), rear_glass=False)
    if asset == "bicycle":
        return cycles.bicycle(asked or COLOURS[dice.choice(_CYCLES)], basket=dice.random() < 0.5)
    if asset in ("e_bike", "motorcycle"):
        return cycles.e_bike(asked or COLOURS[dice.choice(_CYCLES)], box_behind=dice.random() < 0.5)
    if asset == "bin":
        return objects.bin_(asked or COLOURS[dice.choice(_BINS)]), []
    bags = asked or COLOURS[dice.choice(_BAGS)]
    makers = {"bag": objects.bag, "backpack": objects.backpack, "suitcase": objects.suitcase}
    if asset in makers:
        return makers[asset](bags), []
    return (objects.carton() if asset == "box" else objects.bottle()), []
