"""What an ONNX file says of itself: inputs, outputs, metadata."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from edge.complaints import complaint
from edge.vision.errors import ModelFileError, ModelShapeError
from edge.vision.sessions import Sessions, open_session

Shape = tuple[int, ...]
"""Sizes; 0 for one that is free."""
FLOAT = "tensor(float)"


@dataclass(frozen=True, slots=True)
class Network:
    """One picture in, tables out. `size`: width and height of its input, 0 where they are free."""

    file: Path
    layout: Literal["nchw", "nhwc"]
    size: tuple[int, int]
    outputs: tuple[Shape, ...]
    metadata: Mapping[str, str]

    @property
    def by_ultralytics(self) -> bool:
        """Whether their exporter wrote it, so that its metadata mean what theirs mean."""
        return self.metadata.get("author") == "Ultralytics"

    @property
    def names(self) -> tuple[str, ...]:
        """Names of its classes from the metadata, in order; empty if there are none that can be read."""
        try:
            return in_order(ast.literal_eval(self.metadata.get("names", "()")))
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):  # what literal_eval may raise
            return ()

    @property
    def licence(self) -> str:
        """The licence that the metadata state, if it is one we know by name; else nothing."""
        stated = self.metadata.get("license", "")
        return next((spdx for start, spdx in _STATED.items() if stated.startswith(start)), "")


def in_order(names: object) -> tuple[str, ...]:
    """Names of classes as files hold them, in order: a list, or a mapping by number, which in JSON is text.

    Empty if they are neither.
    """
    if isinstance(names, dict) and all(str(key).isdecimal() for key in names):
        return tuple(str(names[key]) for key in sorted(names, key=int))
    return tuple(map(str, names)) if isinstance(names, list | tuple) else ()


_STATED = {"AGPL-3.0": "AGPL-3.0-only", "GPL-3.0": "GPL-3.0-only", "Apache-2.0": "Apache-2.0", "MIT": "MIT"}


def read_network(file: Path) -> Network:
    """Raises ModelFileError if it is no network, ModelShapeError if it does not take one picture in float32."""
    if file.suffix == ".pt":
        raise ModelFileError(complaint("weights.pytorch", path=file))
    if file.is_dir():
        raise ModelFileError(complaint("network.is_folder", path=file))
    if not file.is_file():
        raise ModelFileError(complaint("network.not_here", path=file))
    session = open_session(file)
    inputs, outputs = session.get_inputs(), session.get_outputs()
    if len(inputs) != 1:
        names = [one.name for one in inputs]
        raise ModelShapeError(complaint("network.inputs", path=file, count=len(inputs), names=names))
    layout, size = _picture(file, _shape(inputs[0].shape))
    wrong = next((one for one in (*inputs, *outputs) if one.type != FLOAT), None)
    if wrong is not None:
        raise ModelShapeError(complaint("network.type", path=file, name=wrong.name, found=wrong.type, wanted=FLOAT))
    metadata = dict(session.get_modelmeta().custom_metadata_map)
    return Network(file, layout, size, tuple(_shape(one.shape) for one in outputs), metadata)


def outputs_for(network: Network, size: tuple[int, int]) -> tuple[Shape, ...]:
    """Shapes of its outputs for a picture of some width and height, where it leaves them open as they come out.

    Raises ModelShapeError if it cannot take such a picture.
    """
    width, height = size
    shape = (1, 3, height, width) if network.layout == "nchw" else (1, height, width, 3)
    return tuple(Sessions(network.file).shapes_for(shape))


def _shape(sizes: list[object]) -> Shape:
    return tuple(size if isinstance(size, int) else 0 for size in sizes)


def _picture(file: Path, shape: Shape) -> tuple[Literal["nchw", "nhwc"], tuple[int, int]]:
    """Layout, width and height of the input."""
    if len(shape) == 4 and shape[0] in (0, 1):
        if shape[1] == 3:
            return "nchw", (shape[3], shape[2])
        if shape[3] == 3:
            return "nhwc", (shape[2], shape[1])
    raise ModelShapeError(complaint("network.input", path=file, found=str(list(shape))))
