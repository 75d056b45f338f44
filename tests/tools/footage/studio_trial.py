"""What test_studio looks at, measured in the environment that has Blender: prints one JSON line."""

import json
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

import numpy as np
from numpy.typing import NDArray

from tools.footage import render
from tools.footage.camera import Projection
from tools.footage.figure import figure
from tools.footage.looks import looks
from tools.footage.motion import pose, stride_m
from tools.footage.places import PLACES
from tools.footage.world import Action, Light, Thing


def person(seed: int, action: Action, phase: float) -> Thing:
    """Somebody without a load, facing x."""
    return Thing(1, "person", seed, (0, 0, 0), 0, action, phase, traits={"load": "nothing"})


def vertices(thing: Thing) -> NDArray[np.float32]:
    """Her mesh at the origin."""
    made = figure(looks(thing))
    return made.bent(pose(thing, 0.0, made.limbs))


def slide(seed: int) -> float:
    """How far a flat standing foot moves over the ground while the body walks on: metres."""
    at = []
    for phase in np.linspace(0.12, 0.28, 5):
        thing = person(seed, Action.WALK, float(phase))
        points = vertices(thing)
        sole = points[(points[:, 2] < 0.03) & (points[:, 1] > 0)]
        at.append(float(np.median(sole[:, 0])) + phase * stride_m(Action.WALK, thing))
    return float(np.ptp(at))


def main(cache: Path) -> None:
    """Measure bodies, then one layer in a small picture."""
    stands = [person(seed, Action.STAND, 0) for seed in range(3)]
    everything = [person(1, action, 0.3) for action in Action if action not in (Action.CLIMB, Action.RIDE, Action.RUN)]
    render.PLATE_SAMPLES, render.LAYER_SAMPLES = 2, 4
    view = replace(PLACES["lift"].views["hall"], width=160, height=90)
    studio = render.Studio("lift", view, Light.DAY, 1, cache)
    thing = replace(person(2, Action.STAND, 0), position=(0, -1.8, 0))
    layer, again = studio.layer(thing, 0.0), studio.layer(thing, 0.0)
    rows, columns = np.nonzero(layer.rgba[..., 3] > 0.5)
    shares, depth = Projection(view).seen(vertices(thing) + np.array(thing.position))
    pixels = shares * (view.width, view.height)
    found = {
        "lowest": [float(vertices(it)[:, 2].min()) for it in everything],
        "said": [looks(it).height_m for it in stands],
        "tall": [float(np.ptp(vertices(it)[:, 2])) for it in stands],
        "slides": [slide(seed) for seed in range(3)],
        "box": [
            int(layer.x + columns.min()),
            int(layer.y + rows.min()),
            int(layer.x + columns.max()),
            int(layer.y + rows.max()),
        ],
        "expected": [*pixels.min(0).tolist(), *pixels.max(0).tolist()],
        "depth": [float(np.median(layer.depth[np.isfinite(layer.depth)])), float(depth.mean())],
        "darkest": [float(layer.shadow.min())],
        "again": [float(np.allclose(layer.rgba, again.rgba, atol=2e-3))],
    }
    print(json.dumps(found))


main(Path(sys.argv[1]))
