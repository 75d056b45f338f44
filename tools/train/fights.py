"""The weights of fights: how they are fitted, and what they say of clips that they have not seen."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.vision.card import MODELS, find_card
from edge.vision.detector import Detector, OnnxDetector
from edge.vision.senses.struggle import PERSON
from edge.vision.struggle.weights import Weights
from tools.bench.footage import YOLOX
from tools.footage.files import ROOT
from tools.train.logistic import Column, fit
from tools.train.windows import Windows

WEIGHTS = ROOT / "edge" / "vision" / "struggle" / "weights.yaml"
WINDOWS = ROOT / "out" / "train" / "fights"
HEAD = "# Made by `python -m tools.train fights`; what each means: measures.py, how they are used: weights.py.\n"
EVERYDAY = 0.5
"""How much all windows of everyday clips count together, beside as much again for the fights, and for their like."""


def detectors() -> dict[str, Detector]:
    """The two by whose eyes the windows are seen. Raises CardError, ModelFileError."""
    models: dict[str, Path | None] = {"ours": None, "YOLOX-nano": YOLOX}
    return {
        name: OnnxDetector(*find_card(model, MODELS), threads=1, only=frozenset(PERSON))
        for name, model in models.items()
    }


def weights_of(windows: Windows) -> Weights:
    """Fitted to all of them."""
    return fit(windows.values, windows.fights, shares(windows))


def left_out(windows: Windows) -> Column:
    """The score of each window (N,) by weights fitted without its group: without its source, place or clip."""
    scores = np.zeros(len(windows))
    for _, weights, held in without_each(windows):
        scores[held] = [weights.score(values) for values in windows.values[held]]
    return scores


def without_each(windows: Windows) -> Iterator[tuple[str, Weights, NDArray[np.bool_]]]:
    """Each group, the weights of all the others, and which windows are the group's."""
    for group in np.unique(windows.groups):
        held = windows.groups == group
        yield str(group), weights_of(windows.where(~held)), held


def shares(windows: Windows) -> Column:
    """How much each window counts: clips alike, fights as much as their like, everyday clips `EVERYDAY` together."""
    _, clip, counts = np.unique(windows.clips, return_inverse=True, return_counts=True)
    found = 1.0 / counts[clip]
    parts: Sequence[tuple[NDArray[np.bool_], float]] = (
        (windows.cut & windows.fights, 1.0),
        (windows.cut & ~windows.fights, 1.0),
        (~windows.cut, EVERYDAY),
    )
    for chosen, part in parts:
        if chosen.any():
            found[chosen] *= part / found[chosen].sum()
    # Of the size that the penalty was chosen at: one for each clip that is a fight or like one.
    scaled: Column = found * len(np.unique(windows.clips[windows.cut]))
    return scaled
