"""ONNX Runtime as the edge uses it: its providers, how many threads, and a session for each size of picture."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from edge.complaints import complaint
from edge.vision.errors import ModelFileError, ProviderError

PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
}

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
        whole = open_session(weights, providers, threads)
        picture = whole.get_inputs()[0]
        self.input_name = str(picture.name)
        self.input_shape: OpenShape = tuple(picture.shape)
        self.output_shapes: tuple[OpenShape, ...] = tuple(tuple(one.shape) for one in whole.get_outputs())
        self._open_sizes = [(at, name) for at, name in enumerate(self.input_shape) if isinstance(name, str)]
        self._network = weights.read_bytes() if self._open_sizes else None
        self._sized: dict[tuple[int, ...], onnxruntime.InferenceSession] = {}
        self._whole = None if self._open_sizes else whole

    def run(self, values: NDArray[np.float32]) -> list[NDArray[Any]]:
        """What the network says of a picture laid out as it wants it."""
        session = self._whole or self._sized.get(values.shape) or self._opened_for(values.shape)
        outputs: list[NDArray[Any]] = session.run(None, {self.input_name: values})
        return outputs

    def _opened_for(self, shape: tuple[int, ...]) -> onnxruntime.InferenceSession:
        fixed = {name: shape[at] for at, name in self._open_sizes}
        opened = open_session(self._file, self._providers, self._threads, network=self._network, fixed=fixed)
        self._sized[shape] = opened
        return opened


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
    try:
        return onnxruntime.InferenceSession(network or str(weights), options, providers=names)
    except Exception as error:  # onnxruntime raises its own family without a common base
        why = str(error).splitlines()[0]
        raise ModelFileError(complaint("weights.not_loaded", path=weights, why=why)) from None
