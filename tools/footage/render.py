"""The studio: one place under one light seen by one camera; gives its plate once and a layer for each moving thing."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.footage import places, shadows
from tools.footage.blender import Channels, Scene, mesh
from tools.footage.camera import Projection
from tools.footage.layers import Layer, Picture, Plate
from tools.footage.lights import SHINING, Shining, sun_toward
from tools.footage.shadows import Sampler, Source
from tools.footage.subject import Subject, subject
from tools.footage.world import Light, Thing, View

CACHE = Path("out") / "footage" / "cache"
PLATE_SAMPLES, LAYER_SAMPLES = 40, 10
MARGIN_PX = 3
MIDDLE_GREY = 0.17
EDITION = {"plate": 2, "layer": 1}
"""Raise one when what it names would look different from the same things: the cache then forgets."""


def _key(*parts: object) -> str:
    text = json.dumps(parts, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


class Studio:
    """Owns Blender's only scene, so there is one studio at a time in a process; not for threads.

    Plates and layers are kept in `out/footage/cache` under a hash of all that makes them, so that rendering resumes.
    """

    def __init__(self, place: str, view: View, light: Light, seed: int, cache: Path = CACHE) -> None:
        """`place`: a name of `tools.footage.places`; `seed`: which variant of it (trees, colours, clutter)."""
        self.place, self.view, self.light, self.seed = places.PLACES[place], view, light, seed
        self.bearing = places.sun_bearing(place, seed)
        self._solid = places.solid(place, seed)
        form = _digest(self._solid.vertices, self._solid.faces) + repr((self._solid.stuffs, self.place.lamps))
        self._set = _key(EDITION["plate"], place, seed, asdict(view), light, self.bearing, asdict(SHINING[light]), form)
        self._cache = cache
        self._projection = Projection(view)
        self._meshes: dict[object, object] = {}
        self._samplers: dict[object, Sampler] = {}
        self._hidden = False

    @cached_property
    def _scene(self) -> Scene:
        scene = Scene(self.view, self.light, self.bearing, indoors=self.place.indoors)
        scene.add_place(self._solid)
        for number, lamp in enumerate(self.place.lamps):
            scene.add_lamp(lamp.position, lamp.share, number, lamp.colour, lamp.watts)
        return scene

    def plate(self) -> Plate:
        """The empty place; about a minute the first time, then from the cache."""
        known = self._plate
        return Plate(known["colour"].astype(np.float32), known["depth"].astype(np.float32))

    def depth(self) -> Picture:
        """The plate's depth (H, W); where no plate is kept, from a picture of one sample, in seconds."""
        if self._kept.exists():
            return self.plate().depth
        far = self._scene.render_place(1)["ViewLayer.Depth.Z"]
        return np.where(far < 1e5, far, np.float32(np.inf))

    @property
    def _kept(self) -> Path:
        return self._cache / "plates" / f"{self._set}.npz"

    @cached_property
    def _plate(self) -> dict[str, Picture]:
        if not self._kept.exists():
            _save(self._kept, _developed(self._scene.render_place(PLATE_SAMPLES), SHINING[self.light]))
        with np.load(self._kept) as kept:
            return {name: kept[name].astype(np.float32) for name in kept.files}

    @cached_property
    def _sources(self) -> list[Source]:
        plate, sources = self._plate, []
        if "sun" in plate:
            soft = 0.012 + 0.5 * np.radians(SHINING[self.light].sun_size_deg)
            sources.append(Source(plate["sun"], direction=sun_toward(self.light, self.bearing), soft_m=float(soft)))
        if "infrared" in plate:
            sources.append(Source(plate["infrared"], position=self.view.position, soft_m=0.015))
        for number, lamp in enumerate(self.place.lamps):
            if f"lamp{number}" in plate:
                sources.append(Source(plate[f"lamp{number}"], position=lamp.position, soft_m=0.05))
        return sources

    def layer(self, thing: Thing, time_s: float) -> Layer:
        """`thing` alone with its shadow on the place; `time_s` moves what moves by itself (idle sway, wheels)."""
        shown = subject(thing)
        vertices = shown.vertices(thing, time_s)
        path = self._cache / "layers" / self._set / f"{_key(EDITION['layer'], shown.key, _digest(vertices))}.npz"
        if path.exists():
            with np.load(path) as kept:
                return _unpacked(kept)
        layer = self._layer(shown, vertices)
        _save(path, _packed(layer))
        return layer

    def _layer(self, shown: Subject, vertices: NDArray[np.float32]) -> Layer:
        window = self._window(vertices, MARGIN_PX)
        if shown.key not in self._samplers:
            self._samplers[shown.key] = Sampler(shown.solid)
        sampler = self._samplers[shown.key]
        points = sampler.points(vertices)
        whole = self._shadow_window(points, window)
        if whole is None:
            return Layer.none()
        x1, y1, x2, y2 = whole
        rgba, depth = np.zeros((y2 - y1, x2 - x1, 4), np.float32), np.full((y2 - y1, x2 - x1), np.inf, np.float32)
        if window is not None:
            colour, far = self._shot(shown, vertices, window)
            inner = (slice(window[1] - y1, window[3] - y1), slice(window[0] - x1, window[2] - x1))
            rgba[inner], depth[inner] = colour, far
        return Layer(x1, y1, rgba, depth, self._shadow(points, sampler.step_m, whole), self._beyond(points))

    def _shot(
        self, shown: Subject, vertices: NDArray[np.float32], window: tuple[int, int, int, int]
    ) -> tuple[Picture, Picture]:
        if not self._hidden:
            self._plate  # noqa: B018  # the plate is rendered before anything moves in
            self._scene.hide_place()
            self._hidden = True
        if shown.key not in self._meshes:
            self._meshes[shown.key] = mesh(shown.solid, self.light)
        self._scene.show(self._meshes[shown.key], vertices)
        channels = self._scene.render_crop(window, LAYER_SAMPLES)
        rgba = np.stack([channels[f"ViewLayer.Combined.{c}"] for c in "RGBA"], -1)
        rgba[..., :3] *= self._plate["gain"]
        depth = np.where(channels["ViewLayer.Depth.Z"] < 1e5, channels["ViewLayer.Depth.Z"], np.float32(np.inf))
        near = cv2.erode(np.minimum(depth, np.float32(1e9)), np.ones((3, 3), np.uint8))
        depth = np.where(np.isfinite(depth), depth, near)
        empty = (rgba[..., 3] < 1 / 255) | (depth > 1e8)
        rgba[empty] = 0
        return np.clip(rgba, 0, None), np.where(empty, np.float32(np.inf), depth)

    def _window(self, points: NDArray[np.float32], margin: int) -> tuple[int, int, int, int] | None:
        """The pixels that points cover, within the picture; none if they are all out of sight."""
        shares, depth = self._projection.seen(points)
        ahead = depth > 0.06
        if not ahead.any():
            return None
        size = np.array([self.view.width, self.view.height])
        low = np.floor(shares[ahead].min(0) * size).astype(int) - margin
        high = np.ceil(shares[ahead].max(0) * size).astype(int) + margin
        x1, y1 = np.clip(low, 0, size)
        x2, y2 = np.clip(high, 0, size)
        return (int(x1), int(y1), int(x2), int(y2)) if x2 - x1 > 1 and y2 - y1 > 1 else None

    def _shadow_window(
        self, points: NDArray[np.float32], window: tuple[int, int, int, int] | None
    ) -> tuple[int, int, int, int] | None:
        """The figure's window, widened by where its shadows may fall."""
        windows = [window, self._window(points * (1, 1, 0.0), 14)]
        for source in self._sources:
            windows.append(self._window(shadows.ground_hits(points[::7], source), 6))
        found = np.array([w for w in windows if w is not None])
        if not len(found):
            return None
        (x1, y1), (x2, y2) = found[:, :2].min(0), found[:, 2:].max(0)
        return int(x1), int(y1), int(x2), int(y2)

    def _shadow(self, points: NDArray[np.float32], step_m: float, window: tuple[int, int, int, int]) -> Picture:
        x1, y1, x2, y2 = window
        crop = (slice(y1, y2), slice(x1, x2))
        receivers, normals = self._ground[crop], self._plate["normal"][crop]
        lost = np.zeros(receivers.shape[:2], np.float32)
        direct = np.zeros_like(lost)
        for source in self._sources:
            share = source.share[crop]
            if float(share.max()) > 0.03:
                lost += 0.94 * share * shadows.cast(points, step_m, receivers, source)
                direct += share
        dim = shadows.occlusion(points[::5], receivers[::2, ::2], normals[::2, ::2])
        lost += np.clip(1 - direct, 0, 1) * cv2.resize(dim, (x2 - x1, y2 - y1), interpolation=cv2.INTER_LINEAR)
        result: Picture = np.clip(1 - lost, 0.03, 1).astype(np.float32)
        result[~np.isfinite(self._plate["depth"][crop])] = 1
        return result

    @cached_property
    def _ground(self) -> Picture:
        """The place in the world that each pixel of the plate shows (H, W, 3)."""
        high, wide = self._plate["depth"].shape
        across, down = np.meshgrid((np.arange(wide) + 0.5) / wide, (np.arange(high) + 0.5) / high)
        focal, axes = self._projection.focal, self._projection.axes
        rays = np.stack([(across - 0.5) / focal[0], (0.5 - down) / focal[1], np.ones_like(across)], -1) @ axes
        depth = np.minimum(self._plate["depth"], 1e4)
        result: Picture = (np.asarray(self.view.position) + rays * depth[..., None]).astype(np.float32)
        return result

    def _beyond(self, points: NDArray[np.float32]) -> float:
        """The part of the thing's silhouette that lies outside the picture."""
        shares, depth = self._projection.seen(points)
        cell = 3.0 / np.array([self.view.width, self.view.height])
        cells = np.unique(np.floor(shares / cell).astype(int)[depth > 0.06], axis=0) * cell
        if not len(cells) or (depth <= 0.06).mean() > 0.5:
            return 1.0
        inside = ((cells >= 0) & (cells < 1)).all(1).mean()
        return float(round(1 - inside, 3))


