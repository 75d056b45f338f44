"""One picture as an evaluation sees it: what a detector found, and what is there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Judged:
    """Boxes are x1, y1, x2, y2 in pixels of the picture at the set's own size; classes are numbers of the set.

    A class counts in this picture if it is in `labelled` (everything of it is in the truth, so a box elsewhere is
    false) or in `partly` (some of it is in the truth: what is there should be found, but no box is false). Everything
    of other classes is left out, truth and boxes alike.
    """

    boxes: NDArray[np.floating]
    """(N, 4): what was found, in any order."""
    scores: NDArray[np.floating]
    """(N,)"""
    classes: NDArray[np.int64]
    """(N,)"""
    truth: NDArray[np.floating]
    """(M, 4): what is there."""
    truth_classes: NDArray[np.int64]
    """(M,)"""
    labelled: frozenset[int]
    partly: frozenset[int] = frozenset()
    ignored: NDArray[np.bool_] | None = None
    """(M,): need not be found, and any number of boxes on it are neither right nor false. None: nothing is."""
    shown: NDArray[np.floating] | None = None
    """(M, 4): what shows of each, where it is partly hidden; a box may fit either. None: the same as `truth`."""

    def __post_init__(self) -> None:
        found, there = len(self.boxes), len(self.truth)
        wanted = {
            "boxes": (self.boxes, (found, 4)),
            "scores": (self.scores, (found,)),
            "classes": (self.classes, (found,)),
            "truth": (self.truth, (there, 4)),
            "truth_classes": (self.truth_classes, (there,)),
            "ignored": (self.ignored, (there,)),
            "shown": (self.shown, (there, 4)),
        }
        for name, (array, shape) in wanted.items():
            if array is not None and array.shape != shape:
                raise ValueError(f"{name} must have shape {shape}, but has {array.shape}")
