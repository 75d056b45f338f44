"""Several detectors look at a picture, as it is and mirrored; what enough of them agree on is taken for true.

What only some see is neither asked for nor punished. The detectors label, and no more: nothing of their weights goes
into ours.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.video.picture import Picture
from edge.vision.boxes import Boxes, iou
from edge.vision.card import MODELS, find_card
from edge.vision.detector import OnnxDetector
from tools.train.augment import Pixels
from tools.train.labels import PERSON, VEHICLES, index_of

AGREE = 0.5
"""Overlap from which two boxes mean one thing."""
VOTES_SURE, VOTES_UNSURE = 0.5, 0.14
"""Share of all votes from which a thing is there, and from which it may be. A look votes 1 at its card's threshold."""

SAME_PERSON = 0.3
"""Overlap from which somebody seen in a turned picture is somebody already known."""

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

    def look(self, bgr: Pixels, *, lying: bool) -> Opinion:
        """At a picture (H, W, 3), upright and mirrored; for who is `lying`, turned too, where he seems to stand."""
        seen = opinion_of(self._votes([_upright(bgr), _mirrored(bgr)]), 2 * len(self._detectors))
        for turns in (1, 3) if lying else ():
            seen = with_lying(seen, opinion_of(self._votes([_turned(bgr, turns)]), len(self._detectors)))
        return seen

    def _votes(self, views: Sequence[tuple[Pixels, Callable[[Boxes], Boxes]]]) -> Votes:
        """Of every detector on every view; a view is a picture and how its boxes become the upright picture's."""
        boxes, classes, weights, looks = [], [], [], []
        for number, detector in enumerate(self._detectors):
            for place, (picture, upright) in enumerate(views):
                found = detector.detect(Picture.of_array(picture))
                kinds = [index_of(label) for label in found.labels]
                kept = np.array([kind is not None for kind in kinds], bool)
                boxes.append(upright(found.boxes[kept]))
                classes.append(np.array([kind for kind in kinds if kind is not None], np.int64))
                weights.append(np.minimum(1.0, found.scores[kept] / detector.card.threshold).astype(np.float32))
                looks.append(np.full(len(classes[-1]), len(views) * number + place, np.int64))
        return Votes(np.concatenate(boxes), np.concatenate(classes), np.concatenate(weights), np.concatenate(looks))


def _upright(bgr: Pixels) -> tuple[Pixels, Callable[[Boxes], Boxes]]:
    return bgr, lambda boxes: boxes


def _mirrored(bgr: Pixels) -> tuple[Pixels, Callable[[Boxes], Boxes]]:
    return np.ascontiguousarray(bgr[:, ::-1]), lambda boxes: np.stack(
        [1 - boxes[:, 2], boxes[:, 1], 1 - boxes[:, 0], boxes[:, 3]], axis=1
    )


def _turned(bgr: Pixels, turns: int) -> tuple[Pixels, Callable[[Boxes], Boxes]]:
    """Turned by one or three quarters, counter-clockwise."""
    x1, y1, x2, y2 = range(4)

    def back(boxes: Boxes) -> Boxes:
        if turns == 1:
            return np.stack([1 - boxes[:, y2], boxes[:, x1], 1 - boxes[:, y1], boxes[:, x2]], axis=1)
        return np.stack([boxes[:, y1], 1 - boxes[:, x2], boxes[:, y2], 1 - boxes[:, x1]], axis=1)

    return np.ascontiguousarray(np.rot90(bgr, turns)), back


def with_lying(seen: Opinion, turned: Opinion) -> Opinion:
    """People who are seen in a turned picture only: nearly all must see them to be there, else they may be."""
    known = np.array([box for box, kind in (*seen.sure, *seen.unsure) if kind == PERSON], np.float32).reshape(-1, 4)

    def new(labelled: Iterable[Labelled]) -> tuple[Labelled, ...]:
        return tuple(
            (box, kind)
            for box, kind in labelled
            if kind == PERSON and not (iou(np.array([box], np.float32), known) > SAME_PERSON).any()
        )

    return Opinion(seen.sure + new(turned.sure), seen.unsure + new(turned.unsure))


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
