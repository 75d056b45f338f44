"""What the rules see of one frame: tracks as columns, and what moved."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Boxes
from edge.vision.gate import Decision
from protocol.kinds import Severity

V = TypeVar("V")

SHARED = ("feet", "heights", "numbers", "feet_at", "tall")
"""Columns that a part of some tracks takes over from the whole, if that has worked them out…"""
PARTED = ("ids", "labels", "scores", "boxes", "seen", "ages_s", *SHARED)
"""… and those with which it is made."""


@dataclass(frozen=True)
class Tracks:
    """N tracks as columns of equal length, by rising id. Arrays are read-only.

    Rules go through tracks one by one more often than not; plain numbers are faster for that than arrays. They are made
    once for all rules: `numbers`, `feet_at`, `boxes_at` and `tall` by row, `label_of` by id; `by_row` is for what rules
    work out themselves. Do not change them.
    """

    ids: NDArray[np.int64]
    """From 1, never used again within a run."""
    labels: tuple[str, ...]
    """The class most of its detections spoke for."""
    scores: NDArray[np.float32]
    boxes: Boxes
    """(N, 4) xyxy, 0..1 of the picture."""
    seen: NDArray[np.bool_]
    """False: not detected in this frame, its box is a prediction or where it stands still."""
    ages_s: NDArray[np.float32]
    """Seconds since its first detection."""

    def __post_init__(self) -> None:
        for column in (self.ids, self.scores, self.boxes, self.seen, self.ages_s):
            column.flags.writeable = False

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def feet(self) -> NDArray[np.float32]:
        """Where each stands: the middle of its box's bottom edge, (N, 2)."""
        return np.stack([(self.boxes[:, 0] + self.boxes[:, 2]) / 2, self.boxes[:, 3]], axis=1)

    @cached_property
    def heights(self) -> NDArray[np.float32]:
        """Box heights, 0..1 of the picture's height."""
        return self.boxes[:, 3] - self.boxes[:, 1]

    @cached_property
    def numbers(self) -> list[int]:
        """Ids as plain numbers."""
        numbers: list[int] = self.ids.tolist()
        return numbers

    @cached_property
    def visible(self) -> frozenset[int]:
        """All ids."""
        return frozenset(self.numbers)

    @cached_property
    def boxes_at(self) -> list[tuple[float, float, float, float]]:
        """Boxes as plain numbers."""
        return list(zip(*self.boxes.T.tolist(), strict=True))

    @cached_property
    def feet_at(self) -> list[tuple[float, float]]:
        """Feet as plain numbers."""
        return list(zip(*self.feet.T.tolist(), strict=True))

    @cached_property
    def tall(self) -> list[float]:
        """Heights as plain numbers."""
        tall: list[float] = self.heights.tolist()
        return tall

    @cached_property
    def precise_boxes(self) -> NDArray[np.float64]:
        """Boxes in the precision of plain numbers."""
        return self.boxes.astype(np.float64)

    @cached_property
    def label_of(self) -> dict[int, str]:
        """Labels by id."""
        return dict(zip(self.numbers, self.labels, strict=True))

    def rows_of(self, labels: tuple[str, ...]) -> list[int]:
        """Rows of the tracks that have one of some labels, rising; worked out once for all rules. Do not change it."""
        rows: list[int] | None = self._known.get(labels)
        if rows is None:
            meant = self._kinds.intersection(labels)
            if len(meant) == len(self._kinds):
                rows = list(range(len(self)))
            else:
                rows = [row for row, label in enumerate(self.labels) if label in meant] if meant else []
            self._known[labels] = rows
        return rows

    def precise_boxes_of(self, labels: tuple[str, ...]) -> NDArray[np.float64]:
        """Precise boxes of the tracks that have one of some labels."""
        rows = self.rows_of(labels)
        return self.precise_boxes if len(rows) == len(self) else self.precise_boxes[rows]

    def once(self, key: Hashable, work: "Callable[[], list[V]]") -> list[V]:
        """What `work` finds, worked out once for all rules that ask with an equal key. Do not change it."""
        found: list[V] | None = self._known.get(key)
        if found is None:
            found = self._known[key] = work()
        return found

    def by_row(self, key: Hashable, work: "Callable[[Tracks], list[V]]") -> list[V]:
        """What `work` says of each row by itself, worked out once for all rules that ask with an equal key."""
        found: list[V] | None = self._known.get(key)
        if found is None:
            if self._part_of is None:
                found = work(self)
            else:
                whole, start, end = self._part_of
                found = whole.by_row(key, work)[start:end]
            self._known[key] = found
        return found

    def part(self, start: int, end: int) -> "Tracks":
        """Some rows that follow one another. They share what is worked out of all, as those of one scene among many."""
        known, rows = self.__dict__, slice(start, end)
        # Not by the constructor: parts of read-only columns are read-only, and a day has a hundred thousand of them.
        part = object.__new__(Tracks)
        part.__dict__.update({name: known[name][rows] for name in PARTED if name in known})
        part.__dict__.update(_part_of=(self, start, end), _known={}, _kinds=self._kinds)
        return part

    def work_out(self) -> None:
        """Make the columns now that parts can take over: faster than one by one if most of them will be asked for."""
        for name in SHARED:
            getattr(self, name)

    @cached_property
    def _kinds(self) -> frozenset[str]:
        """The labels there are, of a part those of the whole: seldom more than two or three."""
        return frozenset(self.labels)

    @cached_property
    def _known(self) -> dict[Hashable, Any]:
        return {}

    @cached_property
    def _part_of(self) -> "tuple[Tracks, int, int] | None":
        return None

    @classmethod
    def none(cls) -> "Tracks":
        """Nobody there."""
        return cls(
            np.zeros(0, np.int64),
            (),
            np.zeros(0, np.float32),
            np.zeros((0, 4), np.float32),
            np.zeros(0, np.bool_),
            np.zeros(0, np.float32),
        )


@dataclass(frozen=True)
class Reading:
    """What a sense says of one frame; see `edge/vision/senses`. Its arrays are read-only."""


R = TypeVar("R", bound=Reading)


@dataclass(frozen=True, slots=True)
class Scene:
    """One analysed frame of one camera as the rules see it."""

    camera: str
    index: int
    at: datetime
    """UTC, from the frame; the only time that rules know."""
    tracks: Tracks
    gate: Decision
    """Whether the detector looked, why, and what moved."""
    uncertainty_ms: int = 0
    readings: tuple[Reading, ...] = ()
    aspect: float = 16 / 9
    """The picture's width over its height: what a share of the one is to a share of the other."""
    paused: Severity | None = None
    """Rules of up to this severity were not shown it, for the node was on short rations."""

    def reading(self, kind: type[R]) -> R:
        """What a sense said of it. Raises LookupError if no rule asked for that sense."""
        for reading in self.readings:
            if isinstance(reading, kind):
                return reading
        raise LookupError(f"no {kind.__name__} in this scene: name its sense in the rule's senses")
