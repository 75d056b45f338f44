"""Small ONNX networks for tests: their outputs are constants, so that a test knows what a decoder must see."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
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
