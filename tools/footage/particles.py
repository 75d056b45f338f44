"""Smoke and fire as flat layers that stand in the scene facing the camera: noise that rises, swirls and fades.

Three-dimensional noise is looked up along a third axis that runs with time, so that a puff changes its shape as it
rises. Everything follows from the seed and the time; no picture depends on the one before.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.footage.camera import Projection
from tools.footage.layers import Layer, Picture
from tools.footage.world import Light, Point, View

Noise = NDArray[np.float32]
SIZE = 128
"""Texels of a tile of noise; it repeats."""
SMOKE_WIDTH, FIRE_WIDTH = 0.9, 0.75
"""Width at the top (smoke) or the widest (fire), in heights."""
MOST_PX = 420
"""A plume that is higher in the picture is computed at this height and enlarged."""
SKY = {Light.DAY: 0.5, Light.OVERCAST: 0.34, Light.DUSK: 0.2, Light.NIGHT: 0.05, Light.INFRARED: 0.34}
"""How bright lit smoke is, linear, by light."""
FLAME = {Light.DAY: 2.2, Light.OVERCAST: 2.2, Light.DUSK: 2.6, Light.NIGHT: 3.0, Light.INFRARED: 3.0}
GLOW = {Light.DAY: 0.0, Light.OVERCAST: 0.05, Light.DUSK: 0.6, Light.NIGHT: 2.5, Light.INFRARED: 1.2}
"""How much brighter the ground beside a flame is, in shares of how bright it was."""


@dataclass(frozen=True, slots=True)
class Plume:
    """What rises at one time: heights in metres, 0 where there is none; `age_s` since it began."""

    position: Point
    fire_m: float
    smoke_m: float
    age_s: float
    seed: int
    wind: float = 0.25
    """How far the top leans aside, in heights."""


def smoke(plume: Plume, view: View, light: Light) -> Layer:
    """The smoke of a plume; grey, dense at its foot, thin above."""
    return _billboard(plume, view, plume.smoke_m, SMOKE_WIDTH, lambda u, v: _smoke_rgba(plume, u, v, light))


def fire(plume: Plume, view: View, light: Light) -> Layer:
    """The flames of a plume, with the light that they throw on what is around them."""
    layer = _billboard(plume, view, plume.fire_m, FIRE_WIDTH, lambda u, v: _fire_rgba(plume, u, v, light))
    return _with_glow(layer, plume, view, light) if layer.rgba.size and GLOW[light] else layer


@lru_cache(maxsize=32)
def _tile(seed: int) -> Noise:
    """Smooth noise (SIZE, SIZE, SIZE // 4) in −1..1 that repeats along every axis: a sum of octaves."""
    random = np.random.default_rng(seed)
    tile = np.zeros((SIZE, SIZE, SIZE // 4), np.float32)
    for octave, weight in ((4, 1.0), (8, 0.55), (16, 0.3), (32, 0.16)):
        depth = max(2, octave // 4)
        coarse = random.standard_normal((octave, octave, depth)).astype(np.float32)
        for axis, size in enumerate(tile.shape):
            coarse = _stretched(coarse, axis, size)
        tile += weight * coarse / coarse.std()
    return np.asarray(np.tanh(tile / (1.6 * tile.std())), np.float32)


def _stretched(values: Noise, axis: int, size: int) -> Noise:
    """Values along one axis interpolated to `size`, smoothly and periodically."""
    count = values.shape[axis]
    at = np.arange(size) * count / size
    low = np.floor(at).astype(int)
    share = (at - low).astype(np.float32)
    share = share * share * (3 - 2 * share)
    shape = [1] * values.ndim
    shape[axis] = size
    share = share.reshape(shape)
    mixed = np.take(values, low % count, axis) * (1 - share) + np.take(values, (low + 1) % count, axis) * share
    return np.asarray(mixed, np.float32)


def _noise(seed: int, x: Noise, y: Noise, z: float) -> Noise:
    """Noise at points in units of tiles."""
    tile = _tile(seed)
    depth = tile.shape[2]
    at = (z * depth) % depth
    low, share = int(at), np.float32(at - int(at))
    plane = tile[:, :, low] * (1 - share) + tile[:, :, (low + 1) % depth] * share
    wrapped = np.pad(plane, ((0, 1), (0, 1)), mode="wrap")
    sampled = cv2.remap(
        wrapped, ((x % 1) * SIZE).astype(np.float32), ((y % 1) * SIZE).astype(np.float32), cv2.INTER_LINEAR
    )
    return np.asarray(sampled, np.float32)


def _smoke_rgba(plume: Plume, u: Noise, v: Noise, light: Light) -> Picture:
    """u: −0.5..0.5 across, v: 0 at the foot, 1 at the top; both in heights of the plume."""
    t, above_ground = plume.age_s, v > -0.01
    v = np.clip(v, 0, 1)
    swirl = _noise(plume.seed, u * 0.7 + 0.5, v * 0.7 - t * 0.16, t * 0.05)
    u = u - plume.wind * v**1.4 + 0.16 * swirl * np.sqrt(v)
    width = 0.07 + 0.30 * v**0.8
    column = np.exp(-((u / width) ** 2) * 1.6)
    billow = _noise(plume.seed + 1, u * 1.1 + 0.3, v * 1.1 - t * 0.34, t * 0.09)
    detail = _noise(plume.seed + 2, u * 2.9, v * 2.9 - t * 0.5, t * 0.14)
    fade = np.clip((1 - v) * 1.7, 0, 1) ** 1.3 * np.clip(v * 9 + 0.2, 0, 1) * above_ground
    density = np.clip(column * (0.75 + 0.62 * billow + 0.28 * detail), 0, 1) * fade
    alpha = 1 - np.exp(-3.8 * density)
    # Lit from above, darker where it is thick: that makes it round.
    above = _noise(plume.seed + 1, u * 1.1 + 0.3, (v + 0.05) * 1.1 - t * 0.34, t * 0.09)
    lit = np.clip(0.78 + 0.5 * (billow - above) + 0.18 * detail, 0.35, 1.25)
    dark_base = np.interp(v, [0, 0.35, 1], [0.5, 0.8, 1.0]).astype(np.float32)
    grey = (SKY[light] * lit * dark_base)[..., None] * np.array([0.98, 0.99, 1.02], np.float32)
    return np.concatenate([grey * alpha[..., None], alpha[..., None]], axis=2).astype(np.float32)


def _fire_rgba(plume: Plume, u: Noise, v: Noise, light: Light) -> Picture:
    t = plume.age_s
    lick = _noise(plume.seed + 3, u * 1.3 + 0.2, v * 0.55 - t * 1.15, t * 0.4)
    tongue = _noise(plume.seed + 4, u * 3.0, v * 1.2 - t * 2.0, t * 0.8)
    flicker = 0.9 + 0.1 * np.sin(t * 23.0) * np.sin(t * 9.1 + 1)
    u = u + 0.14 * lick * np.clip(v * 1.5, 0, 1) - 0.3 * plume.wind * v**2
    reach = np.clip(0.72 + 0.35 * lick + 0.16 * tongue, 0.15, 1.1) * flicker
    width = 0.27 * np.sqrt(np.clip(1 - v / np.maximum(reach, 1e-3), 0, 1)) * (0.75 + 0.45 * np.clip(v * 4, 0, 1))
    heat = np.clip(1.25 - np.abs(u) / np.maximum(width, 1e-3), 0, 1.25) * (v < reach) * (v > -0.02)
    heat = np.clip(heat * (1.05 - 0.55 * v) + 0.22 * tongue * (heat > 0), 0, 1.2)
    alpha = np.clip(heat * 2.2, 0, 1) ** 1.2 * np.clip((v + 0.03) * 30, 0, 1)
    bright = FLAME[light] * np.clip(heat, 0, 1)[..., None] ** 0.8
    colour = bright * np.stack(
        [np.ones_like(heat), np.clip(0.12 + 0.62 * heat**1.4, 0, 0.9), np.clip(0.02 + 0.34 * heat**4, 0, 0.6)], axis=2
    )
    if light is Light.INFRARED:
        colour = colour.mean(axis=2, keepdims=True).repeat(3, axis=2)
    return np.concatenate([colour * alpha[..., None], 0.85 * alpha[..., None]], axis=2).astype(np.float32)


def _billboard(
    plume: Plume, view: View, height_m: float, width: float, paint: Callable[[Noise, Noise], Picture]
) -> Layer:
    """A layer of a plane that faces the camera and stands on the plume's position."""
    projection = Projection(view)
    if height_m <= 0.02:
        return Layer.none()
    foot = np.asarray(plume.position)
    top = foot + np.array([0.0, 0.0, height_m])
    ends, depth = projection.seen(np.stack([foot, top]))
    if (depth <= 0.2).any():
        return Layer.none()
    size = np.array([view.width, view.height])
    (fx, fy), (_, ty) = ends * size
    tall = fy - ty
    if tall < 3:
        return Layer.none()
    lean = abs(plume.wind) + width
    left, right = int(np.floor(fx - lean * tall)), int(np.ceil(fx + lean * tall)) + 1
    upper, lower = int(np.floor(ty - 0.12 * tall)), int(np.ceil(fy + 0.05 * tall)) + 1
    left, right, upper, lower = max(left, 0), min(right, view.width), max(upper, 0), min(lower, view.height)
    if right - left < 2 or lower - upper < 2:
        return Layer.none()
    x, y = np.meshgrid(np.arange(left, right) + 0.5, np.arange(upper, lower) + 0.5)
    rgba = paint(((x - fx) / tall).astype(np.float32), ((fy - y) / tall).astype(np.float32))
    solid = np.where(rgba[..., 3] > 0.004, np.float32(depth[0] - 0.3), np.float32(np.inf)).astype(np.float32)
    return Layer(left, upper, rgba, solid, np.ones(solid.shape, np.float32))


def _with_glow(layer: Layer, plume: Plume, view: View, light: Light) -> Layer:
    """The same layer with a crop large enough for its light, as a factor above 1 on the place around it."""
    depth = float(np.min(layer.depth))
    if not np.isfinite(depth):
        return layer
    reach_px = 5.0 * plume.fire_m / depth * float(Projection(view).focal[0]) * view.width
    foot = Projection(view).seen([plume.position])[0][0] * [view.width, view.height]
    box = (foot[0] - reach_px, foot[1] - reach_px, foot[0] + reach_px, foot[1] + 0.6 * reach_px)
    x1, y1 = min(layer.x, max(0, int(box[0]))), min(layer.y, max(0, int(box[1])))
    x2 = max(layer.x + layer.depth.shape[1], min(view.width, int(box[2])))
    y2 = max(layer.y + layer.depth.shape[0], min(view.height, int(box[3])))
    top, left = layer.y - y1, layer.x - x1
    around = ((top, y2 - y1 - top - layer.depth.shape[0]), (left, x2 - x1 - left - layer.depth.shape[1]))
    x, y = np.meshgrid(np.arange(x1, x2) - foot[0], (np.arange(y1, y2) - foot[1]) * 1.7)
    flicker = 0.85 + 0.15 * np.sin(plume.age_s * 17.0) * np.sin(plume.age_s * 7.3)
    glow = 1 + GLOW[light] * flicker / (1 + (np.hypot(x, y) / (0.25 * reach_px)) ** 2) * np.clip(
        1.2 - np.hypot(x, y) / reach_px, 0, 1
    )
    return replace(
        layer,
        x=x1,
        y=y1,
        rgba=np.pad(layer.rgba, (*around, (0, 0))),
        depth=np.pad(layer.depth, around, constant_values=np.inf),
        shadow=glow.astype(np.float32),
    )
