"""A static INT8 copy of a model: weights per output channel, activations by what calibration frames bring about.

Written as QuantizeLinear and DequantizeLinear around what stays as it is in the graph (QDQ), which ONNX Runtime fuses.
The ends of the network, back to its last convolutions, stay in float32: boxes reach over the whole picture and scores
from 0 to 1, and one scale for both would round every score away.
"""

import contextlib
import importlib
import io
import logging
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from edge.complaints import complaint
from edge.models.errors import MissingPackageError
from edge.vision.errors import ModelFileError

LEAST_OPSET = 13
"""Per-channel DequantizeLinear came with ONNX opset 13."""
STRIDE = 4
"""Frames whose activations are held at a time: those of all would be gigabytes."""
PERCENTILE = 99.999
"""Of each activation's values that its range holds. All of them (100) cost YOLOX-nano 0.4 of its AP50 on COCO, this
0.13; for plain networks it is one."""
QUANTISED = frozenset({"QuantizeLinear", "DequantizeLinear", "ConvInteger", "MatMulInteger", "QLinearConv"})
QUIET = 3

Input = tuple[str, NDArray[np.float32]]


def quantise(weights: Path, inputs: Sequence[Input], target: Path) -> None:
    """Write the INT8 copy of `weights` to `target`, calibrated on network inputs as `OnnxDetector.prepared` gives them.

    Raises MissingPackageError without the package onnx, ModelFileError if the file cannot be quantised or is already.
    """
    onnx = _onnx()
    with tempfile.TemporaryDirectory() as folder, _quiet():
        ready, made = Path(folder) / "ready.onnx", Path(folder) / "int8.onnx"
        try:
            ends = _make_ready(onnx, weights, ready)
            _quantise(ready, made, inputs, ends)
        except ModelFileError:
            raise
        except Exception as error:  # onnx and its checker raise a family of their own
            why = " ".join(str(error).split())
            raise ModelFileError(complaint("quantize.failed", path=weights, why=why)) from None
        target.write_bytes(made.read_bytes())


def _onnx() -> Any:  # noqa: ANN401 - a module that is not always there
    try:
        return importlib.import_module("onnx")
    except ImportError:
        raise MissingPackageError(complaint("quantize.no_package")) from None


def _make_ready(onnx: Any, weights: Path, ready: Path) -> list[str]:  # noqa: ANN401
    """Write the model as quantising wants it; returns the names of the nodes that stay in float32."""
    model = onnx.load(str(weights))
    kinds = {node.op_type for node in model.graph.node}
    if kinds & QUANTISED:
        raise ModelFileError(complaint("quantize.already", path=weights, kinds=sorted(kinds & QUANTISED)))
    if "Conv" not in kinds:
        raise ModelFileError(complaint("quantize.no_convolution", path=weights))
    opset = next((one.version for one in model.opset_import if one.domain in ("", "ai.onnx")), 0)
    if opset < LEAST_OPSET:
        model = importlib.import_module("onnx.version_converter").convert_version(model, LEAST_OPSET)
    # Some exporters list weights as inputs too, which keeps them from being folded.
    constants = {one.name for one in model.graph.initializer}
    pictures = [one for one in model.graph.input if one.name not in constants]
    del model.graph.input[:]
    model.graph.input.extend(pictures)
    plain = ready.with_name("plain.onnx")
    onnx.save(model, str(plain))
    preparing = importlib.import_module("onnxruntime.quantization.shape_inference")
    preparing.quant_pre_process(str(plain), str(ready), skip_symbolic_shape=True)
    prepared = onnx.load(str(ready))
    # ONNX need not name its nodes, but what stays in float32 is told by name.
    for number, node in enumerate(prepared.graph.node):
        node.name = node.name or f"{node.op_type} {number}"
    onnx.save(prepared, str(ready))
    return sorted(ends_of(prepared.graph))


def ends_of(graph: Any) -> set[str]:  # noqa: ANN401
    """Names of the nodes from the outputs back to the last convolutions, these included.

    A convolution that only takes the mean of a distribution (Softmax before it, as in the boxes of YOLOv8 and YOLO11)
    is not the last one: the search goes on before it.
    """
    maker = {name: node for node in graph.node for name in node.output}
    ends: set[str] = set()
    waiting = [one.name for one in graph.output]
    while waiting:
        node = maker.get(waiting.pop())
        if node is None or node.name in ends:
            continue
        ends.add(node.name)
        if node.op_type != "Conv" or _takes_a_mean(node, maker):
            waiting += node.input
    return ends


def _takes_a_mean(node: Any, maker: Mapping[str, Any]) -> bool:  # noqa: ANN401
    before = maker.get(node.input[0])
    while before is not None and before.op_type in ("Transpose", "Reshape"):
        before = maker.get(before.input[0])
    return before is not None and before.op_type == "Softmax"


def _quantise(ready: Path, made: Path, inputs: Sequence[Input], ends: list[str]) -> None:
    quantization = importlib.import_module("onnxruntime.quantization")
    shapes = {values.shape for _, values in inputs}
    # Activations of frames of different sizes cannot be held together.
    stride = STRIDE if len(inputs) >= STRIDE and len(shapes) == 1 else 1
    quantization.quantize_static(
        str(ready),
        str(made),
        _Frames(inputs[: len(inputs) // stride * stride]),
        quant_format=quantization.QuantFormat.QDQ,
        per_channel=True,
        activation_type=quantization.QuantType.QUInt8,
        weight_type=quantization.QuantType.QInt8,
        nodes_to_exclude=ends,
        calibrate_method=quantization.CalibrationMethod.Percentile,
        extra_options={"CalibPercentile": PERCENTILE, "CalibStridedMinMax": stride},
    )


class _Frames:
    """A CalibrationDataReader, which cannot be named as a base: its module imports onnx."""

    def __init__(self, inputs: Sequence[Input]) -> None:
        self._inputs = inputs
        self._waiting: Iterator[Input] = iter(inputs)

    def __len__(self) -> int:
        return len(self._inputs)

    def set_range(self, start_index: int, end_index: int) -> None:
        """From which to which, without the last, comes next."""
        self._waiting = iter(self._inputs[start_index:end_index])

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        """The next frame; None at the end."""
        following = next(self._waiting, None)
        return None if following is None else {following[0]: following[1]}


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The packages print and log what they do; only their errors matter here."""
    onnxruntime.set_default_logger_severity(QUIET)
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(before)
        onnxruntime.set_default_logger_severity(2)
