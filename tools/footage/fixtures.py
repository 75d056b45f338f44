"""What can be seen of a place's own vehicles and things: part of the plate, so their boxes come from its depth."""

from collections.abc import Iterable

import numpy as np

from tools.footage.camera import Projection
from tools.footage.compose import Seen, Shares
from tools.footage.layers import Picture
from tools.footage.shadows import Sampler
from tools.footage.subject import subject
from tools.footage.world import Thing, View

CELL_PX = 3
NEAR_M, NEAR_SHARE = 0.15, 0.01
"""How much farther than what the picture shows a point may seem and still be it: metres, and of its depth."""
LEAST_POINTS = 12


class Fixtures:
    """The fixtures of one view; `seen` asks what a picture shows of them, given the depth of its pixels (H, W)."""

    def __init__(self, view: View, things: Iterable[Thing]) -> None:
        self._view = view
        self._points = {thing.id: found for thing in things if len((found := _front(view, thing))[0])}

    def seen(self, depth: Picture) -> dict[int, Seen]:
        """By id; those out of sight are left out."""
        return {
            number: _seen(shares, far, beyond, depth)
            for number, (shares, far, beyond) in self._points.items()
            if len(shares) >= LEAST_POINTS
        }


def _front(view: View, thing: Thing) -> tuple[Picture, Picture, float]:
    """Points that face the camera, one to a cell: where in the picture (N, 2), depth (N,), share outside it."""
    shown = subject(thing)
    points = Sampler(shown.solid).points(shown.vertices(thing, 0.0))
    shares, far = Projection(view).seen(points)
    shares, far = shares[far > NEAR_M], far[far > NEAR_M]
    order = np.argsort(far, kind="stable")
    cells = np.floor(shares[order] * (view.width, view.height) / CELL_PX).astype(np.int64)
    _, first = np.unique(cells, axis=0, return_index=True)
    nearest = order[first]
    kept = nearest[((shares[nearest] >= 0) & (shares[nearest] < 1)).all(axis=1)]
    beyond = 1.0 - kept.size / max(nearest.size, 1)
    return shares[kept].astype(np.float32), far[kept].astype(np.float32), beyond


def _seen(shares: Picture, far: Picture, beyond: float, depth: Picture) -> Seen:
    height, width = depth.shape
    columns, rows = (shares * (width, height)).astype(np.int64).T
    shows = np.asarray(far <= depth[rows, columns] * (1 + NEAR_SHARE) + NEAR_M)
    visible = float(shows.mean()) * (1.0 - beyond)
    return Seen(_box(shares), _box(shares[shows]) if shows.sum() >= LEAST_POINTS else None, visible)


def _box(shares: Picture) -> Shares:
    (x1, y1), (x2, y2) = shares.min(axis=0).tolist(), shares.max(axis=0).tolist()
    return x1, y1, x2, y2
