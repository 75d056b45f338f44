"""Shaders for the stuffs that things are made of. All procedural; needs bpy."""

from functools import cache
from typing import Any

import bpy

from tools.footage.mesh import Stuff

_ROUGH = {
    "skin": 0.5,
    "cloth": 0.9,
    "hair": 0.45,
    "leather": 0.55,
    "rubber": 0.85,
    "metal": 0.4,
    "paint": 0.25,
    "glass": 0.06,
    "plastic": 0.45,
    "lamp": 0.3,
    "chrome": 0.12,
}
_FREQUENCY = {"stripes": 34.0, "checks": 26.0, "speckled": 60.0}


def _pattern(tree: Any, stuff: Stuff) -> Any:  # noqa: ANN401  # bpy has no types
    """The socket with a garment's colour: plain with a little unevenness, or two colours in a pattern."""
    nodes, links = tree.nodes, tree.links
    rest = nodes.new("ShaderNodeAttribute")
    rest.attribute_name = "rest"
    mix = nodes.new("ShaderNodeMix")
    mix.data_type = "RGBA"
    mix.inputs["A"].default_value = (*stuff.colour, 1)
    second = stuff.second if stuff.pattern != "plain" else tuple(0.62 * c for c in stuff.colour)
    mix.inputs["B"].default_value = (*second, 1)
    if stuff.pattern in ("stripes", "checks"):
        wave = nodes.new("ShaderNodeTexWave")
        wave.bands_direction = "Z"
        wave.inputs["Scale"].default_value = _FREQUENCY[stuff.pattern] / 6.3
        links.new(rest.outputs["Vector"], wave.inputs["Vector"])
        factor = wave.outputs["Fac"]
        if stuff.pattern == "checks":
            other = nodes.new("ShaderNodeTexWave")
            other.bands_direction = "Y"
            other.inputs["Scale"].default_value = _FREQUENCY["checks"] / 6.3
            links.new(rest.outputs["Vector"], other.inputs["Vector"])
            both = nodes.new("ShaderNodeMath")
            both.operation = "MULTIPLY"
            links.new(factor, both.inputs[0])
            links.new(other.outputs["Fac"], both.inputs[1])
            factor = both.outputs[0]
    else:
        noise = nodes.new("ShaderNodeTexNoise")
        noise.inputs["Scale"].default_value = 60.0 if stuff.pattern == "speckled" else 7.0
        noise.inputs["Detail"].default_value = 2.0
        links.new(rest.outputs["Vector"], noise.inputs["Vector"])
        factor = noise.outputs["Fac"]
    links.new(factor, mix.inputs["Factor"])
    return mix.outputs["Result"]


@cache
def material(stuff: Stuff) -> Any:  # noqa: ANN401
    """The material of a stuff; one for all that share it."""
    made = bpy.data.materials.new(f"{stuff.kind} {stuff.colour}")
    made.use_nodes = True
    shader = made.node_tree.nodes["Principled BSDF"]
    shader.inputs["Roughness"].default_value = _ROUGH[stuff.kind]
    shader.inputs["Base Color"].default_value = (*stuff.colour, 1)
    shader.inputs["Specular IOR Level"].default_value = 0.25 if stuff.kind in ("cloth", "rubber") else 0.5
    if stuff.kind in ("metal", "chrome"):
        shader.inputs["Metallic"].default_value = 1.0 if stuff.kind == "chrome" else 0.6
    if stuff.kind == "paint":
        shader.inputs["Coat Weight"].default_value = 0.6
    if stuff.kind == "lamp":
        shader.inputs["Emission Color"].default_value = (*stuff.colour, 1)
        shader.inputs["Emission Strength"].default_value = 0.4
    if stuff.kind == "cloth" or stuff.pattern != "plain":
        made.node_tree.links.new(_pattern(made.node_tree, stuff), shader.inputs["Base Color"])
    return made
