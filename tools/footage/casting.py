"""Random scenes for training pictures: cameras, light, and people, vehicles, bags and fires in all they may do. Pure.

Everything follows from the random generator that is handed in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from edge.rules.geometry import inside
from tools.footage.camera import Projection
from tools.footage.particles import Plume
from tools.footage.places.base import Place
from tools.footage.scenario import Look
from tools.footage.world import Action, Light, Point, Thing, View

Chance = np.random.Generator
LIGHTS = {Light.DAY: 0.36, Light.OVERCAST: 0.22, Light.DUSK: 0.12, Light.NIGHT: 0.15, Light.INFRARED: 0.15}
ASSETS = {
    "person": 0.57,
    "bicycle": 0.08,
    "e_bike": 0.06,
    "motorcycle": 0.03,
    "car": 0.08,
    "van": 0.03,
    "truck": 0.04,
    "bag": 0.07,
    "suitcase": 0.04,
}
CLEAR_M = {
    "car": 2.6,
    "van": 2.9,
    "truck": 3.8,
    "bicycle": 0.9,
    "e_bike": 0.9,
    "motorcycle": 0.9,
    "person": 0.4,
    "bag": 0.25,
    "suitcase": 0.25,
}
"""How much room each needs around it."""
ACTS: dict[Action, float] = {
    Action.WALK: 0.26,
    Action.STAND: 0.17,
    Action.RUN: 0.08,
    Action.LIE: 0.12,
    Action.CROUCH: 0.07,
    Action.SIT: 0.07,
    Action.FALL: 0.06,
    Action.GET_UP: 0.03,
    Action.CARRY: 0.03,
    Action.REACH: 0.03,
    Action.PUNCH: 0.03,
    Action.FLINCH: 0.02,
    Action.THROW: 0.02,
    Action.CLIMB: 0.01,
}
LYING = frozenset({Action.LIE, Action.FALL, Action.GET_UP})
BEFORE_LOW_CAMERAS: dict[Action, float] = {
    Action.LIE: 0.6,
    Action.FALL: 0.12,
    Action.GET_UP: 0.06,
    Action.SIT: 0.07,
    Action.CROUCH: 0.06,
    Action.STAND: 0.05,
    Action.WALK: 0.04,
}
"""Who lies near and large is seen from there, and from nowhere else; all that else is done, the other cameras show."""
LOW, SPRAWLED = 0.15, 0.8
"""How often a camera stands low, as on a shelf at home; and how often who lies does not lie as all others do."""
LOW_M, LOOKS_M, LOW_FOV_DEG = (0.7, 2.3), (1.5, 3.6), (50.0, 85.0)
"""Of low cameras: how high, how far from what they look at, how wide they see."""
LOADS = ("", "", "", "backpack", "bag")
"""Not what is larger than a body: an umbrella or a suitcase would widen the box that a detector is to learn."""
FARTHEST_M = 45.0
TRIES = 60


@dataclass(frozen=True, slots=True)
class Set:
    """What pictures of one set share: place, camera and light, so that the empty place is rendered once."""

    place: Place
    view: View
    light: Light
    seed: int
    low: bool = False


def a_set(places: Sequence[Place], chance: Chance) -> Set:
    """A place with one of its cameras hung elsewhere, and some light that the place may have."""
    place = places[int(chance.integers(len(places)))]
    lights = [Light.DAY, Light.NIGHT, Light.INFRARED] if place.indoors else list(LIGHTS)
    weights = np.array([LIGHTS[light] for light in lights])
    light = lights[int(chance.choice(len(lights), p=weights / weights.sum()))]
    views = list(place.views.values())
    usual = views[int(chance.integers(len(views)))]
    low = a_low_view(place, usual, chance) if chance.random() < LOW else None
    view = low or a_view(usual, chance, indoors=place.indoors)
    return Set(place, view, light, int(chance.integers(1, 4)), low is not None)


def a_view(view: View, chance: Chance, *, indoors: bool) -> View:
    """The same camera hung a little elsewhere, turned and zoomed."""
    reach = 0.15 if indoors else 1.6
    x, y, z = view.position
    position = (
        float(x + chance.normal(0, reach)),
        float(y + chance.normal(0, reach)),
        float(z * chance.uniform(0.95, 1.02) if indoors else max(1.8, z * chance.uniform(0.55, 1.5))),
    )
    tx, ty, tz = view.target
    target = (float(tx + chance.normal(0, reach)), float(ty + chance.normal(0, reach)), tz)
    fov = float(np.clip(view.fov_deg * chance.uniform(0.65, 1.15), 32, 100))
    return replace(view, position=position, target=target, fov_deg=fov)


def a_low_view(place: Place, view: View, chance: Chance) -> View | None:
    """A camera that stands low and looks down at free ground near it; None where there is no room for it."""
    west, south, east, north = place.bounds
    for _ in range(TRIES):
        x, y = float(chance.uniform(west, east)), float(chance.uniform(south, north))
        away, bearing = float(chance.uniform(*LOOKS_M)), float(chance.uniform(-np.pi, np.pi))
        stands = (x + away * float(np.cos(bearing)), y + away * float(np.sin(bearing)))
        between = np.linspace(stands, (x, y), 30).astype(np.float32)
        within = west < stands[0] < east and south < stands[1] < north
        if within and not any(inside(between, obstacle.outline).any() for obstacle in place.obstacles):
            position, target = (*stands, float(chance.uniform(*LOW_M))), (x, y, float(chance.uniform(0.1, 0.9)))
            return replace(view, position=position, target=target, fov_deg=float(chance.uniform(*LOW_FOV_DEG)))
    return None


def a_look(chance: Chance) -> Look:
    """What this camera makes of the light."""
    return Look(
        exposure=float(chance.uniform(0.65, 1.45)),
        noise=float(chance.uniform(0.2, 1.4)),
        warmth=float(np.clip(chance.normal(0, 0.3), -1, 1)),
        blur_px=float(chance.uniform(0.3, 1.3)),
        sharpening=float(chance.uniform(0.0, 1.0)),
    )


def a_spot(set_: Set, chance: Chance, clear_m: float) -> tuple[float, float] | None:
    """Free ground that the camera sees, rather near than far; None where none is found."""
    west, south, east, north = set_.place.bounds
    nearest = clear_m if set_.low else 0.0  # a low camera would stand in what is nearer
    for _ in range(TRIES):
        share = (chance.uniform(0.05, 0.95), 1 - chance.uniform(0.02, 0.85) ** 1.3)
        x, y = Projection(set_.view).on_ground([share])[0].tolist()
        within = np.isfinite([x, y]).all() and west < x < east and south < y < north
        away = np.hypot(x - set_.view.position[0], y - set_.view.position[1])
        if within and nearest < away < FARTHEST_M and _free(set_, x, y, clear_m):
            return x, y
    return None


def _free(set_: Set, x: float, y: float, clear_m: float) -> bool:
    ring = [(x + clear_m * np.cos(a), y + clear_m * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 8, endpoint=False)]
    points = np.array([(x, y), *ring], np.float32)
    return not any(inside(points, obstacle.outline).any() for obstacle in set_.place.obstacles)


def a_cast(set_: Set, chance: Chance, count: int) -> list[tuple[Thing, ...]]:
    """Up to so many groups that stand together or not at all: a person, a rider with his bicycle, a car …"""
    acts = BEFORE_LOW_CAMERAS if set_.low else ACTS
    groups: list[tuple[Thing, ...]] = []
    while len(groups) < count:
        names = list(ASSETS)
        asset = names[int(chance.choice(len(names), p=np.array(list(ASSETS.values()))))]
        spot = a_spot(set_, chance, CLEAR_M[asset])
        if spot is None and asset == "person":
            break
        if spot is None:
            continue
        groups.append(_group(asset, (*spot, 0.0), len(groups) * 2 + 1, acts, chance))
    return groups


def _group(asset: str, position: Point, number: int, acts: Mapping[Action, float], chance: Chance) -> tuple[Thing, ...]:
    heading, seed = float(chance.uniform(-np.pi, np.pi)), int(chance.integers(1 << 30))
    if asset == "person":
        return (a_person(position, heading, number, seed, acts, chance),)
    thing = Thing(number, asset, seed, position, heading, phase=float(chance.uniform(0, 1)))
    if asset not in ("bicycle", "e_bike") or chance.random() < 0.3:
        return (thing,)
    rider = Thing(number + 1, "person", seed + 1, position, heading)
    if chance.random() < 0.6:
        traits = {"pedals": "yes" if asset == "bicycle" else "no"}
        return thing, replace(rider, action=Action.RIDE, phase=thing.phase, rider_of=number, traits=traits)
    ahead = np.array([np.cos(heading), np.sin(heading)])
    x, y = np.array(position[:2]) - 0.45 * ahead + 0.48 * np.array([-ahead[1], ahead[0]])
    return thing, replace(rider, action=Action.PUSH, phase=thing.phase, position=(float(x), float(y), 0.0))


def a_person(
    position: Point, heading: float, number: int, seed: int, acts: Mapping[Action, float], chance: Chance
) -> Thing:
    """Somebody doing something, as often as `acts` says."""
    weights = np.array(list(acts.values()))
    action = list(acts)[int(chance.choice(len(acts), p=weights / weights.sum()))]
    traits: dict[str, str] = {}
    if action in LYING:
        traits["side"] = str(chance.choice(["back", "belly", "side"]))
        traits["sprawled"] = "yes" if chance.random() < SPRAWLED else "no"
    elif action in (Action.WALK, Action.STAND, Action.RUN) and (load := str(chance.choice(LOADS))):
        traits["load"] = load
    if action is Action.CARRY:
        traits["load"] = "box"
    if action is Action.SIT:
        traits["seat"] = str(chance.choice(["0.12", "0.12", "0.45"]))
    if action is Action.REACH:
        traits["at"] = f"{chance.uniform(0.1, 1.8):.1f}"
    if chance.random() < 0.14:
        traits["age"] = str(int(chance.integers(4, 15)))
    amount = float(chance.uniform(0.5, 1)) if action in (Action.SIT, Action.CROUCH) and chance.random() < 0.3 else 1.0
    phase = float(chance.uniform(0.15, 1.0))
    return Thing(number, "person", seed, position, heading, action, phase, amount, None, traits)


def a_fire(set_: Set, chance: Chance) -> Plume | None:
    """A fire with smoke, or smoke alone, somewhere."""
    spot = a_spot(set_, chance, 0.3)
    if spot is None:
        return None
    size = float(chance.uniform(0.25, 2.2))
    flames = size * float(chance.uniform(0.3, 1.0)) if chance.random() < 0.7 else 0.0
    return Plume(
        (*spot, float(chance.choice([0.0, 0.0, 0.9]))),
        flames,
        size * float(chance.uniform(1.0, 4.0)) if chance.random() < 0.85 or not flames else 0.0,
        float(chance.uniform(2, 60)),
        int(chance.integers(6)) * 10,
        float(chance.normal(0, 0.4)),
    )


def chosen(groups: Sequence[tuple[Thing, ...]], chance: Chance, most: int) -> list[Thing]:
    """Some of the groups, none of which stands in another."""
    wanted = int(chance.integers(0, most + 1))
    taken: list[Thing] = []
    for number in chance.permutation(len(groups)):
        group = groups[number]
        if len(taken) >= wanted:
            break
        if all(_apart(thing, other) for thing in group for other in taken):
            taken += group
    return taken


def _apart(thing: Thing, other: Thing) -> bool:
    room = CLEAR_M.get(thing.asset, 0.4) + CLEAR_M.get(other.asset, 0.4)
    return float(np.hypot(*np.subtract(thing.position[:2], other.position[:2]))) > 0.75 * room
