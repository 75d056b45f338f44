"""A labelled set, whatever form its files have: pictures with what is in them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.complaints import Complaint, complaint
from edge.models.errors import LabelledSetError
from edge.video.picture import Picture


@dataclass(frozen=True, slots=True)
class Labelled:
    """One picture: boxes (N, 4) x1, y1, x2, y2 as shares of it, their class numbers (N,), see `Judged` for the rest."""

    picture: Picture
    boxes: NDArray[np.float64]
    classes: NDArray[np.int64]
    ignored: NDArray[np.bool_] | None = None
    shown: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """`names`: its words, by class number. `labelled`: those of which everything is labelled; `partly`: some of it."""

    name: str
    names: tuple[str, ...]
    labelled: frozenset[int]
    partly: frozenset[int]
    count: int
    """How many pictures it has."""
    pictures: Callable[[], Iterator[Labelled]]
    """Reads them one after the other, from the first each time. Raises LabelledSetError for one that is broken."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words that count."""
        return tuple(self.names[number] for number in sorted(self.labelled | self.partly))


def set_name(path: Path) -> str:
    """What a set is called in tables: its folder's last two names."""
    return "/".join(path.resolve().parts[-2:])


def refuse(problems: Sequence[Complaint], most: int = 5) -> None:
    """Raise LabelledSetError with the first mistakes if there are any."""
    if problems:
        more = len(problems) - most
        raise LabelledSetError(*problems[:most], *([complaint("labelled.more", more=more)] if more > 0 else []))
