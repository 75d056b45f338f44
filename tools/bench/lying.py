"""Filmed people who lie on the ground or a bed: boxes of ours, drawn by eye, for pictures of GMDCSA24's falls.

`lying.csv` names four pictures of each of the eleven falls, from its end to the clip's, with the box of who has fallen
(corners as shares of the picture, a fiftieth sure). Rooms and people are those of detection's `falls_auto/test`, whose
eight boxes, made by background subtraction, often hold the blanket as well, or half of the person.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import av
import numpy as np

from edge.models.evaluation.labelled import Labelled, LabelledSet
from edge.video.picture import Picture
from tools.bench.footage import DATA

BOXES = Path(__file__).with_suffix(".csv")
FALLS = DATA / "falls"
CLOSE_S = 0.005
"""Times are written to a hundredth of a second."""


@dataclass(frozen=True, slots=True)
class Fallen:
    """Who lies in the first picture of a clip from a time on: x1, y1, x2, y2 as shares of it."""

    clip: str
    at_s: float
    box: tuple[float, float, float, float]


def fallen(path: Path = BOXES) -> list[Fallen]:
    """All of them, in the order of clips and times."""
    with path.open(encoding="utf-8") as file:
        return [
            Fallen(
                row["clip"],
                float(row["at_s"]),
                (float(row["x1"]), float(row["y1"]), float(row["x2"]), float(row["y2"])),
            )
            for row in csv.DictReader(file)
        ]


def filmed_falls(folder: Path = FALLS) -> LabelledSet:
    """A labelled set of them, people alone."""
    people = fallen()
    return LabelledSet(
        "filmed falls", ("person",), frozenset({0}), frozenset(), len(people), partial(_pictures, folder, people)
    )


def _pictures(folder: Path, people: Sequence[Fallen]) -> Iterator[Labelled]:
    for clip, of_clip in groupby(people, attrgetter("clip")):
        waiting = list(of_clip)
        with av.open(str(folder / clip)) as container:
            for frame in container.decode(video=0):
                if waiting and frame.time is not None and frame.time >= waiting[0].at_s - CLOSE_S:
                    yield Labelled(Picture(frame), np.array([waiting.pop(0).box]), np.zeros(1, np.int64))
