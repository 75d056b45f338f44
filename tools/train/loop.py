"""The learning itself: batches, AdamW, an average of the weights; checkpoints, from which it resumes."""

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from tools.train.feed import Batch, Plan, batches
from tools.train.loss import Loss, loss_of, nothing_known
from tools.train.network import Network, Shape, cells
from tools.train.recipe import Course
from tools.train.teacher import Teachers

AVERAGE, AVERAGE_GROWS = 0.9995, 800.0
"""The weights that are used are an average of those that learn, over longer stretches as time goes by."""
LONGEST_STEP = 10.0
MIXED_EVERY = 4
"""Of the batches that teachers see, every so many are laid over themselves, picture upon picture: of such a one nobody
but a teacher can say what is there, and none is seen twice."""


@dataclass
class State:
    """All that a checkpoint holds."""

    network: Network
    average: Network
    optimizer: torch.optim.Optimizer
    done: int = 0
    """Batches learned from."""
    times: int = 1
    """How many times as large as usual it is shown pictures."""

    @classmethod
    def fresh(cls, course: Course, shape: Shape) -> "State":
        """Untrained, the same for the same seed."""
        torch.manual_seed(course.seed)
        network = Network(shape).to(memory_format=torch.channels_last)
        plain = [p for p in network.parameters() if p.ndim < 2]
        weights = [p for p in network.parameters() if p.ndim >= 2]
        optimizer = torch.optim.AdamW(
            [{"params": weights, "weight_decay": course.decay}, {"params": plain, "weight_decay": 0.0}], lr=course.rate
        )
        return cls(network, copy.deepcopy(network), optimizer)

    def save(self, path: Path) -> None:
        """Whole or not at all."""
        part = path.with_suffix(".part")
        torch.save(
            {
                "network": self.network.state_dict(),
                "average": self.average.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "done": self.done,
                "times": self.times,
            },
            part,
        )
        part.replace(path)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint of the same shape."""
        kept = torch.load(path, map_location="cpu", weights_only=True)
        self.network.load_state_dict(kept["network"])
        self.average.load_state_dict(kept["average"])
        self.optimizer.load_state_dict(kept["optimizer"])
        self.done, self.times = int(kept["done"]), int(kept.get("times", 1))

    def blend(self) -> None:
        """Move the average towards the weights."""
        keep = AVERAGE * (1 - math.exp(-(self.done + 1) / AVERAGE_GROWS))
        means, now = self.average.state_dict().values(), self.network.state_dict().values()
        pairs = [(mean, one) for mean, one in zip(means, now, strict=True) if mean.is_floating_point()]
        get_ema_multi_avg_fn(keep)([mean for mean, _ in pairs], [one for _, one in pairs], self.done)


@dataclass(frozen=True, slots=True)
class Progress:
    """How learning goes, averaged since the last report."""

    done: int
    scores: float
    boxes: float
    rate: float
    pictures_per_s: float


def learn(
    state: State,
    course: Course,
    plan: Plan,
    *,
    teachers: Teachers | None = None,
    workers: int,
    every: int,
    report: Callable[[State, Progress], None],
) -> None:
    """Learn until the course is done; `report` is called every so many batches."""
    device = next(state.network.parameters()).device
    state.network.train()
    began, summed, since = time.monotonic(), torch.zeros(2, device=device), 0
    for batch in batches(plan, state.done, course.batches - state.done, workers):
        rate = course.rate_at(state.done)
        for group in state.optimizer.param_groups:
            group["lr"] = rate
        mixed = teachers is not None and state.done % MIXED_EVERY == MIXED_EVERY - 1
        loss = step(state.network, batch, device, teachers, mixed=mixed)
        state.optimizer.zero_grad(set_to_none=True)
        loss.total.backward()
        nn.utils.clip_grad_norm_(state.network.parameters(), LONGEST_STEP)
        state.optimizer.step()
        state.blend()
        state.done += 1
        summed += torch.stack([loss.scores, loss.boxes]).detach()
        since += 1
        if state.done % every == 0 or state.done == course.batches:
            scores, boxes = (summed / since).tolist()
            seconds = time.monotonic() - began
            report(state, Progress(state.done, scores, boxes, rate, since * course.batch / seconds))
            state.network.train()
            began, summed, since = time.monotonic(), torch.zeros_like(summed), 0


def step(
    network: Network, batch: Batch, device: torch.device, teachers: Teachers | None = None, *, mixed: bool = False
) -> Loss:
    """The loss of one batch; `mixed`: of its pictures laid over one another, of which only teachers say anything."""
    pictures = batch.pictures.to(device, non_blocking=True).to(memory_format=torch.channels_last).float() / 255
    truth = batch.truth.to(device)
    if mixed:
        pictures, truth = overlaid(pictures), nothing_known(pictures)
    height, width = pictures.shape[2:]
    middles, strides = (table.to(device) for table in cells(height, width))
    with torch.autocast(device.type, torch.bfloat16):
        raw = network(pictures)
    return loss_of(raw.float(), middles, strides, truth, teachers(pictures) if teachers else None)


def overlaid(pictures: Tensor) -> Tensor:
    """Each picture with the next one showing through (Zhang et al. 2018, *mixup*), by shares from none to all."""
    shares = torch.linspace(0, 1, len(pictures), device=pictures.device).reshape(-1, 1, 1, 1)
    return torch.lerp(pictures, pictures.roll(1, 0), shares)
