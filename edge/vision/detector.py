"""A detector: an ONNX Runtime session driven by a model card. One serves all cameras of a node."""

from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from edge.complaints import complaint
from edge.video.picture import Picture
from edge.vision.boxes import Boxes, suppress
from edge.vision.canvas import Canvas, Placement
from edge.vision.card import ModelCard, verify_weights
from edge.vision.decode import Decoder, RawDetections, formats
from edge.vision.errors import CardError, ModelShapeError
from edge.vision.sessions import Sessions, sizes_of

MOST_CANDIDATES = 300
"""Boxes that go into suppression at most, best first; a picture with more is noise."""


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


class OnnxDetector:
    """Owned by the analysis loop's thread: `detect` reuses its input buffers and must not run twice at once."""

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
        self._idle = only is not None and not only
        self._sessions = Sessions(weights, providers, threads)
        self._sizes = self._made_ready(weights, card.sizes, only)
        self._smaller_sizes = self._made_ready(weights, card.smaller_sizes, only)

    @property
    def card(self) -> ModelCard:
        """The card it was made from."""
        return self._card

    @property
    def smaller(self) -> "OnnxDetector | None":
        """The same network, shown pictures of the card's smaller sizes; None if it names none."""
        if not self._smaller_sizes:
            return None
        smaller = copy(self)
        smaller._sizes, smaller._smaller_sizes = self._smaller_sizes, []
        return smaller

    def detect(self, picture: Picture) -> Detections:
        """Everything of at least the card's low threshold, suppressed and clipped to the picture; nothing beside it."""
        if self._idle:
            return Detections.none()  # a camera without rules looks for nothing
        canvas, decoder = self._fitting(picture)
        placement = canvas.show(picture)
        outputs = self._sessions.run(canvas.values)
        raw = decoder.decode(outputs, self._card.low_threshold)
        return self._finish(raw, placement, suppressing=decoder.needs_suppression)

    def prepared(self, picture: Picture) -> tuple[str, NDArray[np.float32]]:
        """Name and values (a copy) of the network's input for a picture, for calibration and timing."""
        canvas, _ = self._fitting(picture)
        canvas.show(picture)
        return self._sessions.input_name, canvas.values.copy()

    def _fitting(self, picture: Picture) -> tuple[Canvas, Decoder]:
        """The size of input that shows the picture largest."""
        return max(self._sizes, key=lambda size: size[0].zoom(picture))

    def _finish(self, raw: RawDetections, placement: Placement, *, suppressing: bool) -> Detections:
        if len(raw.scores) > MOST_CANDIDATES:
            best = np.argsort(-raw.scores, kind="stable")[:MOST_CANDIDATES]
            raw = RawDetections(raw.boxes[best], raw.scores[best], raw.classes[best])
        if suppressing:
            kept = suppress(raw.boxes, raw.scores, raw.classes, self._card.nms_iou)
        else:
            kept = np.argsort(-raw.scores, kind="stable")
        origin = np.array([placement.left, placement.top] * 2, np.float32)
        size = np.array([placement.width, placement.height] * 2, np.float32)
        boxes = np.clip((raw.boxes[kept] - origin) / size, 0.0, 1.0)
        within = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)  # a network may see something in the margins
        labels = tuple(self._card.labels[number] for number in raw.classes[kept][within])
        return Detections(boxes[within], raw.scores[kept][within], labels)

    def _made_ready(
        self, weights: Path, cards: Sequence[ModelCard], only: Collection[str] | None
    ) -> list[tuple[Canvas, Decoder]]:
        """A canvas and a decoder for each size of input."""
        sizes = [(Canvas(sized), _decoder(sized, only)) for sized in cards]
        for sized, (canvas, decoder) in zip(cards, sizes, strict=True):
            self._check_input(weights, sized)
            self._check_outputs(weights, canvas, decoder)
        return sizes

    def _check_input(self, weights: Path, card: ModelCard) -> None:
        wanted = [1, 3, card.input.height, card.input.width]
        if card.input.layout == "nhwc":
            wanted = [1, card.input.height, card.input.width, 3]
        shape = self._sessions.input_shape
        found = sizes_of(shape)
        if len(found) != 4 or any(f not in (0, w) for f, w in zip(found, wanted, strict=True)):
            raise ModelShapeError(
                complaint("shape.input", path=weights, found=str(list(shape)), card=card.name, wanted=str(wanted))
            )

    def _check_outputs(self, weights: Path, canvas: Canvas, decoder: Decoder) -> None:
        outputs, expected = self._sessions.shapes_for(canvas.values.shape), decoder.expected()
        if not decoder.fits(outputs):
            problem = complaint(
                "shape.outputs",
                path=weights,
                found=str(outputs),
                format=decoder.card.format,
                labels=len(decoder.card.labels),
                wanted=str(list(expected)),
            )
            raise ModelShapeError(problem)


def _decoder(card: ModelCard, only: Collection[str] | None) -> Decoder:
    known = formats()
    if card.format not in known:
        raise CardError(complaint("card.format", card=card.name, format=card.format, known=list(known)))
    wanted = None if only is None else [number for number, label in enumerate(card.labels) if label in only]
    return known[card.format](card, wanted)
