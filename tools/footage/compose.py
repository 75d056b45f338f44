"""The plate and the layers of one instant become one picture in linear light, and the exact boxes of what is in it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.footage.layers import Layer, Picture, Plate

Shares = tuple[float, float, float, float]
"""x1, y1, x2, y2 of the picture, 0..1."""
Mask = NDArray[np.bool_]
COVERED, SOFTLY_COVERED = 0.5, 0.25
"""Cover from which a pixel counts as the thing's; the second of smoke and fire, which hide nobody below the first."""
FADE_PX = 14.0
NEARER_M = 0.04
"""A thing must be so much nearer than what is there, or touch it: feet stand on the ground, not in it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing in one picture.

    `box`: all of it within the picture, hidden parts too; `visible_box`: what can be seen of it, None where nothing
    can; `visible`: the part of its whole silhouette, that beyond the picture's edge too, that can be seen, 0..1.
    """

    box: Shares
    visible_box: Shares | None
    visible: float


@dataclass(frozen=True, slots=True)
class Composed:
    """A picture in linear light (H, W, 3), the depth of each pixel (H, W), and what is seen of each thing by its id."""

    colour: Picture
    depth: Picture
    seen: Mapping[int, Seen]


def compose(plate: Plate, layers: Mapping[int, Layer], soft: Collection[int] = ()) -> Composed:
    """Lay the layers into the plate by depth, pixel by pixel; far ones first, so that soft edges mix rightly.

    `soft`: which of them are smoke or fire.
    """
    colour, depth = plate.colour.astype(np.float32, copy=True), plate.depth.astype(np.float32, copy=True)
    shown = {number: layer for number, layer in layers.items() if layer.rgba.size}
    _shade(colour, shown)
    owner = np.zeros(depth.shape, np.int32)
    for number in sorted(shown, key=lambda n: -_distance(shown[n])):
        _lay(colour, depth, owner, shown[number], number)
    seen: dict[int, Seen] = {}
    for number, layer in shown.items():
        whole = layer.rgba[..., 3] > (SOFTLY_COVERED if number in soft else COVERED)
        window = _window(layer)
        nearest = layer.depth <= depth[window] + NEARER_M if number in soft else owner[window] == number
        if whole.any():
            seen[number] = _seen(layer, whole, whole & nearest, depth.shape)
    return Composed(colour, depth, seen)


def _window(layer: Layer) -> tuple[slice, slice]:
    height, width = layer.depth.shape
    return slice(layer.y, layer.y + height), slice(layer.x, layer.x + width)


def _distance(layer: Layer) -> float:
    solid = layer.depth[np.isfinite(layer.depth)]
    return float(np.median(solid)) if solid.size else np.inf


def _shade(colour: Picture, layers: Mapping[int, Layer]) -> None:
    """Shadows fall on the place: where two overlap the darker counts, as of one sun. Glows (above 1) multiply."""
    dark = np.ones(colour.shape[:2], np.float32)
    glow = np.ones(colour.shape[:2], np.float32)
    for layer in layers.values():
        window = _window(layer)
        fading = _fading(layer, colour.shape)
        dark[window] = np.minimum(dark[window], 1 - (1 - np.minimum(layer.shadow, 1.0)) * fading)
        glow[window] *= np.maximum(layer.shadow, 1.0)
    colour *= (dark * glow)[..., None]


def _fading(layer: Layer, shape: tuple[int, ...]) -> Picture:
    """1 inside a crop and 0 at its edges, but for those at the picture's: shade in the round must not end in a line."""
    height, width = layer.depth.shape

    def ramp(size: int, first: bool, last: bool) -> Picture:
        at = np.arange(size, dtype=np.float32) + 0.5
        reach = min(FADE_PX, size / 3)
        near = np.ones(size, np.float32)
        near = np.minimum(near, at / reach) if first else near
        return np.minimum(near, (size - at) / reach) if last else near

    rows = ramp(height, layer.y > 0, layer.y + height < shape[0])
    columns = ramp(width, layer.x > 0, layer.x + width < shape[1])
    return np.minimum(rows[:, None], columns[None, :])


def _lay(colour: Picture, depth: Picture, owner: NDArray[np.int32], layer: Layer, number: int) -> None:
    window = _window(layer)
    ahead = layer.depth <= depth[window] + NEARER_M
    # A hard edge where something of the place stands before a thing would crawl from picture to picture.
    share = cv2.blur(ahead.astype(np.float32), (3, 3)) if not ahead.all() else np.ones(ahead.shape, np.float32)
    share = np.where(np.isfinite(layer.depth), np.minimum(share * 1.5, 1.0) * ahead, 1.0 * ahead)
    cover = (layer.rgba[..., 3] * share)[..., None]
    colour[window] = colour[window] * (1 - cover) + layer.rgba[..., :3] * share[..., None]
    front = ahead & (layer.rgba[..., 3] > COVERED)
    depth[window] = np.where(front, layer.depth, depth[window])
    owner[window] = np.where(front, number, owner[window])


def _seen(layer: Layer, whole: Mask, visible: Mask, shape: tuple[int, ...]) -> Seen:
    share = float(visible.sum() / whole.sum()) * (1.0 - layer.beyond)
    height, width = shape
    box = _box(whole, layer, width, height)
    return Seen(box, _box(visible, layer, width, height) if visible.any() else None, share)


def _box(mask: Mask, layer: Layer, width: int, height: int) -> Shares:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (
        float((layer.x + columns[0]) / width),
        float((layer.y + rows[0]) / height),
        float((layer.x + columns[-1] + 1) / width),
        float((layer.y + rows[-1] + 1) / height),
    )
