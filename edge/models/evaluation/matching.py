"""Which of the boxes found in one picture, all of one class, are right, false, or not to be counted."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Verdict(IntEnum):
    """What one found box is worth."""

    NOT_COUNTED = -1
    FALSE = 0
    RIGHT = 1


def match(
    overlap: NDArray[np.floating], scores: NDArray[np.floating], ignored: NDArray[np.bool_], least_overlap: float
) -> NDArray[np.int8]:
    """A `Verdict` for each found box, shape (N,), in the order given.

    overlap (N, M) of N found with M true boxes; scores (N,); ignored (M,). Greedy, best score first, as COCO's
    evaluation does it (Lin et al. 2014, pycocotools `evaluateImg`): a box takes the true one it overlaps most among
    those that nobody has taken and that count; else, if it overlaps an ignored one, it is not counted; else it is
    false. Unlike COCO's, an ignored one may have several boxes on it (VOC's rule for difficult ones).
    """
    verdicts = np.full(len(scores), Verdict.FALSE, np.int8)
    close = overlap >= least_overlap
    free = ~ignored
    for number in np.argsort(-scores, kind="stable"):
        if not close[number].any():
            continue
        reachable = np.flatnonzero(close[number] & free)
        if len(reachable):
            free[reachable[np.argmax(overlap[number, reachable])]] = False
            verdicts[number] = Verdict.RIGHT
        elif (close[number] & ignored).any():
            verdicts[number] = Verdict.NOT_COUNTED
    return verdicts
