"""Shaders for the stuffs that things and places are made of. All procedural; needs bpy."""

from functools import cache
from typing import Any

import bpy

from tools.footage.mesh import Stuff
from tools.footage.world import Light

_ROUGH = {
    "skin": 0.5,
    "hair": 0.45,
    "leather": 0.55,
    "metal": 0.4,
    "paint": 0.25,
    "glass": 0.06,
    "window": 0.08,
    "lit_window": 0.2,
    "plastic": 0.45,
    "lamp": 0.3,
    "chrome": 0.12,
    "tile": 0.35,
    "steel": 0.28,
}
_ROUGH_ELSE = 0.9
_FREQUENCY = {"stripes": 34.0, "checks": 26.0, "speckled": 60.0}
_GLOW = {"lamp": {Light.DUSK: 6.0, Light.NIGHT: 6.0}, "lit_window": {Light.DUSK: 0.35, Light.NIGHT: 0.30}}
_UNLIT = Stuff("window", (0.05, 0.055, 0.06))


def infrared(stuff: Stuff) -> Stuff:
    """How the stuff looks near 850 nm: leaves and most cloth are bright whatever their colour, skin is even."""
    red, green, blue = stuff.colour
    grey = 0.4 * red + 0.4 * green + 0.2 * blue
    bright = {
        "cloth": 0.16 + 0.55 * grey,
        "skin": 0.52,
        "leaves": 0.55,
        "grass": 0.4,
        "hair": 0.07 + 0.6 * grey,
        "leather": 0.1 + 0.5 * grey,
    }.get(stuff.kind, grey)
    other = 0.16 + 0.55 * (sum(stuff.second) / 3)
    return Stuff(stuff.kind, (bright, bright, bright), stuff.pattern, (other, other, other))


class _Tree:
    """A material's node tree, with the few words that the recipes below need."""

    def __init__(self, tree: Any) -> None:  # noqa: ANN401  # bpy has no types
        self.tree = tree

    def node(self, kind: str, **inputs: Any) -> Any:  # noqa: ANN401
        """A new node; inputs are set to numbers or linked to sockets."""
        made = self.tree.nodes.new(kind)
        for name, value in inputs.items():
            socket = made.inputs[name.replace("_", " ")]
            if hasattr(value, "is_linked"):
                self.tree.links.new(value, socket)
            else:
                socket.default_value = value
        return made

    def mix(self, factor: Any, a: Any, b: Any) -> Any:  # noqa: ANN401
        """Two colours mixed by a factor; each a socket or three numbers."""
        made = self.tree.nodes.new("ShaderNodeMix")
        made.data_type = "RGBA"
        # A mix node has its sockets once for each type of data; these are the factor and the two colours.
        for index, value in ((0, factor), (6, a), (7, b)):
            socket = made.inputs[index]
            if hasattr(value, "is_linked"):
                self.tree.links.new(value, socket)
            else:
                socket.default_value = (*value, 1) if isinstance(value, tuple) else value
        return made.outputs[2]

    def where(self, *, world: bool) -> Any:  # noqa: ANN401
        """Coordinates in metres: of the world, or of the thing at rest."""
        if world:
            return self.tree.nodes.new("ShaderNodeNewGeometry").outputs["Position"]
        rest = self.tree.nodes.new("ShaderNodeAttribute")
        rest.attribute_name = "rest"
        return rest.outputs["Vector"]

    def noise(self, where: Any, scale: float, detail: float = 3.0) -> Any:  # noqa: ANN401
        """Cloudy noise, about 0.3 to 0.7."""
        made = self.node("ShaderNodeTexNoise", Vector=where, Scale=scale, Detail=detail)
        return made.outputs["Fac"]

    def steep(self, value: Any, low: float, high: float) -> Any:  # noqa: ANN401
        """Stretches low..high to 0..1."""
        made = self.tree.nodes.new("ShaderNodeMapRange")
        self.tree.links.new(value, made.inputs["Value"])
        made.inputs["From Min"].default_value, made.inputs["From Max"].default_value = low, high
        return made.outputs["Result"]


def _times(colour: tuple[float, float, float], factor: float) -> tuple[float, float, float]:
    return colour[0] * factor, colour[1] * factor, colour[2] * factor


def _cloth(tree: _Tree, stuff: Stuff) -> Any:  # noqa: ANN401
    rest = tree.where(world=False)
    if stuff.pattern in ("stripes", "checks"):
        scale = _FREQUENCY[stuff.pattern] / 6.3
        factor = None
        for direction in ("Z", "Y") if stuff.pattern == "checks" else ("Z",):
            wave = tree.node("ShaderNodeTexWave", Vector=rest, Scale=scale)
            wave.bands_direction = direction
            sharp = tree.steep(wave.outputs["Fac"], 0.4, 0.6)
            factor = sharp if factor is None else tree.mix(sharp, (0.0, 0.0, 0.0), factor)
        return tree.mix(factor, stuff.colour, stuff.second)
    if stuff.pattern == "speckled":
        return tree.mix(tree.steep(tree.noise(rest, 45.0, 2.0), 0.45, 0.6), stuff.colour, stuff.second)
    return tree.mix(tree.steep(tree.noise(rest, 6.0, 3.0), 0.3, 0.7), stuff.colour, _times(stuff.colour, 0.66))


