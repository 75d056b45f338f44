"""A studio that draws no colours: how far each thing is, pixel by pixel, from points on its surface.

Enough to say who hides whom, and many times as quick as Blender: for truths that are told anew while clips stay.
"""

from collections.abc import Callable
from typing import Protocol

import cv2
import numpy as np

from tools.footage.camera import Projection
from tools.footage.layers import Layer, Picture, Plate
from tools.footage.shadows import Sampler
from tools.footage.subject import subject
from tools.footage.world import Light, Thing, View

NEAREST_M = 0.06
NOTHING_M = 1e6
"""Depth of a pixel that the thing does not cover, as long as filters run over it."""


class Depths(Protocol):
    """What knows the empty place: `render.Studio`."""

    def depth(self) -> Picture:
        """How far each pixel of it is."""


class Outlines:
    """As `render.Studio`, all in black; `depths_of` gives it the empty places."""

    def __init__(
        self, depths_of: Callable[[str, View, Light, int], Depths], place: str, view: View, light: Light, seed: int
    ) -> None:
        self._place, self._view = depths_of(place, view, light, seed), view
        self._projection = Projection(view)
        self._samplers: dict[str, Sampler] = {}

    def plate(self) -> Plate:
        """The place's depth."""
        depth = self._place.depth()
        return Plate(np.zeros((*depth.shape, 3), np.float32), depth)

    def layer(self, thing: Thing, time_s: float) -> Layer:
        """The thing's depth."""
        shown = subject(thing)
        sampler = self._samplers.setdefault(shown.key, Sampler(shown.solid))
        shares, far = self._projection.seen(sampler.points(shown.vertices(thing, time_s)))
        inside = (far > NEAREST_M) & (shares >= 0).all(axis=1) & (shares < 1).all(axis=1)
        if not inside.any():
            return Layer.none()
        columns, rows = (shares[inside] * (self._view.width, self._view.height)).astype(int).T
        x, y = int(columns.min()), int(rows.min())
        depth = np.full((int(rows.max()) - y + 1, int(columns.max()) - x + 1), NOTHING_M, np.float32)
        np.minimum.at(depth, (rows - y, columns - x), far[inside].astype(np.float32))
        depth = _closed(depth, self._gap_px(sampler.step_m, float(np.median(far[inside]))))
        rgba = np.zeros((*depth.shape, 4), np.float32)
        rgba[..., 3] = depth < NOTHING_M
        depth = np.where(depth < NOTHING_M, depth, np.float32(np.inf))
        return Layer(x, y, rgba, depth, np.ones(depth.shape, np.float32), 1 - float(inside.mean()))

    def _gap_px(self, step_m: float, far_m: float) -> int:
        """How far apart neighbouring points lie in the picture; twice that, for they are strewn by chance."""
        return round(2 * step_m / far_m * float(self._projection.focal[0]) * self._view.width) + 1


def _closed(depth: Picture, gap_px: int) -> Picture:
    """Fills the gaps between points: each pixel takes the nearest about it, then the edge is taken back."""
    kernel = np.ones((gap_px | 1, gap_px | 1), np.uint8)
    edge = {"borderType": cv2.BORDER_CONSTANT, "borderValue": NOTHING_M}
    grown = cv2.erode(depth, kernel, **edge)  # type: ignore[call-overload]
    return np.asarray(cv2.dilate(grown, kernel), np.float32)
