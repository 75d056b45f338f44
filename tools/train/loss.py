"""How wrong the network is: scores by binary cross entropy against the quality of the box, boxes by complete IoU."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from tools.train.assignment import assign
from tools.train.network import edges_of
from tools.train.samples import EVERY_CLASS
from tools.train.teacher import Lesson

BOX_WEIGHT, SCORE_WEIGHT = 5.0, 1.0
SEEN = 0.1
"""From this score on a teacher's box is learned."""
PADDING = -2


@dataclass(frozen=True, slots=True)
class Truth:
    """What is in a batch: boxes in pixels, padded.

    `things` (B, M, 4) of `classes` (B, M) are to be found, `real` (B, M) says which rows count; in `ignored` (B, K, 4)
    of `ignored_classes` (B, K; -1: every class, -2: padding) nothing is asked for and nothing punished.
    """

    things: Tensor
    classes: Tensor
    real: Tensor
    ignored: Tensor
    ignored_classes: Tensor

    def to(self, device: torch.device) -> "Truth":
        """The same on another device."""
        fields = (self.things, self.classes, self.real, self.ignored, self.ignored_classes)
        return Truth(*(field.to(device) for field in fields))


@dataclass(frozen=True, slots=True)
class Loss:
    """Both parts, per unit of quality assigned."""

    scores: Tensor
    boxes: Tensor

    def __add__(self, other: "Loss") -> "Loss":
        """Both together."""
        return Loss(self.scores + other.scores, self.boxes + other.boxes)

    @property
    def total(self) -> Tensor:
        """What is minimised."""
        return SCORE_WEIGHT * self.scores + BOX_WEIGHT * self.boxes


def loss_of(raw: Tensor, middles: Tensor, strides: Tensor, truth: Truth, lesson: Lesson | None = None) -> Loss:
    """Of the network's output (B, 4 + C, N); `middles` (2, N) and `strides` (N,) as `cells` gives them.

    What teachers say of the same pictures counts as much as what is known of them.
    """
    logits = raw[:, 4:].transpose(1, 2)
    boxes = torch.cat(edges_of(raw[:, :4], middles, strides), dim=1).transpose(1, 2)
    found = assign(
        logits.detach().sigmoid(), boxes.detach(), middles.T, strides, truth.things, truth.classes, truth.real
    )
    wanted = torch.zeros_like(logits)
    kinds = truth.classes.gather(1, found.thing)
    wanted.scatter_(2, kinds[..., None], found.quality[..., None])
    wanted *= found.taken[..., None]
    total = found.quality.sum().clamp(min=1.0)
    weight = punished(wanted, middles, truth)
    scores = (functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none") * weight).sum() / total
    taken = found.taken
    targets = truth.things.gather(1, found.thing[..., None].expand(-1, -1, 4))[taken]
    overlap = complete_iou(boxes[taken], targets)
    known = Loss(scores, ((1 - overlap) * found.quality[taken]).sum() / total)
    return known if lesson is None else known + taught(logits, boxes, wanted, lesson)


def taught(logits: Tensor, boxes: Tensor, wanted: Tensor, lesson: Lesson) -> Loss:
    """How far logits (B, N, C) and boxes (B, N, 4) are from what teachers say, per unit of what they are sure of.

    Where more is known to be there than they see, somebody lying for example, `wanted` (B, N, C), they are not heard.
    A score counts the more the further it is away (Li et al. 2020, equation 5, with an exponent of 1): of thousands of
    cells that show nothing each is a hundredth away, and together they would drown who is there.
    """
    heard = (lesson.known & (wanted <= lesson.scores)).to(logits.dtype)
    best = (lesson.scores * heard).amax(2)
    seen = best > SEEN
    total = best[seen].sum().clamp(min=1.0)
    away = (logits.sigmoid() - lesson.scores).abs()
    entropy = functional.binary_cross_entropy_with_logits(logits, lesson.scores, weight=heard, reduction="none")
    scores = (away * entropy).sum() / total
    overlap = complete_iou(boxes[seen], lesson.boxes[seen])
    return Loss(scores, ((1 - overlap) * best[seen]).sum() / total)


def nothing_known(pictures: Tensor) -> Truth:
    """Of pictures (B, 3, H, W) of which nothing is known: nothing is asked for and nothing punished."""
    count, _, height, width = pictures.shape
    everywhere = pictures.new_tensor([0, 0, width, height]).expand(count, 1, 4)
    nobody = torch.zeros(count, 1, dtype=torch.int64, device=pictures.device)
    return Truth(everywhere, nobody, nobody.bool(), everywhere, nobody + EVERY_CLASS)


def punished(wanted: Tensor, middles: Tensor, truth: Truth) -> Tensor:
    """1 where a score counts, 0 in boxes of which nothing is known (B, N, C)."""
    x, y = middles
    x1, y1, x2, y2 = truth.ignored[..., None].unbind(2)
    inside = (x >= x1) & (x <= x2) & (y >= y1) & (y <= y2)
    every = torch.arange(wanted.shape[2], device=wanted.device)
    of_class = (truth.ignored_classes[..., None] == every) | (truth.ignored_classes[..., None] == EVERY_CLASS)
    ignored = inside.to(wanted.dtype).transpose(1, 2) @ of_class.to(wanted.dtype) > 0
    return ((wanted > 0) | ~ignored).to(wanted.dtype)


def complete_iou(a: Tensor, b: Tensor) -> Tensor:
    """CIoU of pairs of boxes (N, 4): (N,), 1 where they are equal (Zheng et al. 2020, equation 10)."""
    size_a, size_b = (a[:, 2:] - a[:, :2]).clamp(min=1e-3), (b[:, 2:] - b[:, :2]).clamp(min=1e-3)
    shared = (torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])).clamp(min=0).prod(-1)
    overlap = shared / (size_a.prod(-1) + size_b.prod(-1) - shared).clamp(min=1e-6)
    hull = (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])).square().sum(-1).clamp(min=1e-6)
    apart = ((a[:, :2] + a[:, 2:] - b[:, :2] - b[:, 2:]) / 2).square().sum(-1)
    angle = torch.atan(size_a[:, 0] / size_a[:, 1]) - torch.atan(size_b[:, 0] / size_b[:, 1])
    shape = 4 / math.pi**2 * angle.square()
    with torch.no_grad():
        trade = shape / (1 - overlap + shape).clamp(min=1e-6)
    return overlap - apart / hull - trade * shape
