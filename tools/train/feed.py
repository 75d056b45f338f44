"""A stream of batches, made in processes of its own. Everything follows from the seed and the batch's number."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from edge.models.pictures import read_picture
from edge.vision.card import InputCard
from edge.vision.decode.base import UNIT
from tools.train.augment import MOSAIC, Labelled, Pixels, Targets, laid, letterboxed, recoloured
from tools.train.cutouts import CutOut, cut_outs, peopled
from tools.train.loss import PADDING, Truth
from tools.train.samples import AGAIN, Sample


def input_of(width: int, height: int) -> InputCard:
    """How the detector is shown pictures."""
    return InputCard(width=width, height=height, colour="rgb", scale=UNIT)


WIDE, NARROW, SQUARE, TALL = input_of(416, 256), input_of(384, 288), input_of(320, 320), input_of(288, 384)
"""For cameras of 16:9 and of 4:3, for square pictures and for cameras turned upright: about as much work."""
SIZES = (WIDE, NARROW, SQUARE, TALL)
SMALL = (input_of(320, 192), input_of(256, 224), input_of(256, 256), input_of(224, 256))
"""The same in little: learning begins with them, for they take half the time."""
SHARES = (0.5, 0.3, 0.1, 0.1)
"""How many batches of each."""


def larger(times: int) -> tuple[InputCard, ...]:
    """All sizes so many times as wide and as high."""
    return tuple(input_of(times * one.width, times * one.height) for one in SIZES)


@dataclass(frozen=True, slots=True)
class Batch:
    """Pictures (B, 3, H, W) uint8 RGB and what is in them."""

    pictures: Tensor
    truth: Truth

    def pin_memory(self) -> "Batch":
        """The pictures where a GPU can fetch them while it works; the loader asks for it by this name."""
        return Batch(self.pictures.pin_memory(), self.truth)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is drawn from, by what weights, how many to a batch, until which batch pictures are small, and mixed.

    `kept`: pictures that are in memory already, see `kept_in_memory`; `people`: those laid over mixed pictures;
    `sizes`: how large pictures are when they are not small, as many as there are `SHARES`.
    """

    samples: Sequence[Sample]
    weights: Sequence[float]
    batch: int
    seed: int
    small_until: int
    mixed_until: int
    augment: bool = True
    kept: Mapping[str, Pixels] = field(default_factory=dict)
    people: Sequence[CutOut] = ()
    sizes: Sequence[InputCard] = SIZES


class Batches(Dataset[Batch]):
    """Batch by number."""

    def __init__(self, plan: Plan, first: int, count: int) -> None:
        self._plan, self._first, self._count = plan, first, count
        weights = np.asarray(plan.weights, np.float64)
        self._odds = np.cumsum(weights / weights.sum())

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> Batch:
        number = self._first + index
        chance = np.random.default_rng((self._plan.seed, number))
        canvases = SMALL if number < self._plan.small_until else self._plan.sizes
        canvas = canvases[int(chance.choice(len(canvases), p=SHARES))]
        made = [self._picture(canvas, chance, mixed=number < self._plan.mixed_until) for _ in range(self._plan.batch)]
        return batch_of([rgb for rgb, _ in made], [targets for _, targets in made])

    def _picture(self, canvas: InputCard, chance: np.random.Generator, *, mixed: bool) -> tuple[np.ndarray, Targets]:
        if not self._plan.augment:
            return letterboxed(self._drawn(chance), canvas)
        count = 4 if mixed and chance.random() < MOSAIC else 1
        rgb, targets = laid([self._drawn(chance) for _ in range(count)], canvas, chance)
        if mixed:
            targets = peopled(rgb, targets, self._plan.people, chance)
        return recoloured(rgb, chance), targets

    def _drawn(self, chance: np.random.Generator) -> Labelled:
        chosen = int(np.searchsorted(self._odds, chance.random(), side="right"))
        sample = self._plan.samples[min(chosen, len(self._odds) - 1)]
        return pictured(sample, self._plan.kept)


def read(sample: Sample) -> Pixels:
    """A sample's picture (H, W, 3) RGB."""
    return np.ascontiguousarray(read_picture(Path(sample.picture), AGAIN)[..., ::-1])


def kept_in_memory(samples: Iterable[Sample]) -> dict[str, Pixels]:
    """All pictures, read once: some 400 kB each, and a GPU is not kept waiting for files to be unpacked."""
    with ThreadPoolExecutor() as readers:
        samples = list(samples)
        return {sample.picture: rgb for sample, rgb in zip(samples, readers.map(read, samples), strict=True)}


def people_of(samples: Iterable[Sample], kept: Mapping[str, Pixels]) -> list[CutOut]:
    """Everybody who can be cut out of the samples' pictures; a minute's work for two cores."""
    with ThreadPoolExecutor() as cutters:
        found = cutters.map(lambda sample: list(cut_outs(pictured(sample, kept))), samples)
        return [somebody for people in found for somebody in people]


def pictured(sample: Sample, kept: Mapping[str, Pixels]) -> Labelled:
    """A sample with its picture, from memory if it is there."""
    rgb = kept.get(sample.picture)
    return labelled(sample, read(sample) if rgb is None else rgb)


def labelled(sample: Sample, rgb: Pixels) -> Labelled:
    """A sample with its picture. What its source is silent about is an ignored box over all of it."""
    silent = np.array([(0, 0, 1, 1, kind, 0) for kind in sample.silent], np.float32).reshape(-1, 6)
    return Labelled(rgb, np.concatenate([sample.targets, silent]))


def batch_of(pictures: Sequence[np.ndarray], targets: Sequence[Targets]) -> Batch:
    """Stack pictures, pad targets."""
    things, there = padded([rows[rows[:, 5] > 0.5, :5] for rows in targets])
    ignored, known = padded([rows[rows[:, 5] <= 0.5, :5] for rows in targets])
    stacked = np.ascontiguousarray(np.stack(pictures).transpose(0, 3, 1, 2))
    return Batch(
        torch.from_numpy(stacked),
        Truth(
            torch.from_numpy(things[..., :4].copy()),
            torch.from_numpy(things[..., 4].astype(np.int64)),
            torch.from_numpy(there),
            torch.from_numpy(ignored[..., :4].copy()),
            torch.from_numpy(np.where(known, ignored[..., 4], PADDING).astype(np.int64)),
        ),
    )


def padded(targets: Sequence[Targets]) -> tuple[Targets, np.ndarray]:
    """Rows of several pictures (B, M, 5), and which of them are there (B, M); at least one row for each."""
    most = max(1, *(len(rows) for rows in targets)) if targets else 1
    filled = np.zeros((len(targets), most, 5), np.float32)
    there = np.zeros((len(targets), most), bool)
    for number, rows in enumerate(targets):
        filled[number, : len(rows)] = rows
        there[number, : len(rows)] = True
    return filled, there


def batches(plan: Plan, first: int, count: int, workers: int) -> Iterator[Batch]:
    """Batches `first` to `first + count`, made ahead by `workers` processes."""
    loader = DataLoader(
        Batches(plan, first, count),
        batch_size=None,
        num_workers=workers,
        prefetch_factor=4 if workers else None,
        pin_memory=torch.cuda.is_available(),
    )
    yield from loader
