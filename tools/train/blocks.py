"""The first convolution on blocks of two by two pixels instead of pixels: the same sums, in half the time.

A convolution of stride two that sees three channels fetches three numbers at a time. Laid side by side as channels
(SpaceToDepth), the pixels of a block are twelve numbers, over which a convolution of 2 x 2 blocks goes in steps of one;
what it sees beyond the 3 x 3 pixels counts for nothing.
"""

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

PIXELS = {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}
PLAIN = {"group": 1, "dilations": [1, 1]}
BLOCKS = {"kernel_shape": [2, 2], "strides": [1, 1], "pads": [1, 1, 0, 0]}
LAID = "blocks"
INT, INTS = onnx.AttributeProto.INT, onnx.AttributeProto.INTS

Filters = NDArray[np.generic]


def filters_of_blocks(filters: Filters) -> Filters:
    """(O, C, 3, 3) of pixels, stride 2, as (O, 4 C, 2, 2) of blocks, in the order of ONNX's SpaceToDepth."""
    outputs, channels = filters.shape[:2]
    reach = np.zeros((outputs, channels, 4, 4), filters.dtype)
    reach[:, :, 1:, 1:] = filters
    split = reach.reshape(outputs, channels, 2, 2, 2, 2)  # block and place in it, down; the same across
    return np.ascontiguousarray(split.transpose(0, 3, 5, 1, 2, 4).reshape(outputs, 4 * channels, 2, 2))


def filters_of_pixels(filters: Filters) -> Filters:
    """What `filters_of_blocks` was given."""
    outputs, channels = filters.shape[0], filters.shape[1] // 4
    split = filters.reshape(outputs, 2, 2, channels, 2, 2)
    reach = split.transpose(0, 3, 4, 1, 5, 2).reshape(outputs, channels, 4, 4)
    return np.ascontiguousarray(reach[:, :, 1:, 1:])


def _follows(graph: onnx.GraphProto, name: str) -> onnx.NodeProto:
    """The one step that takes something on."""
    found = [node for node in graph.node if name in node.input and node.op_type != "Shape"]
    if len(found) != 1:
        raise ValueError(f"{name} goes into {len(found)} steps, not into one convolution")
    return found[0]


def lay_in_blocks(model: onnx.ModelProto) -> None:
    """Rewrite the first convolution of a network, in full precision or INT8, in place.

    Raises ValueError if it is not one of 3 x 3 pixels in steps of two.
    """
    graph = model.graph
    picture = graph.input[0].name
    through, first = [picture], _follows(graph, picture)
    while first.op_type in ("QuantizeLinear", "DequantizeLinear"):
        through.append(first.output[0])
        first = _follows(graph, first.output[0])
    said = PLAIN | {one.name: list(one.ints) or one.i for one in first.attribute if one.type in (INT, INTS)}
    if first.op_type != "Conv" or said != PLAIN | PIXELS:
        raise ValueError(f"the first step is {first.op_type} with {said}, not a convolution with {PLAIN | PIXELS}")
    for one in first.attribute:
        if one.name in BLOCKS:
            one.CopyFrom(helper.make_attribute(one.name, BLOCKS[one.name]))
    maker = {name: node for node in graph.node for name in node.output}
    kept = {one.name: one for one in graph.initializer}
    whole = maker.get(first.input[1])
    if whole is not None and numpy_helper.to_array(kept[whole.input[2]]).any():
        raise ValueError(f"{whole.input[0]}: its zero is not 0, which is what is added to filters; quantise anew")
    filters = kept[whole.input[0] if whole is not None else first.input[1]]
    filters.CopyFrom(numpy_helper.from_array(filters_of_blocks(numpy_helper.to_array(filters)), filters.name))
    for node in graph.node:
        for at, name in enumerate(node.input):
            if node.op_type == "Shape" and name in through:
                node.input[at] = picture
            elif node.op_type != "Shape" and name == picture:
                node.input[at] = LAID
    graph.node.insert(0, helper.make_node("SpaceToDepth", [picture], [LAID], LAID, blocksize=2))
    del graph.value_info[:]  # what was noted of sizes holds no more
