"""A place and a studio for tests: coloured boxes on a grey yard instead of people, everything else as in earnest."""

from dataclasses import dataclass

import numpy as np

from tools.footage.camera import Projection
from tools.footage.layers import Layer, Plate
from tools.footage.places.base import Obstacle, Place
from tools.footage.world import Action, Light, Thing, View

HIGH = View((0.0, -12.0, 5.0), (0.0, 2.0, 0.5), 60.0, 320, 180)
YARD = Place(
    name="yard",
    title="Yard",
    bounds=(-20.0, -20.0, 20.0, 20.0),
    obstacles=(
        Obstacle("fence", ((-10.0, 5.0), (10.0, 5.0), (10.0, 5.2), (-10.0, 5.2)), 1.8),
        Obstacle("kerb", ((-10.0, -4.0), (10.0, -4.0), (10.0, -3.8), (-10.0, -3.8)), 0.12),
    ),
    views={"high": HIGH},
    spots={"bin": (3.0, 3.0, 0.0), "gate": (-3.0, 0.0, 0.0)},
    areas={"lawn": ((-4.0, 1.0), (4.0, 1.0), (4.0, 4.5), (-4.0, 4.5))},
)
PLACES = {"yard": YARD}
SIZES = {"person": (0.5, 1.75), "bicycle": (1.6, 1.1), "car": (3.0, 1.5), "bag": (0.5, 0.4)}


def stride_m(action: Action, _thing: Thing) -> float:
    """As `tools.footage.motion.stride_m`."""
    return {Action.WALK: 1.4, Action.RUN: 2.4, Action.RIDE: 4.6, Action.PUSH: 1.2, Action.CARRY: 1.2}.get(action, 0.0)


@dataclass
class BoxStudio:
    """Draws every thing as an upright box that faces the camera."""

    place: str
    view: View
    light: Light
    seed: int
    drawn: int = 0

    def plate(self) -> Plate:
        """A grey ground to the horizon."""
        y, x = np.mgrid[0 : self.view.height, 0 : self.view.width]
        shares = np.stack([(x + 0.5) / self.view.width, (y + 0.5) / self.view.height], axis=-1).reshape(-1, 2)
        projection = Projection(self.view)
        ground = projection.on_ground(shares)
        points = np.concatenate([np.nan_to_num(ground), np.zeros((len(ground), 1))], axis=1)
        depth = np.where(np.isnan(ground[:, 0]), np.inf, projection.seen(points)[1])
        shape = (self.view.height, self.view.width)
        return Plate(np.full((*shape, 3), 0.3, np.float32), depth.reshape(shape).astype(np.float32))

    def layer(self, thing: Thing, _time_s: float) -> Layer:
        """The box."""
        self.drawn += 1
        wide, tall = SIZES.get(thing.asset, (0.4, 0.4))
        foot = np.array(thing.position)
        (shares, top), depth = Projection(self.view).seen([foot, foot + np.array([0, 0, tall])])
        if depth[0] < 0.3:
            return Layer.none()
        focal = Projection(self.view).focal[0] * self.view.width
        half = wide / 2 * focal / depth[0]
        size = (self.view.width, self.view.height)
        whole = [shares[0] * size[0] - half, top[1] * size[1], shares[0] * size[0] + half, shares[1] * size[1]]
        x1, y1, x2, y2 = (round(value) for value in whole)
        left, upper, right, lower = max(x1, 0), max(y1, 0), min(x2, size[0]), min(y2, size[1])
        if left >= right or upper >= lower:
            return Layer.none()
        height, width = lower - upper, right - left
        rgba = np.ones((height, width, 4), np.float32)
        rgba[..., :3] = np.random.default_rng(thing.seed).uniform(0.05, 0.8, 3)
        beyond = 1 - height * width / ((x2 - x1) * (y2 - y1))
        return Layer(
            left,
            upper,
            rgba,
            np.full((height, width), depth[0], np.float32),
            np.ones((height, width), np.float32),
            beyond,
        )
