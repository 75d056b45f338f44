"""A detector: an ONNX Runtime session driven by a model card. One serves all cameras of a node."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from edge.video.picture import Picture
from edge.vision.boxes import Boxes, suppress
from edge.vision.card import Fit, ModelCard, verify_weights
from edge.vision.decode import Decoder, RawDetections, formats
from edge.vision.decode.base import Shapes
from edge.vision.errors import CardError, ModelFileError, ModelShapeError, ProviderError

MOST_CANDIDATES = 300
"""Boxes that go into suppression at most, best first; a picture with more is noise."""

PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
}


@dataclass(frozen=True, slots=True)
class Detections:
    """What a detector saw in one picture, best first: boxes (N, 4) 0..1 of the picture, scores (N,), labels."""

    boxes: Boxes
    scores: NDArray[np.float32]
    labels: tuple[str, ...]

    @classmethod
    def none(cls) -> "Detections":
        """An empty picture."""
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), ())


class Detector(Protocol):
    """What the pipeline asks of a detector."""

    @property
    def card(self) -> ModelCard:
        """Its card, for thresholds and fingerprints."""

    def detect(self, picture: Picture) -> Detections:
        """Everything of at least the card's low threshold."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a picture lies in the network's input, in its pixels."""

    left: int
    top: int
    width: int
    height: int


def place(picture_width: int, picture_height: int, card: ModelCard) -> Placement:
    """How the card fits a picture of some size into the input."""
    wide, high = card.input.width, card.input.height
    if card.input.fit is Fit.STRETCH:
        return Placement(0, 0, wide, high)
    ratio = min(wide / picture_width, high / picture_height)
    width, height = min(wide, round(picture_width * ratio)), min(high, round(picture_height * ratio))
    if card.input.fit is Fit.LETTERBOX_TOP_LEFT:
        return Placement(0, 0, width, height)
    return Placement((wide - width) // 2, (high - height) // 2, width, height)


class OnnxDetector:
    """Owned by the analysis loop's thread: `detect` reuses one input buffer and must not run twice at once."""

    def __init__(
        self,
        card: ModelCard,
        weights: Path,
        *,
        providers: Sequence[str] = ("cpu",),
        threads: int = 1,
        only: Collection[str] | None = None,
    ) -> None:
        """`only`: labels to look for; None: all of the card. Raises a ModelError that names what does not fit."""
        verify_weights(card, weights)
        self._card = card
        self._decoder = _decoder(card, only)
        self._session = open_session(weights, providers, threads)
        self._input = self._session.get_inputs()[0]
        self._check_shapes(weights)
        size = (card.input.height, card.input.width)
        self._blob = np.empty((1, 3, *size) if card.input.layout == "nchw" else (1, *size, 3), np.float32)
        order = (0, 1, 2) if card.input.colour == "bgr" else (2, 1, 0)
        self._channels = [
            (source, card.input.scale / std, -mean / std, (card.input.fill * card.input.scale - mean) / std)
            for source, mean, std in zip(order, card.input.mean, card.input.std, strict=True)
        ]
        self._placed: Placement | None = None

    @property
    def card(self) -> ModelCard:
        """The card it was made from."""
        return self._card

    def detect(self, picture: Picture) -> Detections:
        """Everything of at least the card's low threshold, suppressed and clipped to the picture."""
        placement = place(picture.width, picture.height, self._card)
        self._fill(picture.bgr(placement.width, placement.height), placement)
        outputs = self._session.run(None, {self._input.name: self._blob})
        return self._finish(self._decoder.decode(outputs, self._card.low_threshold), placement)

    def prepared(self, picture: Picture) -> tuple[str, NDArray[np.float32]]:
        """Name and values (a copy) of the network's input for a picture, for calibration and timing."""
        placement = place(picture.width, picture.height, self._card)
        self._fill(picture.bgr(placement.width, placement.height), placement)
        return self._input.name, self._blob.copy()

    def _fill(self, bgr: NDArray[np.uint8], placement: Placement) -> None:
        """Write the scaled picture into the input buffer; borders are written only when the placement changes."""
        planes = self._blob[0] if self._card.input.layout == "nchw" else np.moveaxis(self._blob[0], 2, 0)
        inside = np.s_[
            placement.top : placement.top + placement.height, placement.left : placement.left + placement.width
        ]
        for plane, (source, factor, offset, border) in zip(planes, self._channels, strict=True):
            if self._placed != placement:
                plane[...] = border
            target = plane[inside]
            if factor == 1.0:
                np.copyto(target, bgr[:, :, source])
            else:
                np.multiply(bgr[:, :, source], np.float32(factor), out=target)
            if offset:
                target += np.float32(offset)
        self._placed = placement

    def _finish(self, raw: RawDetections, placement: Placement) -> Detections:
        if len(raw.scores) > MOST_CANDIDATES:
            best = np.argsort(-raw.scores, kind="stable")[:MOST_CANDIDATES]
            raw = RawDetections(raw.boxes[best], raw.scores[best], raw.classes[best])
        if self._decoder.needs_suppression:
            kept = suppress(raw.boxes, raw.scores, raw.classes, self._card.nms_iou)
        else:
            kept = np.argsort(-raw.scores, kind="stable")
        origin = np.array([placement.left, placement.top] * 2, np.float32)
        size = np.array([placement.width, placement.height] * 2, np.float32)
        boxes = np.clip((raw.boxes[kept] - origin) / size, 0.0, 1.0)
        labels = tuple(self._card.labels[number] for number in raw.classes[kept])
        return Detections(boxes, raw.scores[kept], labels)

    def _check_shapes(self, weights: Path) -> None:
        card = self._card
        wanted = [1, 3, card.input.height, card.input.width]
        if card.input.layout == "nhwc":
            wanted = [1, card.input.height, card.input.width, 3]
        found = [size if isinstance(size, int) else 0 for size in self._input.shape]
        if len(found) != 4 or any(f not in (0, w) for f, w in zip(found, wanted, strict=True)):
            raise ModelShapeError(f"{weights}: input is {self._input.shape}, the card «{card.name}» says {wanted}")
        outputs = [tuple(s if isinstance(s, int) else 0 for s in o.shape) for o in self._session.get_outputs()]
        expected = self._decoder.expected()
        if not shapes_fit(outputs, expected):
            raise ModelShapeError(
                f"{weights}: outputs are {outputs}; format «{card.format}» with {len(card.labels)} labels expects "
                f"{list(expected)} (0 stands for any). Correct format, labels, strides or input of the card"
            )


