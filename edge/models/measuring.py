"""A model measured on labelled sets: what `models eval` does, and what quantising compares."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edge.complaints import complaint
from edge.models.errors import LabelledSetError
from edge.models.evaluation.judged import Judged
from edge.models.evaluation.labelled import Labelled, LabelledSet
from edge.models.evaluation.rendered_clip import is_rendered, read_rendered
from edge.models.evaluation.scores import Scores, evaluate
from edge.models.evaluation.words import words_of
from edge.models.evaluation.yolo_set import read_yolo_set
from edge.models.speed import Speed
from edge.vision.boxes import suppress
from edge.vision.card import ModelCard
from edge.vision.detector import Detections, OnnxDetector

LEAST_SCORE = 0.01
"""From which score boxes enter the curves: a card's own `low_threshold` would cut them off."""


@dataclass(frozen=True, slots=True)
class Measured:
    """How a model did on a set. `unknown`: words that the set labels and the model does not have."""

    labelled: LabelledSet
    scores: Scores
    unknown: tuple[str, ...]

    def by_word(self) -> Mapping[str, Any]:
        """Each class by its word."""
        return {self.labelled.names[number]: one for number, one in self.scores.classes.items()}

    def document(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "set": self.labelled.name,
            "pictures": self.scores.pictures,
            "mean": {"ap50": self.scores.ap50, "recall_at_one_false_box": self.scores.recall},
            "classes": {word: asdict(one) for word, one in self.by_word().items()},
            "words_the_model_lacks": list(self.unknown),
        }


def read_set(path: Path) -> LabelledSet:
    """A folder in the YOLO layout, or a rendered clip or a folder of them. Raises LabelledSetError."""
    if not path.exists():
        raise LabelledSetError(complaint("labelled.not_here", path=path))
    if not (path / "images").is_dir() and is_rendered(path):
        return read_rendered(path)
    if path.is_file():
        raise LabelledSetError(complaint("labelled.no_truth", path=path))
    return read_yolo_set(path)


def shared_words(card: ModelCard, labelled: LabelledSet) -> dict[str, str]:
    """The set's word for each label of the model that has one. Raises LabelledSetError if none has."""
    words = words_of(card.labels, labelled.words)
    if not words:
        raise LabelledSetError(
            complaint("labelled.no_word", set=labelled.name, words=list(labelled.words), card=card.name)
        )
    return words


def measure(
    card: ModelCard,
    weights: Path,
    labelled: LabelledSet,
    *,
    threads: int = 1,
    least_score: float = LEAST_SCORE,
    seen: Callable[[], None] = lambda: None,
) -> Measured:
    """Show a model every picture of a set; `seen` is called after each. Raises ModelError, LabelledSetError.

    Only the labels that have a word in the set are looked for. Words of the set that the model does not have are left
    out, of the mean as well.
    """
    words = shared_words(card, labelled)
    patient = card.model_copy(update={"low_threshold": least_score})
    detector = OnnxDetector(patient, weights, threads=threads, only=words)
    known = frozenset(labelled.names.index(word) for word in words.values())

    def judged() -> Iterator[Judged]:
        for one in labelled.pictures():
            yield judge(one, detector.detect(one.picture), words, labelled, known, card.nms_iou)
            seen()

    scores = evaluate(judged())
    return Measured(labelled, scores, tuple(word for word in labelled.words if word not in words.values()))


def judge(
    one: Labelled,
    found: Detections,
    words: Mapping[str, str],
    labelled: LabelledSet,
    known: frozenset[int],
    nms_iou: float,
) -> Judged:
    """Put what was found beside what is there, in the set's words.

    Where several labels of the model are one word (backpack and handbag: bag), what is found twice is thinned out
    again, as a model trained on that word would do it.
    """
    size = np.array([one.picture.width, one.picture.height] * 2, np.float64)
    classes = np.array([labelled.names.index(words[label]) for label in found.labels], np.int64)
    kept = np.arange(len(classes))
    if len(set(words.values())) < len(words):
        kept = suppress(found.boxes, found.scores, classes, nms_iou)
    return Judged(
        boxes=found.boxes[kept] * size,
        scores=found.scores[kept],
        classes=classes[kept],
        truth=one.boxes * size,
        truth_classes=one.classes,
        labelled=labelled.labelled & known,
        partly=labelled.partly & known,
        ignored=one.ignored,
        shown=None if one.shown is None else one.shown * size,
    )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A model on some sets, and its speed here."""

    card: ModelCard
    measured: tuple[Measured, ...]
    speed: Speed

    def document(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "model": self.card.name,
            "sha256": self.card.sha256,
            "licence": self.card.licence,
            "inference": [{"threads": threads, "median_ms": round(ms, 2)} for threads, ms in self.speed.items()],
            "sets": [measured.document() for measured in self.measured],
        }
