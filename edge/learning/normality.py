"""What is normal before one camera: where things are, which way and how fast they go, of what kind they are, when.

Attributes with a plain density each, so that what surprises can be named (after Reiss and Hoshen 2022, who use
velocity, pose and deep features). Densities are histograms with their neighbours' help; a surprise is how rare a
density is among those of all that was seen here, so that it means the same on every camera. Pure.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.complaints import UnfitError, complaint

ROWS, COLUMNS = 18, 32
"""Cells of places."""
COARSE_ROWS, COARSE_COLUMNS = 6, 8
"""Cells in which ways, paces and kinds are counted."""
CELLS = np.array([[[COARSE_COLUMNS, COARSE_ROWS]], [[COLUMNS, ROWS]]])
"""Both, to find the cells of many samples at once."""
WAYS = 8
"""Directions; one more stands for standing still."""
STANDS = 0.12
"""Body heights a second below which somebody stands."""
PACES = np.array([0.12, 0.25, 0.4, 0.55, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0, 2.8])
"""Borders of the bins of speeds, body heights a second."""
PRIOR = 6.0
"""So many samples' worth the whole picture says of what a cell is like."""
BORROWED = 0.35
"""What a sample in a neighbouring cell, or bin, counts."""
LEVELS, DEEPEST = 80, 16.0
"""Bins of surprise, and the greatest told apart, nats."""
TAIL = 40.0
"""Samples beyond a level from which its rarity is counted; beyond that it is extrapolated."""

Grid = NDArray[np.float64]
Numbers = NDArray[np.int64]


class Attribute(StrEnum):
    """What may be unusual."""

    PLACE = "place"
    WAY = "way"
    PACE = "pace"
    KIND = "kind"
    HOUR = "hour"


ATTRIBUTES = tuple(Attribute)
DENSE = ATTRIBUTES[:-1]
"""Those of each sample; the hour is one of each track."""
FOLD, FOLDED = 512.0, 0.25
"""Whenever so many samples were seen, and twice as many, and so on, surprises from before count this much: those who
came first surprised a camera that knew nothing yet."""
DAYS = 2.0
"""Days that must be watched before an hour can be unusual."""


class Sample(NamedTuple):
    """Somebody at a moment.

    `x`, `y`: foot point, shares of the picture. `across`, `down`: body heights a second, NaN if unknown.
    """

    x: float
    y: float
    across: float
    down: float
    label: str

    @property
    def pace(self) -> float:
        """Body heights a second; NaN if unknown."""
        return math.hypot(self.across, self.down)


