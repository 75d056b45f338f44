"""A small convolutional detector: of each quarter of the picture it says how sure it is of a person, by brightness."""

from pathlib import Path

import numpy as np
import onnx
import yaml
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from edge.vision.card import Fit
from tests.edge.vision.networks import card

SIZE, STRIDE = 64, 32


def save_small_network(folder: Path, *, drowned: bool = False, opset: int = 11, named: bool = True) -> Path:
    """A card with its network, three convolutions and a YOLO table; returns the card's path.

    `drowned`: beside the brightness the first convolution gives a constant of a million, so that eight bits for both
    leave nothing of the brightness. `named`: whether its nodes have names, which ONNX does not ask for.
    """
    mean, keep, head = np.zeros((2, 3, 3, 3)), np.zeros((2, 2, 1, 1)), np.zeros((3, 2, 1, 1))
    mean[0, :, 1, 1] = 1 / 3
    keep[0, 0] = 1
    head[0, 0] = 20
    constants = {
        "mean": mean,
        "mean_bias": np.array([0, 1e6 if drowned else 0.5]),
        "keep": keep,
        "head": head,
        "head_bias": np.array([-10, -20, -20]),
        "boxes": _boxes(),
    }
    table = {name: numpy_helper.from_array(array.astype(np.float32), name) for name, array in constants.items()}
    table["shape"] = numpy_helper.from_array(np.array([1, 7, 4], np.int64), "shape")
    stride = [STRIDE, STRIDE]
    nodes = [
        helper.make_node("Conv", ["images", "mean", "mean_bias"], ["grey"], "first", pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["grey"], ["light"], "relu"),
        helper.make_node("Conv", ["light", "keep"], ["kept"], "second"),
        helper.make_node("AveragePool", ["kept"], ["quarters"], "pool", kernel_shape=stride, strides=stride),
        helper.make_node("Conv", ["quarters", "head", "head_bias"], ["logits"], "last"),
        helper.make_node("Sigmoid", ["logits"], ["scores"], "sigmoid"),
        helper.make_node("Concat", ["boxes", "scores"], ["cells"], "concat", axis=1),
        helper.make_node("Reshape", ["cells", "shape"], ["output0"], "reshape"),
    ]
    for node in nodes if not named else ():
        node.name = ""
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, SIZE, SIZE])
    output = helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, 7, 4])
    graph = helper.make_graph(nodes, "small", [images], [output], list(table.values()))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = 8
    path = folder / "small.onnx"
    onnx.save(model, str(path))
    written = card(path, "yolo", Fit.STRETCH)
    shown = written.input.model_copy(update={"width": SIZE, "height": SIZE, "scale": 1 / 255})
    target = folder / "small.yaml"
    described = written.model_copy(update={"name": "small", "input": shown})
    target.write_text(yaml.safe_dump(described.model_dump(mode="json")), "utf-8")
    return target


def _boxes() -> NDArray[np.float32]:
    """Centre, width and height of the four quarters: (1, 4, 2, 2)."""
    boxes = np.full((1, 4, 2, 2), STRIDE, np.float32)
    boxes[0, 0] = [[16, 48], [16, 48]]
    boxes[0, 1] = [[16, 16], [48, 48]]
    return boxes
