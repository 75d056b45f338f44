"""Blender's scene: meshes, lights and camera go in, arrays come out. The only room that talks to bpy's operators."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import mathutils
import numpy as np
from numpy.typing import NDArray

from tools.footage import exr
from tools.footage.bodies import Points
from tools.footage.figure import Solid
from tools.footage.lights import SHINING, Shining, sun_toward
from tools.footage.materials import material
from tools.footage.world import Light, Point, View

Channels = dict[str, NDArray[np.float32]]


@contextlib.contextmanager
def _hushed() -> Iterator[None]:
    """Blender prints a line for each render straight to the process's output."""
    sys.stdout.flush()
    kept, nothing = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nothing)


def mesh(solid: Solid, light: Light) -> Any:  # noqa: ANN401  # bpy has no types
    """A Blender mesh of a solid at rest; `show` moves its vertices later."""
    made = bpy.data.meshes.new("solid")
    lengths = np.where(solid.faces[:, 3] < 0, 3, 4)
    corners = solid.faces.ravel()[solid.faces.ravel() >= 0]
    made.vertices.add(len(solid.vertices))
    made.vertices.foreach_set("co", solid.vertices.ravel())
    made.loops.add(len(corners))
    made.loops.foreach_set("vertex_index", corners)
    made.polygons.add(len(lengths))
    made.polygons.foreach_set("loop_start", np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int32))
    made.polygons.foreach_set("material_index", solid.stuff_of)
    made.polygons.foreach_set("use_smooth", solid.soft.astype(bool))
    for stuff in solid.stuffs:
        made.materials.append(material(stuff, light))
    made.attributes.new("rest", "FLOAT_VECTOR", "POINT").data.foreach_set("vector", solid.vertices.ravel())
    made.update(calc_edges=True)
    return made