def shapes_fit(outputs: Shapes, expected: Shapes) -> bool:
    """Whether a network's outputs are those that a decoder expects; 0 stands for any size."""
    return len(outputs) == len(expected) and all(map(_fits, outputs, expected))


def _fits(found: tuple[int, ...], expected: tuple[int, ...]) -> bool:
    return len(found) == len(expected) and all(0 in (f, e) or f == e for f, e in zip(found, expected, strict=True))


def _decoder(card: ModelCard, only: Collection[str] | None) -> Decoder:
    known = formats()
    if card.format not in known:
        raise CardError(f"card «{card.name}» format: «{card.format}» is unknown; expected one of {', '.join(known)}")
    wanted = None if only is None else [number for number, label in enumerate(card.labels) if label in only]
    return known[card.format](card, wanted)


def open_session(weights: Path, providers: Sequence[str] = ("cpu",), threads: int = 1) -> onnxruntime.InferenceSession:
    """ONNX Runtime as the edge uses it. Raises ProviderError, ModelFileError."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Spinning threads would burn a core between frames: an edge box has better things to do.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    available = onnxruntime.get_available_providers()
    names = []
    for provider in providers:
        name = PROVIDERS.get(provider)
        if name is None:
            raise ProviderError(f"provider «{provider}» is unknown; expected one of {', '.join(PROVIDERS)}")
        if name not in available:
            here = ", ".join(short for short, long in PROVIDERS.items() if long in available)
            raise ProviderError(
                f"provider «{provider}» is not in this installation of ONNX Runtime, which has {here}; "
                f"install the onnxruntime package that carries {name}, or choose another"
            )
        names.append(name)
    try:
        return onnxruntime.InferenceSession(str(weights), options, providers=names)
    except Exception as error:  # onnxruntime raises its own family without a common base
        raise ModelFileError(f"{weights}: ONNX Runtime cannot load it: {str(error).splitlines()[0]:.200}") from None