def _gain(colour: Picture, depth: Picture, shining: Shining) -> float:
    """How the camera exposes: by day so that the middle of what is not sky comes out grey, within its means."""
    if not shining.metered:
        return shining.exposure
    middle = float(np.median(colour[depth < 1e5].mean(-1))) * shining.exposure
    return shining.exposure * float(np.clip((MIDDLE_GREY / max(middle, 1e-4)) ** 0.8, 0.6, 2.2))


def _developed(channels: Channels, shining: Shining) -> dict[str, NDArray[np.generic]]:
    """The plate's arrays: colour, depth, normal, the camera's gain, and which share of a pixel each light gives."""
    colour = np.stack([channels[f"ViewLayer.Combined.{c}"] for c in "RGB"], -1)
    gain = _gain(colour, channels["ViewLayer.Depth.Z"], shining)
    colour = colour * gain
    depth = channels["ViewLayer.Depth.Z"]
    result: dict[str, NDArray[np.generic]] = {
        "colour": colour.astype(np.float16),
        "gain": np.array(gain, np.float32),
        "depth": np.where(depth < 1e5, depth, np.float32(np.inf)),
        "normal": np.stack([channels[f"ViewLayer.Normal.{c}"] for c in "XYZ"], -1).astype(np.float16),
    }
    groups = {name.split(".")[1][9:] for name in channels if ".Combined_" in name}
    bright = {group: sum(channels[f"ViewLayer.Combined_{group}.{c}"] for c in "RGB") for group in groups}
    total = np.maximum(sum(bright.values()), 1e-6)
    for group, light in bright.items():
        # Cycles does not denoise the groups; their shares are smooth but for shadows' edges, which a median keeps.
        share = cv2.medianBlur(np.clip(light / total, 0, 1).astype(np.float32), 5)
        result[group] = share.astype(np.float16)
    return result


def _digest(*arrays: NDArray[np.generic]) -> str:
    found = hashlib.sha256()
    for array in arrays:
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()[:20]


def _save(path: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Written beside and then renamed, so that a killed run leaves no half file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.stem + ".part.npz")
    np.savez(part, **arrays)  # type: ignore[arg-type]
    part.replace(path)


def _packed(layer: Layer) -> dict[str, NDArray[np.generic]]:
    return {
        "corner": np.array([layer.x, layer.y]),
        "rgba": layer.rgba.astype(np.float16),
        "depth": layer.depth,
        "shadow": (layer.shadow * 255).round().astype(np.uint8),
        "beyond": np.array(layer.beyond),
    }


def _unpacked(kept: dict[str, NDArray[np.generic]]) -> Layer:
    x, y = kept["corner"]
    rgba, depth = kept["rgba"].astype(np.float32), kept["depth"].astype(np.float32)
    shadow = kept["shadow"].astype(np.float32) / np.float32(255)
    return Layer(int(x), int(y), rgba, depth, shadow, float(kept["beyond"]))
