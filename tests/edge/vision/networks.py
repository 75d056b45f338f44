"""Small ONNX networks for tests: their outputs are constants, so that a test knows what a decoder must see."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import yaml
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from edge.vision.card import Fit, InputCard, ModelCard, sha256_of

LABELS = ("person", "bicycle", "car")


def save_constant_network(
    path: Path, outputs: Sequence[NDArray[np.float32]], input_shape: Sequence[int] = (1, 3, 64, 64)
) -> Path:
    """An ONNX file whose outputs are these arrays, whatever it is shown."""
    nodes, infos = [], []
    for number, array in enumerate(outputs):
        tensor = numpy_helper.from_array(array.astype(np.float32))
        nodes.append(helper.make_node("Constant", [], [f"output{number}"], value=tensor))
        infos.append(helper.make_tensor_value_info(f"output{number}", TensorProto.FLOAT, array.shape))
    # The input must be used, or ONNX Runtime drops it.
    nodes.append(helper.make_node("ReduceSum", ["images"], ["unused"], keepdims=0))
    infos.append(helper.make_tensor_value_info("unused", TensorProto.FLOAT, []))
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, list(input_shape))
    graph = helper.make_graph(nodes, "constant", [images], infos[: len(outputs)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.save(model, str(path))
    return path


def save_open_network(path: Path, table: NDArray[np.float32], input_shape: Sequence[int | str] | None = None) -> Path:
    """An ONNX file that always answers with this table, but does not say of what size before it runs."""
    every_row = numpy_helper.from_array(np.ones(table.shape[1], np.bool_), "every_row")
    constants = [
        numpy_helper.from_array(table.astype(np.float32), "table"),
        numpy_helper.from_array(np.array(0, np.float32), "zero"),
        every_row,
    ]
    nodes = [
        helper.make_node("ReduceMax", ["images"], ["brightest"], keepdims=0),
        helper.make_node("Greater", ["brightest", "zero"], ["is_bright"]),
        helper.make_node("Or", ["is_bright", "every_row"], ["kept"]),
        helper.make_node("Compress", ["table", "kept"], ["output0"], axis=1),
    ]
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, list(input_shape or (1, 3, 64, 64)))
    output = helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, "rows", table.shape[2]])
    graph = helper.make_graph(nodes, "open", [images], [output], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.save(model, str(path))
    return path


def card(
    path: Path, form: str = "yolox", fit: Fit = Fit.LETTERBOX_CENTRED, strides: tuple[int, ...] = (32,)
) -> ModelCard:
    """A card for such a file."""
    return ModelCard(
        name="test",
        title="Test",
        licence="Apache-2.0",
        source="made in the test",
        file=path.name,
        sha256=sha256_of(path),
        input=InputCard(width=64, height=64, fit=fit),
        format=form,
        labels=LABELS,
        threshold=0.5,
        strides=strides,
    )


def save_brightness_network(
    folder: Path, width: int = 320, height: int = 240, *, shown: InputCard | None = None
) -> Path:
    """A card with its network, which calls the box around everything bright a person; returns the card's path.

    A real detector without weights: nodes run it in tests where no trained one may be had. With `shown` its input is of
    any size, and the card says that.
    """
    column = numpy_helper.from_array(np.array([0], np.int64), "zero")
    bright = numpy_helper.from_array(np.array(200, np.float32), "bright")
    few = numpy_helper.from_array(np.array(50, np.float32), "few")
    sure = numpy_helper.from_array(np.array([0.9], np.float32), "sure")
    one = numpy_helper.from_array(np.array([1], np.float32), "one")
    shape = numpy_helper.from_array(np.array([1, 1, 6], np.int64), "shape")
    nodes = [
        helper.make_node("ReduceMin", ["images"], ["luma"], axes=[0, 1], keepdims=0),
        helper.make_node("Greater", ["luma", "bright"], ["is_bright"]),
        helper.make_node("Cast", ["is_bright"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["mask"], ["count"], keepdims=1),
        helper.make_node("Greater", ["count", "few"], ["enough"]),
        helper.make_node("Cast", ["enough"], ["seen"], to=TensorProto.FLOAT),
        helper.make_node("Reshape", ["seen", "minus_one"], ["seen_flat"]),
        helper.make_node("Mul", ["seen_flat", "sure"], ["score"]),
    ]
    for axis, name in ((0, "x"), (1, "y")):
        nodes += [
            helper.make_node("ReduceMax", ["mask"], [f"{name}_any"], axes=[axis], keepdims=0),
            helper.make_node("ArgMax", [f"{name}_any"], [f"{name}1_index"], axis=0),
            helper.make_node("ArgMax", [f"{name}_any"], [f"{name}2_index"], axis=0, select_last_index=1),
            helper.make_node("Cast", [f"{name}1_index"], [f"{name}1"], to=TensorProto.FLOAT),
            helper.make_node("Cast", [f"{name}2_index"], [f"{name}2_last"], to=TensorProto.FLOAT),
            helper.make_node("Add", [f"{name}2_last", "one"], [f"{name}2"]),
        ]
    minus_one = numpy_helper.from_array(np.array([-1], np.int64), "minus_one")
    nodes += [
        helper.make_node("Cast", ["zero"], ["label"], to=TensorProto.FLOAT),
        helper.make_node("Concat", ["x1", "y1", "x2", "y2", "score", "label"], ["flat"], axis=0),
        helper.make_node("Reshape", ["flat", "shape"], ["output0"]),
    ]
    images = helper.make_tensor_value_info(
        "images", TensorProto.FLOAT, [1, 3, *(("high", "wide") if shown else (height, width))]
    )
    output = helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, 1, 6])
    initializers = [column, bright, few, sure, one, shape, minus_one]
    graph = helper.make_graph(nodes, "brightness", [images], [output], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 12)])
    model.ir_version = 8
    path = folder / "brightness.onnx"
    onnx.save(model, str(path))
    written = card(path, "end_to_end", Fit.STRETCH).model_copy(
        update={"name": "brightness", "input": shown or InputCard(width=width, height=height, fit=Fit.STRETCH)}
    )
    target = folder / "brightness.yaml"
    target.write_text(yaml.safe_dump(written.model_dump(mode="json")), "utf-8")
    return target
