"""Shows a network known pictures: whether it finds anything at all, and which way of showing them it finds best with.

The pictures are seven of our own rendered ones with people and cars plainly in view (models/probe, a labelled set), and
whatever pictures the user adds, of which nothing is known.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.complaints import complaint
from edge.models.evaluation.labelled import Labelled, LabelledSet
from edge.models.evaluation.words import words_of
from edge.models.evaluation.yolo_set import read_yolo_set
from edge.models.pictures import read_picture
from edge.video.picture import Picture
from edge.vision.boxes import iou
from edge.vision.card import MODELS, ModelCard
from edge.vision.detector import OnnxDetector

PROBE = MODELS / "probe"
LEAST_SCORE = 1e-6
NOTHING = 0.01
"""A network whose highest score on all pictures is not above this finds nothing."""
COVERED = 0.05
"""A network that knows people or cars and covers none of ours with a box of at least this score is misread."""
OVERLAP = 0.5


@dataclass(frozen=True, slots=True)
class Probed:
    """What a network did with the pictures, shown in the way of one card.

    `there`: how many people and cars are in the pictures of which it has the word; `found`: how many of them are
    covered by a box of their word with at least the card's threshold. `sureness`: mean over them of the score of the
    best box that covers them, 0 for those that none covers, minus the mean score of as many of the best boxes on
    nothing. 0 where it has no word.
    """

    card: ModelCard
    pictures: int
    highest: float
    there: int
    found: int
    covered: float
    """The highest score of a box of the right word on one of them."""
    sureness: float


def probe(card: ModelCard, weights: Path, extra: Sequence[Picture] = ()) -> Probed:
    """Raises ModelError if the card does not fit the file."""
    patient = card.model_copy(update={"low_threshold": LEAST_SCORE})
    detector = OnnxDetector(patient, weights, threads=2)
    known = read_yolo_set(PROBE)
    words = words_of(card.labels, known.words)
    highest, tally = 0.0, _Tally()
    for one in _shown(known, extra):
        found = detector.detect(one.picture)
        highest = max(highest, float(found.scores.max(initial=0.0)))
        labels = np.array([words.get(label, "") for label in found.labels])
        tally.add(one, found.boxes.astype(np.float64), found.scores, labels, known, words)
    return Probed(
        card=card,
        pictures=known.count + len(extra),
        highest=highest,
        there=len(tally.right),
        found=sum(score >= card.threshold for score in tally.right),
        covered=max(tally.right, default=0.0),
        sureness=tally.sureness(),
    )


def read_pictures(paths: Sequence[Path]) -> list[Picture]:
    """The user's pictures. Raises LabelledSetError for one that cannot be read."""
    return [Picture.of_array(read_picture(path, complaint("picture.other_form"))) for path in paths]


class _Tally:
    """Scores of what is there, and of what is nothing."""

    def __init__(self) -> None:
        self.right: list[float] = []
        self.wrong: list[float] = []

    def add(
        self,
        one: Labelled,
        boxes: NDArray[np.float64],
        scores: NDArray[np.float32],
        labels: NDArray[np.str_],
        known: LabelledSet,
        words: Mapping[str, str],
    ) -> None:
        for number, word in enumerate(known.names):
            if word not in words.values():
                continue
            named = labels == word
            overlap = iou(one.boxes[one.classes == number], boxes[named])
            covers = overlap >= OVERLAP
            self.right += [float(scores[named][row].max(initial=0.0)) for row in covers]
            if number in known.labelled:
                self.wrong += scores[named][~covers.any(axis=0)].tolist()

    def sureness(self) -> float:
        if not self.right:
            return 0.0
        wrong = sorted(self.wrong, reverse=True)[: len(self.right)]
        return float(np.sum(self.right) - np.sum(wrong)) / len(self.right)


def _shown(known: LabelledSet, extra: Sequence[Picture]) -> Iterator[Labelled]:
    yield from known.pictures()
    for picture in extra:
        yield Labelled(picture, np.zeros((0, 4)), np.zeros(0, np.int64))
