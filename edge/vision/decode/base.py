"""What an output format must tell: which shapes it expects, and how outputs become boxes."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Boxes
from edge.vision.card import Fit, ModelCard

Shapes = Sequence[tuple[int, ...]]

_FORMATS: dict[str, type["Decoder"]] = {}


def formats() -> Mapping[str, type["Decoder"]]:
    """Every known output format by its name on a card."""
    return _FORMATS


@dataclass(frozen=True, slots=True)
class RawDetections:
    """Boxes (N, 4) in pixels of the network's input, scores (N,) 0..1, class numbers (N,)."""

    boxes: Boxes
    scores: NDArray[np.float32]
    classes: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class InputStyle:
    """How a picture is shown to a network, see `InputCard`."""

    colour: Literal["rgb", "bgr"]
    fit: Fit
    scale: float = 1.0
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)


UNIT = 1 / 255
"""Brings 0..255 to 0..1."""


class Decoder(ABC):
    """One output format. Made once per model; `decode` runs for each picture and keeps no state."""

    format: ClassVar[str]
    needs_suppression: ClassVar[bool] = True
    """Whether overlapping boxes of one object are still to be thinned out."""

    usual_threshold: ClassVar[float] = 0.4
    """From which score detectors of this form are usually sure; a card's own is to be measured."""
    usual_input: ClassVar[InputStyle]
    """How detectors of this form are usually shown a picture."""

    def __init_subclass__(cls) -> None:
        _FORMATS[cls.format] = cls

    def __init__(self, card: ModelCard, wanted: Sequence[int] | None = None) -> None:
        """`wanted`: class numbers to look for; None: all. What is not wanted cannot outscore what is."""
        self.card = card
        self.wanted = np.arange(len(card.labels)) if wanted is None else np.asarray(sorted(wanted), np.int64)

    @staticmethod
    @abstractmethod
    def classes_of(outputs: Shapes) -> int | None:
        """How many classes outputs of these shapes have; 0 if they are not of this form, None if they do not tell."""

    @abstractmethod
    def expected(self) -> Shapes:
        """Shapes of the outputs that fit the card, in the network's order."""

    def fits(self, outputs: Shapes) -> bool:
        """Whether outputs of these shapes are of this form and of the card's size and labels."""
        expected = self.expected()
        return len(outputs) == len(expected) and all(map(_fits, outputs, expected))

    @abstractmethod
    def decode(self, outputs: Sequence[NDArray[np.float32]], least_score: float) -> RawDetections:
        """Boxes of at least `least_score` from the outputs, whose shapes have been checked."""


def _fits(found: tuple[int, ...], expected: tuple[int, ...]) -> bool:
    return len(found) == len(expected) and all(0 in (f, e) or f == e for f, e in zip(found, expected, strict=True))


def cells(card: ModelCard, strides: Sequence[int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Corner (x, y) in cells and stride of every cell of all grids: shapes (A, 2) and (A,), row by row, in order.

    A grid has ceil(size / stride) cells on each side.
    """
    corners, sizes = [], []
    for stride in strides:
        columns, rows = -(-card.input.width // stride), -(-card.input.height // stride)
        y, x = np.mgrid[0:rows, 0:columns]
        corners.append(np.stack([x.ravel(), y.ravel()], axis=1))
        sizes.append(np.full(rows * columns, stride))
    return np.concatenate(corners).astype(np.float32), np.concatenate(sizes).astype(np.float32)


def best_class(scores: NDArray[np.float32], wanted: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Highest score among the wanted classes, and its class number, for each row of (N, classes)."""
    scores = scores[:, wanted]
    best = np.argmax(scores, axis=1)
    return scores[np.arange(len(scores)), best], wanted[best]


def from_centres(centres: NDArray[np.float32], sizes: NDArray[np.float32]) -> Boxes:
    """xyxy boxes from centres (N, 2) and widths and heights (N, 2)."""
    half = sizes / 2
    return np.concatenate([centres - half, centres + half], axis=1).astype(np.float32, copy=False)
