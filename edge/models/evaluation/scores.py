"""The figures of an evaluation: per class, by height, and their means."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from edge.models.evaluation.curve import Curve
from edge.models.evaluation.judged import Judged
from edge.models.evaluation.matching import Verdict, match
from edge.vision.boxes import iou

LEAST_OVERLAP = 0.5
HEIGHTS_PX: Mapping[str, tuple[float, float]] = {"<32": (0, 32), "32–96": (32, 96), "≥96": (96, np.inf)}
"""Classes of height, in pixels of the picture at the set's own size: from, up to and without."""
ALL = "all"


@dataclass(frozen=True, slots=True)
class Found:
    """How well the things of one class and one range of heights are found.

    `ap50` is None where there is nothing to find, or where no picture labels the class completely. `recall`: with one
    false box per picture (of those that label the class completely); where none does, with every box.
    """

    wanted: int
    ap50: float | None
    recall: float | None


@dataclass(frozen=True, slots=True)
class ClassScores:
    """One class. `pictures`: in how many the class is labelled completely, so that boxes can be false."""

    pictures: int
    all: Found
    by_height: Mapping[str, Found]
    best_f1: float | None
    """At the score `best_score`: a good threshold where a false box is as bad as one not found."""
    best_score: float | None
    score_at_one: float | None
    """The score that gives `all.recall`."""


@dataclass(frozen=True, slots=True)
class Scores:
    """An evaluation. Means are over the classes of which something is to be found and boxes can be false."""

    pictures: int
    classes: Mapping[int, ClassScores]
    ap50: float | None
    recall: float | None


@dataclass(slots=True)
class _Pile:
    """Verdicts on the boxes of one class and range of heights, over all pictures."""

    scores: list[NDArray[np.floating]] = field(default_factory=list)
    right: list[NDArray[np.bool_]] = field(default_factory=list)
    wanted: int = 0

    def curve(self) -> Curve:
        if not self.scores:
            return Curve.of(np.zeros(0), np.zeros(0, np.bool_), self.wanted)
        return Curve.of(np.concatenate(self.scores), np.concatenate(self.right), self.wanted)


def evaluate(pictures: Iterable[Judged], least_overlap: float = LEAST_OVERLAP) -> Scores:
    """Match found boxes with true ones picture by picture, and read the figures off the curves.

    Each class alone; greedy by score, one to one, at an overlap (IoU) of at least `least_overlap`, see `match`. For a
    range of heights, true boxes outside it are ignored, and so are boxes outside it that match nothing.
    """
    piles: dict[tuple[int, str], _Pile] = defaultdict(_Pile)
    complete: dict[int, int] = defaultdict(int)
    seen: set[int] = set()
    count = 0
    for picture in pictures:
        count += 1
        for number in picture.labelled:
            complete[number] += 1
        for number in picture.labelled | picture.partly:
            seen.add(number)
            _judge(picture, number, piles, least_overlap)
    classes = {number: _class_scores(number, piles, complete[number]) for number in sorted(seen)}
    measured = [scores.all for scores in classes.values() if scores.all.ap50 is not None]
    return Scores(count, classes, _mean([one.ap50 for one in measured]), _mean([one.recall for one in measured]))


def _judge(picture: Judged, number: int, piles: dict[tuple[int, str], _Pile], least_overlap: float) -> None:
    """Put one picture's boxes of one class on the piles of all ranges of heights."""
    found, there = picture.classes == number, picture.truth_classes == number
    if not found.any() and not there.any():
        return
    boxes, truth, scores = picture.boxes[found], picture.truth[there].astype(np.float64), picture.scores[found]
    overlap = iou(boxes.astype(np.float64), truth)
    if picture.shown is not None:
        overlap = np.maximum(overlap, iou(boxes.astype(np.float64), picture.shown[there].astype(np.float64)))
    ignored = np.zeros(len(truth), np.bool_) if picture.ignored is None else picture.ignored[there]
    tall, true_tall = boxes[:, 3] - boxes[:, 1], truth[:, 3] - truth[:, 1]
    for name, (low, high) in {ALL: (-np.inf, np.inf), **HEIGHTS_PX}.items():
        elsewhere = ignored | (true_tall < low) | (true_tall >= high)
        verdicts = match(overlap, scores, elsewhere, least_overlap)
        out_of_range = (verdicts == Verdict.FALSE) & ((tall < low) | (tall >= high) | (number not in picture.labelled))
        counted = (verdicts != Verdict.NOT_COUNTED) & ~out_of_range
        pile = piles[number, name]
        pile.scores.append(scores[counted])
        pile.right.append(verdicts[counted] == Verdict.RIGHT)
        pile.wanted += int((~elsewhere).sum())


def _class_scores(number: int, piles: Mapping[tuple[int, str], _Pile], pictures: int) -> ClassScores:
    found = {name: _found(piles.get((number, name), _Pile()), pictures) for name in (ALL, *HEIGHTS_PX)}
    whole = piles.get((number, ALL), _Pile())
    curve = whole.curve()
    best_f1, best_score = curve.best_f1() if whole.wanted and pictures else (None, None)
    _, at_one = curve.recall_at(pictures)
    return ClassScores(pictures, found[ALL], {name: found[name] for name in HEIGHTS_PX}, best_f1, best_score, at_one)


def _found(pile: _Pile, pictures: int) -> Found:
    if not pile.wanted:
        return Found(0, None, None)
    curve = pile.curve()
    # Where no picture is labelled completely no box is false, so the limit of none lets all of them count.
    return Found(pile.wanted, curve.average_precision() if pictures else None, curve.recall_at(pictures)[0])


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