@dataclass
class Normality:
    """Counts of one camera. `seen`: samples that were learnt, fewer as they are forgotten."""

    seen: float = 0.0
    places: Grid = field(default_factory=lambda: np.zeros((ROWS, COLUMNS)))
    ways: Grid = field(default_factory=lambda: np.zeros((COARSE_ROWS, COARSE_COLUMNS, WAYS + 1)))
    paces: Grid = field(default_factory=lambda: np.zeros((COARSE_ROWS, COARSE_COLUMNS, len(PACES) + 1)))
    kinds: dict[str, Grid] = field(default_factory=dict)
    levels: Grid = field(default_factory=lambda: np.zeros((len(DENSE), LEVELS)))
    """How many samples were how surprising, by attribute."""
    watched_h: Grid = field(default_factory=lambda: np.zeros(24))
    came: Grid = field(default_factory=lambda: np.zeros(24))
    """Hours watched, and tracks that came, by hour of the day."""
    fold_at: float = FOLD
    _smooth: dict[str, Grid] = field(default_factory=dict, repr=False)
    _tail: tuple[Grid, Numbers, Grid] | None = field(default=None, repr=False)

    def learn(self, samples: Sequence[Sample], surprises: NDArray[np.float64]) -> None:
        """Take in samples, with how surprising (N, attributes) each was when it came."""
        for sample, surprise in zip(samples, surprises, strict=True):
            row, column = _cell(sample, ROWS, COLUMNS)
            self.places[row, column] += 1
            self.seen += 1
            coarse = _cell(sample, COARSE_ROWS, COARSE_COLUMNS)
            if not math.isnan(sample.pace):
                self.ways[(*coarse, _way(sample))] += 1
                self.paces[(*coarse, _pace(sample))] += 1
            self.kinds.setdefault(sample.label, np.zeros((COARSE_ROWS, COARSE_COLUMNS)))[coarse] += 1
            for number, nats in enumerate(surprise.tolist()):
                if not math.isnan(nats):
                    self.levels[number, _level(nats)] += 1
        while self.seen >= self.fold_at:
            self.levels *= FOLDED
            self.fold_at *= 2
        self._changed()

    def watch(self, hours: float, hour: int) -> None:
        """Time goes by, at an hour of the day, whether anybody comes or not."""
        self.watched_h[hour] += hours

    def come(self, hour: int) -> None:
        """Somebody new is there."""
        self.came[hour] += 1

    def forget(self, share: float) -> None:
        """Let go of a share of everything."""
        counts = (self.places, self.ways, self.paces, self.levels, self.watched_h, self.came)
        for grid in (*counts, *self.kinds.values()):
            np.multiply(grid, 1 - share, out=grid)
        self.seen *= 1 - share
        self._changed()

    def surprises(self, feet: Grid, ways: Grid, labels: Sequence[str]) -> Grid:
        """How unlikely samples are by each attribute but the hour (N, 4), nats; NaN where it is not known.

        `feet`, `ways`: (N, 2) of samples as `Sample` has them.
        """
        cells = np.minimum(np.maximum((feet * CELLS).astype(np.int64), 0), CELLS - 1)
        (columns, rows), (x, y) = cells.transpose(0, 2, 1)
        across, down = ways.T
        paces = np.hypot(across, down)
        unknown = np.isnan(paces)
        if unknown.any():
            across, down = np.where(unknown, 0.0, ways.T)
        directions = np.where(paces < STANDS, WAYS, _ways(across, down))
        bins = np.where(unknown, 0, np.searchsorted(PACES, paces))
        likely = np.empty((len(feet), len(DENSE)))
        likely[:, 0] = self._places()[y, x]
        likely[:, 1] = self._conditional("ways", self.ways, circular=WAYS)[rows, columns, directions]
        likely[:, 2] = self._conditional("paces", self.paces)[rows, columns, bins]
        likely[:, 3] = self._likely_kinds(labels, rows, columns)
        likely[unknown, 1:3] = np.nan
        nats: Grid = np.minimum(np.maximum(4.0 - np.log(np.maximum(likely, 1e-12)), 0.0), DEEPEST - 1e-9)
        return nats

    def rarity(self, nats: Grid) -> Grid:
        """How rare so much surprise is here (…, 4): log10 of one in so many samples; 0 where it is not known.

        Counted as long as enough was more surprising; beyond, it is taken to thin out as in the tail that was seen.
        """
        counted, anchors, slopes = self._tails()
        numbers = np.arange(len(DENSE))
        lost = np.isnan(nats)
        known = np.where(lost, 0.0, nats)
        levels = np.minimum((known * LEVELS / DEEPEST).astype(np.int64), LEVELS - 1)
        found = counted[numbers, np.minimum(levels, anchors)]
        found = found + np.where(levels > anchors, (known - anchors * DEEPEST / LEVELS) * slopes, 0.0)
        return np.where(lost, 0.0, found)

    def _tails(self) -> tuple[Grid, Numbers, Grid]:
        """Of each attribute: rarity by level, the last level that is counted, and how rarity grows beyond it."""
        if self._tail is None:
            step = DEEPEST / LEVELS
            totals = self.levels.sum(axis=1)
            beyond = np.cumsum(self.levels[:, ::-1], axis=1)[:, ::-1]
            enough = totals >= TAIL
            anchors = np.where(enough, LEVELS - 1 - (beyond >= TAIL)[:, ::-1].argmax(axis=1), LEVELS - 1)
            counted = np.where(
                enough[:, None], np.log10(np.maximum(totals[:, None], 1e-9) / np.maximum(beyond, 1e-9)), 0.0
            )
            slopes = np.zeros(len(DENSE))
            for number, anchor in enumerate(anchors.tolist()):
                tail = self.levels[number, anchor:]
                middles = (np.arange(len(tail)) + 0.5) * step
                slopes[number] = 1 / max(float((tail * middles).sum() / max(tail.sum(), 1e-9)), step) / math.log(10)
            self._tail = counted, anchors, slopes
        return self._tail

    def rarity_of_hour(self, hour: int) -> float:
        """How rare it is that somebody comes at this hour or at one as quiet: log10 of one in so many who come."""
        if self.watched_h.sum() < 24 * DAYS or self.came.sum() < TAIL:
            return 0.0
        rates = (self.came + 0.5) / np.maximum(self.watched_h, 0.5)
        quiet = rates <= rates[hour]
        return float(-np.log10((self.came[quiet].sum() + 0.5) / (self.came.sum() + 1.0)))

    def _places(self) -> Grid:
        """Likelihood of each cell relative to an even spread."""
        if "places" not in self._smooth:
            blurred = cv2.GaussianBlur(self.places, (0, 0), 1.0, borderType=cv2.BORDER_CONSTANT)
            self._smooth["places"] = (blurred + 0.05) / (blurred.mean() + 0.05)
        return self._smooth["places"]

    def _conditional(self, name: str, counts: Grid, circular: int = 0) -> Grid:
        """Likelihood of each bin in each cell, with the help of neighbouring cells, bins, and of the whole picture."""
        if name not in self._smooth:
            helped = counts.copy()
            for axis in (0, 1):
                helped += BORROWED * (_shifted(counts, 1, axis) + _shifted(counts, -1, axis))
            turning = helped[..., :circular] if circular else helped
            spread = turning + BORROWED * (
                np.roll(turning, 1, 2) + np.roll(turning, -1, 2)
                if circular
                else _shifted(turning, 1, 2) + _shifted(turning, -1, 2)
            )
            helped = np.concatenate([spread, helped[..., circular:]], axis=2) if circular else spread
            whole = counts.sum(axis=(0, 1)) + 1.0
            prior = PRIOR * whole / whole.sum()
            helped = helped + prior
            self._smooth[name] = helped / helped.sum(axis=2, keepdims=True)
        return self._smooth[name]

    def _likely_kinds(self, labels: Sequence[str], rows: Numbers, columns: Numbers) -> NDArray[np.float64]:
        """Likelihood of each label in its cell."""
        if len(set(labels)) == 1:
            return self._kind(labels[0])[rows, columns]
        cells = zip(labels, rows.tolist(), columns.tolist(), strict=True)
        return np.array([self._kind(label)[row, column] for label, row, column in cells], np.float64)

    def _kind(self, label: str) -> Grid:
        """Likelihood of a kind in each cell, with the help of the whole picture."""
        name = f"kind/{label}"
        if name not in self._smooth:
            nothing = np.zeros((COARSE_ROWS, COARSE_COLUMNS))
            here = sum(self.kinds.values(), nothing)
            grid = self.kinds.get(label, nothing)
            share = (grid.sum() + 0.5) / (here.sum() + 1.0)
            self._smooth[name] = (grid + PRIOR * share) / (here + PRIOR)
        return self._smooth[name]

    def _changed(self) -> None:
        """What was worked out of the counts no longer holds."""
        self._smooth.clear()
        self._tail = None


