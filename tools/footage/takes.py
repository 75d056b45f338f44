"""Further takes of a scenario: the same story once more, with other people, in another light, from beside. Pure.

The first take is the scenario as it is written; the second is what its `variant` says, held apart from all tuning. From
the third on chance draws people, light, weather and what is parked, whatever the scenario says of them, so that rules
can be tried on as many scenes as one likes.
"""

import zlib
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from tools.footage.camera import Projection
from tools.footage.scenario import ViewFields
from tools.footage.stage import Stage
from tools.footage.world import Light, View

FIRST, SECOND = 1, 2
LIGHTS = {Light.DAY: 0.25, Light.OVERCAST: 0.25, Light.DUSK: 0.2, Light.NIGHT: 0.15, Light.INFRARED: 0.15}
"""How often each light is drawn, out of doors."""
RAINS = 0.25
"""Share of the takes out of doors in which it rains."""
DRESSINGS = 6
SWINGS = (1.0, 0.5, 0.25, 0.0)
"""Shares of the camera's swing that are tried one after the other, until nothing is out of the picture."""
OUTDOORS_M, INDOORS_M = 0.6, 0.06
"""How far a camera may hang from its place, each way; what it looks at lies as far from where it looked."""
WIDENS = 0.08
"""Share by which it may see less or more."""

Dice = np.random.Generator


def further_takes(stage: Stage, number: int) -> Iterator[Stage]:
    """What the `number`-th take (from 3) may look like, boldest first; the last hangs the camera where it hung."""
    for swing in SWINGS:
        dice = np.random.default_rng(zlib.crc32(f"{stage.name}:{number}".encode()))
        changes = _chances(stage, dice) | {"seed": stage.scenario.seed + 100_000 * number}
        view = _swung(stage.view, swing * (INDOORS_M if stage.place.indoors else OUTDOORS_M), swing * WIDENS, dice)
        changes["view"] = ViewFields(**asdict(view))
        changes["rules"] = tuple(_seen_from(rule, stage.view, view) for rule in stage.scenario.rules)
        changes["actors"] = {
            name: actor.model_copy(update={"seed": None}) for name, actor in stage.scenario.actors.items()
        }
        yield replace(stage, scenario=stage.scenario.model_copy(update=changes))


def _chances(stage: Stage, dice: Dice) -> dict[str, Any]:
    """Walls, trees and what is parked; light and rain, where there is weather."""
    changes: dict[str, Any] = {"dressing": int(dice.integers(1, DRESSINGS + 1))}
    if not stage.place.indoors:
        changes["light"] = Light(dice.choice(list(LIGHTS), p=list(LIGHTS.values())))
        changes["rain"] = float(dice.uniform(0.2, 0.8)) if dice.random() < RAINS else 0.0
    return changes


def _swung(view: View, metres: float, share: float, dice: Dice) -> View:
    """A camera that hangs, looks and sees a little otherwise."""
    x, y, z = view.position + dice.uniform(-metres, metres, 3)
    east, north, up = view.target + dice.uniform(-metres, metres, 3)
    fov_deg = view.fov_deg * (1 + dice.uniform(-share, share))
    return replace(view, position=(x, y, z), target=(east, north, up), fov_deg=float(fov_deg))


def _seen_from(rule: dict[str, Any], before: View, after: View) -> dict[str, Any]:
    """A rule whose direction, two points of the picture, lies on the same ground as before."""
    if "direction" not in rule:
        return rule
    ground = Projection(before).on_ground(rule["direction"])
    points, _ = Projection(after).seen(np.c_[ground, np.zeros(len(ground))])
    return rule | {"direction": np.clip(points, 0, 1).round(4).tolist()}
