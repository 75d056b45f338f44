"""Arithmetic on boxes: arrays of shape (N, 4), x1 y1 x2 y2 with x1 <= x2 and y1 <= y2, any one unit."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float32]
Real = TypeVar("Real", np.float32, np.float64)

SAME = 0.75
"""Boxes that overlap more are one thing, called car by one cell and lorry by the next; a rider overlaps less."""

NO_AREA = 1e-12
"""Less than any box covers, in place of nothing where it is divided by."""


def iou(a: NDArray[Real], b: NDArray[Real]) -> NDArray[Real]:
    """Overlap of every box of `a` (N, 4) with every box of `b` (M, 4), 0..1, shape (N, M).

    A box of no area overlaps nothing (0, never NaN). Half-open boxes, unlike COCO's inclusive ones (Jaccard 1912).
    """
    # Sides by pairs (2, N, M), both at once: for few boxes the calls into numpy are what costs. For many it is how they
    # lie in memory: edge by edge is four times faster.
    first, second = np.ascontiguousarray(a.T)[:, :, None], np.ascontiguousarray(b.T)[:, None]
    sides = np.minimum(first[2:], second[2:]) - np.maximum(first[:2], second[:2])
    np.maximum(sides, 0, out=sides)
    shared = sides[0] * sides[1]
    wide, high = first[2:] - first[:2]
    other_wide, other_high = second[2:] - second[:2]
    union = wide * high + other_wide * other_high - shared
    overlap: NDArray[Real] = shared / np.maximum(union, NO_AREA)
    return overlap


def suppress(boxes: Boxes, scores: NDArray[np.float32], classes: NDArray[np.int64], limit: float) -> NDArray[np.int64]:
    """Greedy non-maximum suppression: indices of the boxes kept, best first.

    Of two boxes of one class that overlap by more than `limit`, or of any classes that overlap by more than `SAME`, the
    one with the lower score goes; equal scores keep the lower index, so that the result does not depend on the sort.
    """
    order = np.argsort(-scores, kind="stable")
    overlap = iou(boxes[order], boxes[order])
    rivals = (overlap > SAME) | ((overlap > limit) & (classes[order][:, None] == classes[order][None, :]))
    kept: list[int] = []
    rest = np.arange(len(order))
    while len(rest):
        best, rest = rest[0], rest[1:]
        kept.append(best)
        rest = rest[~rivals[best][rest]]
    return order[kept]