def most_surprising(rarities: Grid) -> tuple[list[Attribute], list[float]]:
    """Which attribute of each sample (N, 4) surprises most, and how rare that is."""
    return [ATTRIBUTES[number] for number in rarities.argmax(axis=1).tolist()], rarities.max(axis=1).tolist()


PLAIN = ("places", "ways", "paces", "levels", "watched_h", "came")


def as_arrays(normality: Normality) -> Mapping[str, Grid]:
    """What is kept on disk."""
    kinds = {f"kind/{label}": grid for label, grid in normality.kinds.items()}
    plain = {name: getattr(normality, name) for name in PLAIN}
    return {"seen": np.array([normality.seen, normality.fold_at]), **plain, **kinds}


def of_arrays(arrays: Mapping[str, Grid]) -> Normality:
    """The reverse of `as_arrays`. Raises UnfitError if something is missing or of another shape."""
    empty = as_arrays(Normality())
    for name, expected in empty.items():
        if name not in arrays or arrays[name].shape != expected.shape:
            raise UnfitError(complaint("memory.misshapen", name=name))
    kinds = {name.removeprefix("kind/"): grid for name, grid in arrays.items() if name.startswith("kind/")}
    seen, fold_at = arrays["seen"].tolist()
    places, ways, paces, levels, watched_h, came = (np.array(arrays[name]) for name in PLAIN)
    return Normality(seen, places, ways, paces, kinds, levels, watched_h, came, fold_at)


def _cell(sample: Sample, rows: int, columns: int) -> tuple[int, int]:
    return min(rows - 1, max(0, int(sample.y * rows))), min(columns - 1, max(0, int(sample.x * columns)))


def _way(sample: Sample) -> int:
    if sample.pace < STANDS:
        return WAYS
    return round(math.atan2(sample.down, sample.across) / (2 * math.pi) * WAYS) % WAYS


def _ways(across: NDArray[np.float64], down: NDArray[np.float64]) -> Numbers:
    """The same of many that do not stand."""
    return np.rint(np.arctan2(down, across) / (2 * math.pi) * WAYS).astype(np.int64) % WAYS


def _pace(sample: Sample) -> int:
    return int(np.searchsorted(PACES, sample.pace))


def _level(nats: float) -> int:
    return min(LEVELS - 1, int(nats * LEVELS / DEEPEST))


def _shifted(counts: Grid, by: int, axis: int) -> Grid:
    moved = np.roll(counts, by, axis)
    edge: list[slice | int] = [slice(None)] * counts.ndim
    edge[axis] = 0 if by > 0 else -1
    moved[tuple(edge)] = 0
    return moved