def _masonry(tree: _Tree, stuff: Stuff, wide: float, high: float, joint: float) -> Any:  # noqa: ANN401
    """Bricks or slabs: by the two axes in which the surface lies, chosen by its normal."""
    geometry = tree.tree.nodes.new("ShaderNodeNewGeometry")
    position = tree.node("ShaderNodeSeparateXYZ", Vector=geometry.outputs["Position"])
    normal = tree.node("ShaderNodeSeparateXYZ", Vector=geometry.outputs["Normal"])

    def size(socket: Any) -> Any:  # noqa: ANN401
        made = tree.tree.nodes.new("ShaderNodeMath")
        made.operation = "ABSOLUTE"
        tree.tree.links.new(socket, made.inputs[0])
        return tree.steep(made.outputs[0], 0.45, 0.55)

    flat, facing_x = size(normal.outputs["Z"]), size(normal.outputs["X"])
    standing_x = tree.node("ShaderNodeCombineXYZ", X=position.outputs["Y"], Y=position.outputs["Z"])
    standing_y = tree.node("ShaderNodeCombineXYZ", X=position.outputs["X"], Y=position.outputs["Z"])
    standing = tree.mix(facing_x, standing_y.outputs[0], standing_x.outputs[0])
    where = tree.mix(flat, standing, geometry.outputs["Position"])
    brick = tree.node(
        "ShaderNodeTexBrick",
        Vector=where,
        Scale=1.0,
        Brick_Width=wide,
        Row_Height=high,
        Mortar_Size=joint,
        Color1=(*stuff.colour, 1),
        Color2=(*_times(stuff.colour, 0.72), 1),
        Mortar=(*stuff.second, 1),
    )
    dirt = tree.steep(tree.noise(geometry.outputs["Position"], 0.7, 5.0), 0.35, 0.75)
    return tree.mix(dirt, brick.outputs["Color"], _times(stuff.colour, 0.6))


def _stained(tree: _Tree, stuff: Stuff, coarse: float, fine: float) -> Any:  # noqa: ANN401
    """A ground or wall with grain and stains: asphalt, concrete, plaster, grass."""
    where = tree.where(world=True)
    stains = tree.steep(tree.noise(where, coarse, 6.0), 0.3, 0.7)
    base = tree.mix(stains, stuff.colour, stuff.second)
    grain = tree.steep(tree.noise(where, fine, 2.0), 0.25, 0.75)
    return tree.mix(grain, base, _times(stuff.second, 0.62))


def _leaves(tree: _Tree, stuff: Stuff) -> Any:  # noqa: ANN401
    where = tree.where(world=True)
    return tree.mix(tree.steep(tree.noise(where, 2.2, 4.0), 0.35, 0.65), stuff.colour, stuff.second)


_RECIPES = {
    "cloth": _cloth,
    "pavers": lambda tree, stuff: _masonry(tree, stuff, 0.4, 0.2, 0.012),
    "slabs": lambda tree, stuff: _masonry(tree, stuff, 0.6, 0.6, 0.012),
    "brick": lambda tree, stuff: _masonry(tree, stuff, 0.24, 0.08, 0.012),
    "tile": lambda tree, stuff: _masonry(tree, stuff, 0.5, 0.5, 0.006),
    "asphalt": lambda tree, stuff: _stained(tree, stuff, 0.45, 55.0),
    "concrete": lambda tree, stuff: _stained(tree, stuff, 0.8, 22.0),
    "plaster": lambda tree, stuff: _stained(tree, stuff, 0.35, 9.0),
    "grass": lambda tree, stuff: _stained(tree, stuff, 1.3, 38.0),
    "leaves": _leaves,
}


@cache
def material(stuff: Stuff, light: Light) -> Any:  # noqa: ANN401
    """The material of a stuff as it is in some light; one for all that share it."""
    if stuff.kind == "lit_window" and light not in _GLOW["lit_window"]:
        stuff = _UNLIT
    seen = infrared(stuff) if light is Light.INFRARED else stuff
    made = bpy.data.materials.new(f"{stuff.kind} {stuff.colour}")
    made.use_nodes = True
    shader = made.node_tree.nodes["Principled BSDF"]
    shader.inputs["Roughness"].default_value = _ROUGH.get(stuff.kind, _ROUGH_ELSE)
    shader.inputs["Base Color"].default_value = (*seen.colour, 1)
    shader.inputs["Specular IOR Level"].default_value = 0.5 if stuff.kind in _ROUGH else 0.2
    if stuff.kind in ("metal", "chrome", "steel"):
        shader.inputs["Metallic"].default_value = 1.0 if stuff.kind != "metal" else 0.5
    if stuff.kind == "paint":
        shader.inputs["Coat Weight"].default_value = 0.6
    glow = _GLOW.get(stuff.kind, {}).get(light, 0.0)
    if glow:
        shader.inputs["Emission Color"].default_value = (*seen.colour, 1)
        shader.inputs["Emission Strength"].default_value = glow
        # A window glows; it is no lamp, and sampling it as one would cost much and light little.
        made.cycles.emission_sampling = "NONE"
    recipe = _RECIPES.get(stuff.kind)
    if recipe is not None:
        made.node_tree.links.new(recipe(_Tree(made.node_tree), seen), shader.inputs["Base Color"])
    return made
