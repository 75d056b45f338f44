"""Arithmetic on boxes: arrays of shape (N, 4), x1 y1 x2 y2 with x1 <= x2 and y1 <= y2, any one unit."""

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float32]

SAME = 0.75
"""Boxes that overlap more are one thing, called car by one cell and lorry by the next; a rider overlaps less."""


def areas(boxes: Boxes) -> NDArray[np.float32]:
    """Area of each box, shape (N,)."""
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def iou(a: Boxes, b: Boxes) -> NDArray[np.float32]:
    """Overlap of every box of `a` (N, 4) with every box of `b` (M, 4), 0..1, shape (N, M).

    A box of no area overlaps nothing (0, never NaN). Half-open boxes, unlike COCO's inclusive ones (Jaccard 1912).
    """
    left = np.maximum(a[:, None, 0], b[None, :, 0])
    top = np.maximum(a[:, None, 1], b[None, :, 1])
    right = np.minimum(a[:, None, 2], b[None, :, 2])
    bottom = np.minimum(a[:, None, 3], b[None, :, 3])
    shared = np.maximum(right - left, 0) * np.maximum(bottom - top, 0)
    union = areas(a)[:, None] + areas(b)[None, :] - shared
    overlap: NDArray[np.float32] = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
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
    gone = np.zeros(len(order), dtype=bool)
    for place in range(len(order)):
        if not gone[place]:
            kept.append(place)
            gone |= rivals[place]
    return order[kept]
