"""Places by name; descriptions and meshes need no Blender."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache

from tools.footage.figure import Solid, joined
from tools.footage.mesh import Piece
from tools.footage.places import courtyard, facade, gate, lift, shed, street
from tools.footage.places.base import Place
from tools.footage.world import Thing

_MAKERS: tuple[tuple[Place, Callable[[int], list[Piece]]], ...] = (
    (courtyard.COURTYARD, courtyard.pieces),
    (shed.SHED, shed.pieces),
    (street.STREET, street.pieces),
    (lift.LIFT, lift.pieces),
    (gate.GATE, gate.pieces),
    (facade.FACADE, facade.pieces),
)

PLACES: Mapping[str, Place] = {place.name: place for place, _ in _MAKERS}
"""Every place: courtyard, shed, street, lift, gate, facade."""


_FIXTURES: Mapping[str, Callable[[int], list[Thing]]] = {
    "courtyard": courtyard.fixtures,
    "shed": shed.fixtures,
    "street": street.fixtures,
    "gate": gate.fixtures,
    "facade": facade.fixtures,
}
FIXTURE_ID = 5001
"""Ids of fixtures begin here."""


def fixtures(name: str, seed: int) -> list[Thing]:
    """The vehicles and things that belong to a place, variant `seed`, and never move."""
    found = _FIXTURES[name](seed) if name in _FIXTURES else []
    return [replace(thing, id=FIXTURE_ID + number) for number, thing in enumerate(found)]


@lru_cache(maxsize=8)
def solid(name: str, seed: int) -> Solid:
    """The mesh of all that stands in a place, variant `seed`."""
    maker = next(pieces for place, pieces in _MAKERS if place.name == name)
    return joined(maker(seed))


def sun_bearing(name: str, seed: int) -> float:
    """Where the sun stands, degrees counter-clockwise from the east; variants have another time of day."""
    return PLACES[name].sun_bearing_deg + 25 * ((seed + 1) % 3 - 1)
