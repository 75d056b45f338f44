"""Other detectors, asked what they see in every cell of the very pictures that are learned from.

A box says where somebody is; a teacher's cells also say how sure one can be of him, what else he might be and what the
rest of the picture is not, and of a picture that was cut, mixed and recoloured they say it anew. So a few thousand
pictures teach far more (Hinton et al. 2015; Beyer et al. 2022, *A good teacher is patient and consistent*). The
teachers label, cell by cell, and no more: nothing of their weights goes into ours. They are those of the ensemble that
are under Apache-2.0.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from edge.vision.card import MODELS, InputCard, find_card
from edge.vision.decode.picodet import BINS
from tools.train.graph import Graph
from tools.train.labels import LABELS, index_of
from tools.train.network import cells


class Cells(NamedTuple):
    """What is seen in every cell: scores (B, C, N) 0..1, and the boxes' corners in pixels (B, 4, N)."""

    scores: Tensor
    boxes: Tensor


@dataclass(frozen=True, slots=True)
class Lesson:
    """What teachers say of every cell: scores (B, N, C) 0..1 and boxes (B, N, 4) in pixels.

    `known` (C,) is true for the classes they know; of the others they say nothing.
    """

    scores: Tensor
    boxes: Tensor
    known: Tensor


def yolox(rows: Tensor, middles: Tensor, strides: Tensor) -> Cells:
    """Of YOLOX's rows (B, 85, N): the middle from the cell's corner and the logarithm of the size, in strides."""
    middle = rows[:, :2] * strides + middles - strides / 2
    half = rows[:, 2:4].exp() * strides / 2
    return Cells(rows[:, 4:5] * rows[:, 5:], torch.cat([middle - half, middle + half], 1))


def picodet(rows: Tensor, middles: Tensor, strides: Tensor) -> Cells:
    """Of PicoDet's rows (B, 112, N): scores before the sigmoid, then how far each edge is, as a distribution."""
    bins = rows[:, -4 * BINS :].unflatten(1, (4, BINS)).softmax(2)
    reach = (bins * torch.arange(BINS, device=rows.device)[:, None]).sum(2) * strides
    return Cells(rows[:, : -4 * BINS].sigmoid(), torch.cat([middles - reach[:, :2], middles + reach[:, 2:]], 1))


TEACHERS: dict[str, tuple[tuple[str, ...], Callable[[Tensor, Tensor, Tensor], Cells]]] = {
    "yolox_nano_416": (("onnx::Shape_1066", "onnx::Shape_1108", "output.1"), yolox),
    "picodet_s_416": (("conv2d_223.tmp_0", "conv2d_226.tmp_0", "conv2d_229.tmp_0"), picodet),
}
"""Detectors by the names of their cards: their maps with strides of 8, 16 and 32, and how those are read."""


class Teacher(nn.Module):
    """A detector whose cells lie where ours do."""

    def __init__(self, weights: Path) -> None:
        super().__init__()
        card, path = find_card(weights, MODELS)
        maps, self._read = TEACHERS[card.name]
        self.graph = Graph(path, maps)
        self._input = card.input
        kinds = [index_of(word) for word in card.labels]
        self.columns = [[column for column, one in enumerate(kinds) if one == kind] for kind in range(len(LABELS))]

    def forward(self, pictures: Tensor) -> Cells:
        """Pictures (B, 3, H, W) RGB 0..1 to cells of our classes; of one that it does not know it sees nothing."""
        middles, strides = (table.to(pictures.device) for table in cells(*pictures.shape[2:]))
        weights = next(self.graph.buffers())
        maps = self.graph(prepared(pictures, self._input).to(weights.dtype))
        scores, boxes = self._read(torch.cat([one.flatten(2) for one in maps], 2).float(), middles, strides)
        nothing = scores.new_zeros(scores[:, 0].shape)
        ours = [scores[:, columns].amax(1) if columns else nothing for columns in self.columns]
        return Cells(torch.stack(ours, 1), boxes)


def prepared(pictures: Tensor, wanted: InputCard) -> Tensor:
    """Pictures (B, 3, H, W) RGB 0..1 in the colours and the scale that a card wants."""
    seen = 255 * (pictures if wanted.colour == "rgb" else pictures.flip(1))
    mean, spread = (pictures.new_tensor(three).reshape(3, 1, 1) for three in (wanted.mean, wanted.std))
    return (seen * wanted.scale - mean) / spread


class Teachers(nn.Module):
    """All of them together: the mean of their scores, and of their boxes by how sure each is of something there."""

    def __init__(self, weights: Sequence[Path]) -> None:
        super().__init__()
        self.teachers = nn.ModuleList(Teacher(path) for path in weights)
        taught = [any(teacher.columns[kind] for teacher in self.teachers) for kind in range(len(LABELS))]
        self.register_buffer("known", torch.tensor(taught))

    @torch.no_grad()
    def forward(self, pictures: Tensor) -> Lesson:
        """Of pictures (B, 3, H, W) RGB 0..1."""
        seen = [teacher(pictures) for teacher in self.teachers]
        scores = torch.stack([one.scores for one in seen])
        sure = scores.amax(2, keepdim=True).clamp(min=1e-6)
        boxes = (torch.stack([one.boxes for one in seen]) * sure).sum(0) / sure.sum(0)
        return Lesson(scores.mean(0).transpose(1, 2), boxes.transpose(1, 2), self.get_buffer("known"))
