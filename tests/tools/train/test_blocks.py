"""The first convolution on blocks of pixels; needs onnx: `make test-train`."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from edge.models.quantizing import quantise
from tools.train.blocks import filters_of_blocks, filters_of_pixels, lay_in_blocks

CHANCE = np.random.default_rng(5)


def two_convolutions(path: Path, *, stride: int = 2) -> Path:
    """A network whose end, which stays in full precision when it is quantised, is not its first convolution."""
    first = numpy_helper.from_array(CHANCE.normal(0, 0.2, (8, 3, 3, 3)).astype(np.float32), "first")
    second = numpy_helper.from_array(CHANCE.normal(0, 0.2, (4, 8, 1, 1)).astype(np.float32), "second")
    nodes = [
        helper.make_node(
            "Conv", ["images", "first"], ["a"], kernel_shape=[3, 3], strides=[stride] * 2, pads=[1, 1, 1, 1]
        ),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("Conv", ["b", "second"], ["output"], kernel_shape=[1, 1]),
    ]
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, 32, 48])
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 4, 16, 24])
    graph = helper.make_graph(nodes, "two", [images], [output], [first, second])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10), str(path))
    return path


def in_blocks(path: Path) -> Path:
    model = onnx.load(str(path))
    lay_in_blocks(model)
    onnx.checker.check_model(model)
    laid = path.with_stem(f"{path.stem}-laid")
    onnx.save(model, str(laid))
    return laid


def said(path: Path, picture: NDArray[np.float32]) -> NDArray[np.float32]:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (output,) = session.run(None, {"images": picture})
    return np.asarray(output)


def a_picture() -> NDArray[np.float32]:
    return CHANCE.random((1, 3, 32, 48), np.float32)


def test_over_blocks_of_pixels_it_says_the_same(tmp_path: Path) -> None:
    plain, picture = two_convolutions(tmp_path / "plain.onnx"), a_picture()
    np.testing.assert_allclose(said(in_blocks(plain), picture), said(plain, picture), atol=1e-5)


def test_in_int8_to_the_last_bit(tmp_path: Path) -> None:
    plain, small = two_convolutions(tmp_path / "plain.onnx"), tmp_path / "int8.onnx"
    quantise(plain, [("images", a_picture()) for _ in range(4)], small)
    picture = a_picture()
    np.testing.assert_array_equal(said(in_blocks(small), picture), said(small, picture))


def test_filters_come_back_as_they_were() -> None:
    filters = CHANCE.integers(-127, 128, (16, 3, 3, 3), np.int8)
    np.testing.assert_array_equal(filters_of_pixels(filters_of_blocks(filters)), filters)


def test_another_first_step_is_refused(tmp_path: Path) -> None:
    model = onnx.load(str(two_convolutions(tmp_path / "plain.onnx", stride=1)))
    with pytest.raises(ValueError, match=r"the first step is Conv with .*'strides': \[1, 1\].* not a convolution with"):
        lay_in_blocks(model)
