"""ONNX Runtime as the edge uses it: its providers, how many threads, and a session for each size of picture."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from edge.complaints import complaint
from edge.vision.errors import ModelFileError, ModelShapeError, ProviderError

PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
}

NOWHERE = "/nowhere"
"""Where weights in a second file are looked for: a card's hash says nothing of that file, so it is not to be found."""

FATAL = 4
"""Of ONNX Runtime's levels: what is only an error is raised, so it need not be written to the terminal as well."""

OpenShape = tuple[int | str | None, ...]
"""As ONNX Runtime gives it: what a file leaves open has a name, or none."""


def sizes_of(shape: OpenShape) -> tuple[int, ...]:
    """The sizes of a shape, 0 for what is left open."""
    return tuple(size if isinstance(size, int) else 0 for size in shape)


class Sessions:
    """One network. A file that takes pictures of several sizes is opened once for each size that it is shown.

    For with its sizes known it is 3 % faster; that takes 9 MB for the default detector, and a node's cameras seldom
    have more than one shape. What is opened later is what was read at the start, whatever became of the file.
    """

    def __init__(self, weights: Path, providers: Sequence[str] = ("cpu",), threads: int = 1) -> None:
        """Raises ProviderError, ModelFileError."""
        self._file, self._providers, self._threads = weights, providers, threads
        network = read_weights(weights)
        self._newest = open_session(weights, providers, threads, network=network)
        picture = self._newest.get_inputs()[0]
        self.input_name = str(picture.name)
        self.input_shape: OpenShape = tuple(picture.shape)
        self.output_shapes: tuple[OpenShape, ...] = tuple(tuple(one.shape) for one in self._newest.get_outputs())
        self._open_sizes = [(at, name) for at, name in enumerate(self.input_shape) if isinstance(name, str)]
        self._network = network if self._open_sizes else None
        self._sized: dict[tuple[int, ...], onnxruntime.InferenceSession] = {}

    def run(self, values: NDArray[np.float32]) -> list[NDArray[Any]]:
        """What the network says of a picture laid out as it wants it."""
        session = self._opened_for(values.shape) if self._open_sizes else self._newest
        outputs: list[NDArray[Any]] = session.run(None, {self.input_name: values})
        return outputs

    def shapes_for(self, shape: tuple[int, ...]) -> list[tuple[int, ...]]:
        """Shapes of what it says of a picture of this shape: as stated or, where some are open, as they come out.

        To be asked before the first `run`. Raises ModelShapeError if it cannot take such a picture.
        """
        stated = [sizes_of(output) for output in self.output_shapes]
        if not any(0 in sizes for sizes in (sizes_of(self.input_shape), *stated)):
            return stated
        quiet = onnxruntime.RunOptions()
        quiet.log_severity_level = FATAL
        try:
            outputs = self._newest.run(None, {self.input_name: np.zeros(shape, np.float32)}, quiet)
        except Exception as error:  # onnxruntime raises its own family without a common base
            found, why = str(list(shape)), _first_line(error)
            raise ModelShapeError(complaint("shape.picture", path=self._file, found=found, why=why)) from None
        return [output.shape for output in outputs]

    def _opened_for(self, shape: tuple[int, ...]) -> onnxruntime.InferenceSession:
        """The session for one size; the first takes the place of the one for all, so that no memory is held twice."""
        if shape not in self._sized:
            fixed = {name: shape[at] for at, name in self._open_sizes}
            self._newest = open_session(self._file, self._providers, self._threads, network=self._network, fixed=fixed)
            self._sized[shape] = self._newest
        return self._sized[shape]


def read_weights(path: Path) -> bytes:
    """What an ONNX file holds. Raises ModelFileError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelFileError(complaint("weights.unreadable", path=path, why=error.strerror)) from None


def open_session(
    weights: Path,
    providers: Sequence[str] = ("cpu",),
    threads: int = 1,
    *,
    network: bytes | None = None,
    fixed: Mapping[str, int] | None = None,
) -> onnxruntime.InferenceSession:
    """ONNX Runtime as the edge uses it. Raises ProviderError, ModelFileError.

    `network`: what the file holds, if it has been read already; `fixed`: sizes that it leaves open, by their names.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    for name, size in (fixed or {}).items():
        options.add_free_dimension_override_by_name(name, size)
    # Spinning threads would burn a core between frames: an edge box has better things to do.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", NOWHERE)
    available = onnxruntime.get_available_providers()
    names = []
    for provider in providers:
        full = PROVIDERS.get(provider)
        if full is None:
            raise ProviderError(complaint("provider.unknown", provider=provider, known=list(PROVIDERS)))
        if full not in available:
            here = [short for short, long in PROVIDERS.items() if long in available]
            raise ProviderError(complaint("provider.not_here", provider=provider, here=here, name=full))
        names.append(full)
    network = read_weights(weights) if network is None else network
    try:
        return onnxruntime.InferenceSession(network, options, providers=names)
    except Exception as error:  # onnxruntime raises its own family without a common base
        why = _first_line(error)
        if "external" in why.lower():
            raise ModelFileError(complaint("weights.external", path=weights)) from None
        raise ModelFileError(complaint("weights.not_loaded", path=weights, why=why)) from None


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