class Scene:
    """The one scene: a place, one thing at a time, a camera. Owner: one Studio; lives as long as it."""

    def __init__(self, view: View, light: Light, sun_bearing_deg: float, *, indoors: bool) -> None:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        material.cache_clear()
        self.scene = bpy.context.scene
        self.view, self.light, self.shining = view, light, SHINING[light]
        self._target = Path(tempfile.mkdtemp(prefix="shouwang-studio-", dir=_memory())) / "layer.exr"
        self._settings()
        self._camera()
        self._sky(self.shining, indoors=indoors)
        self.bearing = sun_bearing_deg
        if self.shining.sun > 0 and not indoors:
            self._sun(self.shining, sun_toward(light, sun_bearing_deg))
        if self.shining.infrared > 0:
            self._lamp(view.position, self.shining.infrared * (0.12 if indoors else 1), (1, 1, 1), 0.03, "infrared")
        self.place: list[Any] = []
        self.subject: Any = None

    def _settings(self) -> None:
        render, cycles = self.scene.render, self.scene.cycles
        render.engine = "CYCLES"
        cycles.device = "CPU"
        render.resolution_x, render.resolution_y, render.resolution_percentage = self.view.width, self.view.height, 100
        render.threads_mode, render.threads = "FIXED", int(os.environ.get("OMP_NUM_THREADS", "1"))
        render.use_persistent_data = True
        render.film_transparent = False
        render.image_settings.file_format = "OPEN_EXR_MULTILAYER"
        render.image_settings.color_depth = "32"
        render.image_settings.exr_codec = "NONE"
        render.filepath = str(self._target)
        render.use_compositing = render.use_sequencer = False
        cycles.use_denoising = True
        cycles.denoiser = "OPENIMAGEDENOISE"
        cycles.denoising_input_passes = "RGB_ALBEDO_NORMAL"
        cycles.use_adaptive_sampling = False
        cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 3, 2, 2
        cycles.caustics_reflective = cycles.caustics_refractive = False
        cycles.sample_clamp_indirect = 3.0
        cycles.pixel_filter_type = "BLACKMAN_HARRIS"
        layer = self.scene.view_layers[0]
        layer.use_pass_z = layer.use_pass_normal = True

    def _link(self, name: str, data: Any) -> Any:  # noqa: ANN401
        made = bpy.data.objects.new(name, data)
        self.scene.collection.objects.link(made)
        return made

    def _camera(self) -> None:
        data = bpy.data.cameras.new("camera")
        data.sensor_fit = "HORIZONTAL"
        data.angle = float(np.radians(self.view.fov_deg))
        data.clip_start, data.clip_end = 0.05, 500
        camera = self._link("camera", data)
        camera.location = self.view.position
        along = mathutils.Vector(self.view.target) - mathutils.Vector(self.view.position)
        camera.rotation_euler = along.to_track_quat("-Z", "Y").to_euler()
        self.scene.camera = camera

    def _group(self, made: Any, name: str) -> None:  # noqa: ANN401
        layer = self.scene.view_layers[0]
        if name not in layer.lightgroups:
            layer.lightgroups.add(name=name)
        made.lightgroup = name

    def _sky(self, shining: Shining, *, indoors: bool) -> None:
        world = bpy.data.worlds.new("sky")
        self.scene.world = world
        world.use_nodes = True
        nodes, links = world.node_tree.nodes, world.node_tree.links
        toward, ramp = nodes.new("ShaderNodeTexCoord"), nodes.new("ShaderNodeValToRGB")
        apart = nodes.new("ShaderNodeSeparateXYZ")
        links.new(toward.outputs["Generated"], apart.inputs[0])
        links.new(apart.outputs["Z"], ramp.inputs["Fac"])
        ramp.color_ramp.elements[0].color = (*shining.sky_low, 1)
        ramp.color_ramp.elements[1].color = (*shining.sky_high, 1)
        ramp.color_ramp.elements[1].position = 0.55
        links.new(ramp.outputs["Color"], nodes["Background"].inputs["Color"])
        nodes["Background"].inputs["Strength"].default_value = 0.0 if indoors else shining.sky
        self._group(world, "sky")

    def _sun(self, shining: Shining, toward: Point) -> None:
        data = bpy.data.lights.new("sun", "SUN")
        data.energy, data.color, data.angle = shining.sun, shining.sun_colour, float(np.radians(shining.sun_size_deg))
        sun = self._link("sun", data)
        sun.rotation_euler = mathutils.Vector(toward).to_track_quat("Z", "Y").to_euler()
        self._group(sun, "sun")

    def _lamp(self, where: Point, watts: float, colour: Point, size_m: float, group: str) -> None:
        data = bpy.data.lights.new(group, "POINT")
        data.energy, data.color, data.shadow_soft_size = watts, colour, size_m
        lamp = self._link(group, data)
        lamp.location = where
        self._group(lamp, group)

    def add_lamp(
        self, where: Point, share: float, number: int, colour: Point | None = None, watts: float = 0.0
    ) -> None:
        """One of the place's lamps, `share` of what the light gives them, or of its own watts (indoors)."""
        power = watts or self.shining.lamp * share
        if power > 0:
            self._lamp(where, power, colour or self.shining.lamp_colour, 0.12, f"lamp{number}")

    def add_place(self, solid: Solid) -> None:
        """What never moves; all worlds' vertices."""
        self.place.append(self._link("place", mesh(solid, self.light)))

    def show(self, shape: Any, vertices: Points) -> None:  # noqa: ANN401
        """Make a mesh the one thing in the scene, with its vertices in the world."""
        shape.vertices.foreach_set("co", vertices.ravel())
        shape.update()
        if self.subject is None:
            self.subject = self._link("subject", shape)
        self.subject.data = shape

    def _render(self, samples: int) -> Channels:
        self.scene.cycles.samples = samples
        with _hushed():
            bpy.ops.render.render(write_still=True)
        return exr.read(self._target)

    def render_place(self, samples: int) -> Channels:
        """The whole picture without any subject."""
        if self.subject is not None:
            raise RuntimeError("the plate is rendered before the first layer")
        self.scene.render.film_transparent = False
        return self._render(samples)

    def hide_place(self) -> None:
        """From now on the place gives light and shade but is not seen."""
        for thing in self.place:
            thing.visible_camera = False
        self.scene.render.film_transparent = True
        cycles = self.scene.cycles
        # One bounce off the ground is enough to light a figure; all this makes a layer twice as quick.
        cycles.max_bounces = cycles.diffuse_bounces = cycles.glossy_bounces = 1
        cycles.denoising_input_passes = "RGB"
        layer = self.scene.view_layers[0]
        layer.use_pass_normal = False
        # Groups double the cost of a layer's passes, and only the plate needs them apart.
        for group in list(layer.lightgroups):
            layer.lightgroups.remove(group)

    def render_crop(self, window: tuple[int, int, int, int], samples: int) -> Channels:
        """The subject alone within x1, y1, x2, y2 (pixels, half open)."""
        render, view = self.scene.render, self.view
        x1, y1, x2, y2 = window
        render.use_border = render.use_crop_to_border = True
        # A hair inside the pixels' edges, so that rounding never moves the window by one.
        render.border_min_x, render.border_max_x = (x1 + 0.01) / view.width, (x2 + 0.01) / view.width
        render.border_min_y, render.border_max_y = (
            (view.height - y2 + 0.01) / view.height,
            (view.height - y1 + 0.01) / view.height,
        )
        return self._render(samples)


def _memory() -> str | None:
    """A folder in memory where there is one: every layer passes through a file."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
