"""Real pedestrians' ways (ETH, UCY) as scenes seen from above: for rules, without a detector's mistakes."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.rules.base import Place
from edge.rules.ground import Ground
from edge.vision.gate import Decision, Reason
from edge.vision.scene import Scene, Tracks
from protocol.messages import Zone
from tests.conftest import REPOSITORY
from tests.edge.scenes import START

FOLDER = REPOSITORY.parent / "shared/data/trajectories"
NAMES = ("eth", "hotel", "zara01", "zara02", "zara03", "students001", "students003")
MARGIN_M = 2.0
PERSON_M = 1.7
EVERYWHERE = Zone(name="everywhere", polygon=((0, 0), (1, 0), (1, 1), (0, 1)))


@dataclass(frozen=True)
class Walks:
    """One scene: each person's times and metres."""

    people: dict[int, tuple[NDArray[np.float64], NDArray[np.float64]]]
    low: NDArray[np.float64]
    size_m: float

    @property
    def place(self) -> Place:
        """A camera that looks straight down on all of it."""
        far = self.low + self.size_m
        corners = (
            (0.0, 1.0, *self.low),
            (1.0, 1.0, far[0], self.low[1]),
            (1.0, 0.0, *far),
            (0.0, 0.0, self.low[0], far[1]),
        )
        return Place("walks", {"everywhere": EVERYWHERE}, {}, ground=Ground.measured(corners))

    @property
    def person_hours(self) -> float:
        return sum(float(times[-1] - times[0]) for times, _ in self.people.values()) / 3600

    def scenes(self, fps: float = 5.0, jitter: float = 0.03) -> Iterator[Scene]:
        """Boxes jitter by a share of their height, each edge for itself; the same every time."""
        random = np.random.default_rng(7)
        end = max(times[-1] for times, _ in self.people.values())
        high = PERSON_M / self.size_m
        for number in range(int(end * fps) + 1):
            t = number / fps
            here = {ped: way for ped, way in sorted(self.people.items()) if way[0][0] <= t <= way[0][-1]}
            feet = np.array(
                [[np.interp(t, times, metres[:, axis]) for axis in (0, 1)] for times, metres in here.values()]
            ).reshape(-1, 2)
            x, y = ((feet - self.low) / self.size_m).T
            boxes = np.stack([x - high / 5, 1 - y - high, x + high / 5, 1 - y], axis=1)
            boxes += random.normal(0, jitter * high, boxes.shape)
            tracks = Tracks(
                ids=np.array(list(here), np.int64),
                labels=("person",) * len(here),
                scores=np.full(len(here), 0.9, np.float32),
                boxes=boxes.clip(0, 1).astype(np.float32),
                seen=np.ones(len(here), np.bool_),
                ages_s=np.zeros(len(here), np.float32),
            )
            yield Scene("walks", number, START + timedelta(seconds=t), tracks, Decision(Reason.MOTION), aspect=1.0)


def read(name: str, folder: Path = FOLDER) -> Walks:
    """Those of whom there is more than one record."""
    rows: dict[int, list[tuple[float, float, float]]] = {}
    with (folder / f"{name}.csv").open() as file:
        for row in csv.DictReader(file):
            rows.setdefault(int(row["ped"]), []).append((float(row["t_s"]), float(row["x_m"]), float(row["y_m"])))
    people = {}
    for ped, records in rows.items():
        table = np.array(sorted(records))
        if len(table) > 1:
            people[ped] = table[:, 0], table[:, 1:]
    everything = np.concatenate([metres for _, metres in people.values()])
    low = everything.min(axis=0) - MARGIN_M
    return Walks(people, low, float((everything.max(axis=0) + MARGIN_M - low).max()))
