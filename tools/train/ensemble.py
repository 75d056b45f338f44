"""Several detectors look at a picture, as it is and mirrored; what enough of them agree on is taken for true.

What only some see is neither asked for nor punished. The detectors label, and no more: nothing of their weights goes
into ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.video.picture import Picture
from edge.vision.boxes import iou
from edge.vision.card import MODELS, find_card
from edge.vision.detector import OnnxDetector
from tools.train.labels import VEHICLES, index_of

AGREE = 0.5
"""Overlap from which two boxes mean one thing."""
VOTES_SURE, VOTES_UNSURE = 0.5, 0.14
"""Share of all votes from which a thing is there, and from which it may be. A look votes 1 at its card's threshold."""

Labelled = tuple[tuple[float, ...], int]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the ensemble says of a picture: corner boxes as shares, with our class."""

    sure: tuple[Labelled, ...]
    unsure: tuple[Labelled, ...]


@dataclass(frozen=True, slots=True)
class Votes:
    """All that all looks saw: boxes (N, 4), classes (N,), how much each counts (N,) 0..1, by which look (N,)."""

    boxes: NDArray[np.float32]
    classes: NDArray[np.int64]
    weights: NDArray[np.float32]
    looks: NDArray[np.int64]


class Ensemble:
    """Detectors from their ONNX files, one thread each look."""

    def __init__(self, weights: Sequence[Path]) -> None:
        self._detectors = [OnnxDetector(*find_card(path, MODELS)) for path in weights]

    def look(self, bgr: NDArray[np.uint8]) -> Opinion:
        """At a picture (H, W, 3)."""
        parts = []
        for number, detector in enumerate(self._detectors):
            for mirrored in (False, True):
                found = detector.detect(Picture.of_array(np.ascontiguousarray(bgr[:, ::-1]) if mirrored else bgr))
                boxes = found.boxes.copy()
                if mirrored:
                    boxes[:, [0, 2]] = 1 - boxes[:, [2, 0]]
                classes = [index_of(label) for label in found.labels]
                kept = np.array([kind is not None for kind in classes], bool)
                counts = np.minimum(1.0, found.scores / detector.card.threshold)
                parts.append((boxes[kept], [k for k in classes if k is not None], counts[kept], 2 * number + mirrored))
        looks = [np.full(len(boxes), look) for boxes, _, _, look in parts]
        votes = Votes(
            np.concatenate([boxes for boxes, *_ in parts]),
            np.concatenate([np.array(classes, np.int64) for _, classes, _, _ in parts]),
            np.concatenate([weights for _, _, weights, _ in parts]).astype(np.float32),
            np.concatenate(looks).astype(np.int64),
        )
        return opinion_of(votes, 2 * len(self._detectors))


def opinion_of(votes: Votes, looks: int) -> Opinion:
    """Gather boxes that mean one thing, the heaviest vote first; a look counts once for each thing."""
    sure: list[Labelled] = []
    unsure: list[Labelled] = []
    overlap = iou(votes.boxes, votes.boxes)
    family = np.where(np.isin(votes.classes, list(VEHICLES)), -1, votes.classes)
    free = np.ones(len(votes.weights), bool)
    for first in np.argsort(-votes.weights, kind="stable"):
        if not free[first]:
            continue
        mine = np.flatnonzero(free & (overlap[first] >= AGREE) & (family == family[first]))
        mine = mine[np.argsort(-votes.weights[mine], kind="stable")]
        _, once = np.unique(votes.looks[mine], return_index=True)
        free[mine] = False
        members = mine[once]
        weights = votes.weights[members]
        share = float(weights.sum()) / looks
        box = tuple(float(v) for v in np.average(votes.boxes[members], axis=0, weights=weights))
        kinds = np.bincount(votes.classes[members], weights=weights)
        if share >= VOTES_SURE:
            sure.append((box, int(kinds.argmax())))
        elif share >= VOTES_UNSURE:
            unsure += [(box, int(kind)) for kind in np.flatnonzero(kinds)]
    return Opinion(tuple(sure), tuple(unsure))
