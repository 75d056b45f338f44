"""An ONNX graph of convolutions as a torch module: at any size, for many pictures at once, on a GPU.

ONNX Runtime does what the file says, one picture of one size; a teacher is asked about batches of four shapes. Only
what the teachers' files hold is known here. (`onnx2torch` is no way out: it wants torchvision, and that a torch of its
own.)
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional

Settings = Mapping[str, Any]
FIXED = "Constant"
SHAPING = frozenset({"Reshape", "Resize", "Slice"})
"""Operations whose further inputs say of what size or which part, not what it is multiplied by."""


class Graph(nn.Module):
    """What stands between a file's input and some of its tensors, named `wanted`. It learns nothing.

    Raises ValueError for an operation that is not known here.
    """

    def __init__(self, path: Path, wanted: Sequence[str]) -> None:
        super().__init__()
        graph = onnx.load(str(path)).graph
        self._input, self._wanted = graph.input[0].name, tuple(wanted)
        nodes = needed(graph.node, wanted)
        fixed = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
        fixed |= {node.output[0]: numpy_helper.to_array(node.attribute[0].t) for node in nodes if node.op_type == FIXED}
        self._nodes = [node for node in nodes if node.op_type != FIXED]
        for node in self._nodes:
            if node.op_type not in OPERATIONS:
                raise ValueError(f"{path}: {node.op_type} is no operation that graph.py knows; add it to OPERATIONS")
        self._settings = [{one.name: helper.get_attribute_value(one) for one in node.attribute} for node in self._nodes]
        asked = {name for node in self._nodes for name in node.input}
        sizes = {name for node in self._nodes if node.op_type in SHAPING for name in node.input[1:]}
        # Sizes stay where Python reads them; weights go where the module goes.
        self._sizes = {name: torch.from_numpy(fixed[name].copy()) for name in sizes & set(fixed)}
        self._weights = {name: f"weight{number}" for number, name in enumerate(sorted((asked - sizes) & set(fixed)))}
        for name, buffer in self._weights.items():
            self.register_buffer(buffer, torch.from_numpy(fixed[name].copy()))

    @torch.no_grad()
    def forward(self, pictures: Tensor) -> list[Tensor]:
        """Pictures (B, 3, H, W) as the file wants them, height and width multiples of 32, to the wanted tensors."""
        known: dict[str, Tensor | None] = {"": None, self._input: pictures, **self._sizes}
        known |= {name: self.get_buffer(buffer) for name, buffer in self._weights.items()}
        for node, settings in zip(self._nodes, self._settings, strict=True):
            out = OPERATIONS[node.op_type](settings, *(known[name] for name in node.input))
            known.update(zip(node.output, [out] if isinstance(out, Tensor) else out, strict=True))
        return [tensor for name in self._wanted if (tensor := known[name]) is not None]


def needed(nodes: Sequence[onnx.NodeProto], wanted: Sequence[str]) -> list[onnx.NodeProto]:
    """Those of a graph's nodes, in its order, without which the wanted tensors cannot be had."""
    names, kept = set(wanted), []
    for node in reversed(nodes):
        if names & set(node.output):
            names |= set(node.input)
            kept.append(node)
    return kept[::-1]


def _convolved(settings: Settings, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    before, after = settings["pads"][:2], settings["pads"][2:]
    if before != after:
        x = functional.pad(x, (before[1], after[1], before[0], after[0]))
        before = [0, 0]
    ways = (settings.get("strides", 1), before, settings.get("dilations", 1), settings.get("group", 1))
    return functional.conv2d(x, weight, bias, *ways)


def _pooled(settings: Settings, x: Tensor) -> Tensor:
    return functional.max_pool2d(x, settings["kernel_shape"], settings["strides"], settings["pads"][:2])


def _reshaped(_: Settings, x: Tensor, shape: Tensor) -> Tensor:
    """A map keeps its batch, its height and its width, whatever those of the file are."""
    sides = shape.tolist()
    if x.ndim >= 4 and len(sides) >= 4:
        sides = [x.shape[0], *sides[1:-2], *x.shape[-2:]]
    return x.reshape(sides)


def _sliced(_: Settings, x: Tensor, first: Tensor, end: Tensor, axes: Tensor, steps: Tensor) -> Tensor:
    window = [slice(None)] * x.ndim
    for axis, *ends in zip(*(one.tolist() for one in (axes, first, end, steps)), strict=True):
        window[axis] = slice(*ends)
    return x[tuple(window)]


def _enlarged(_: Settings, x: Tensor, __: Tensor | None, scales: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=scales.tolist()[2:], mode="nearest")


OPERATIONS: Mapping[str, Callable[..., Tensor | Sequence[Tensor]]] = {
    "Add": lambda _, a, b: a + b,
    "Clip": lambda _, x, low, high: x.clamp(low, high),
    "Concat": lambda settings, *several: torch.cat(several, settings["axis"]),
    "Conv": _convolved,
    "Div": lambda _, a, b: a / b,
    "GlobalAveragePool": lambda _, x: x.mean((2, 3), keepdim=True),
    "HardSigmoid": lambda settings, x: (settings["alpha"] * x + settings["beta"]).clamp(0, 1),
    "MaxPool": _pooled,
    "Mul": lambda _, a, b: a * b,
    "Relu": lambda _, x: x.relu(),
    "Reshape": _reshaped,
    "Resize": _enlarged,
    "Sigmoid": lambda _, x: x.sigmoid(),
    "Slice": _sliced,
    "Split": lambda settings, x: x.split(list(settings["split"]), settings["axis"]),
    "Transpose": lambda settings, x: x.permute(settings["perm"]),
}
