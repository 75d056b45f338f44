"""Which cells shall find which thing: task-aligned assignment (TOOD, Feng et al. 2021, section 3.2)."""

from dataclasses import dataclass

import torch
from torch import Tensor

BEST = 10
"""Cells that learn to find one thing; those that fit best, by score ** 0.5 · overlap ** 4 (alpha and beta of TOOD)."""
SMALL = 1.0
"""A thing is given at least so many strides to each side of its middle, so that a tiny one has cells at all."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """For each cell of each picture (B, N): whether it has a thing, which (index into the targets), how good it is."""

    taken: Tensor
    thing: Tensor
    quality: Tensor


def pairwise_iou(a: Tensor, b: Tensor) -> Tensor:
    """Overlap of boxes (B, M, 4) with boxes (B, N, 4): (B, M, N)."""
    low = torch.maximum(a[:, :, None, :2], b[:, None, :, :2])
    high = torch.minimum(a[:, :, None, 2:], b[:, None, :, 2:])
    shared = (high - low).clamp_(min=0).prod(-1)
    area_a, area_b = (a[..., 2:] - a[..., :2]).prod(-1), (b[..., 2:] - b[..., :2]).prod(-1)
    return shared / (area_a[:, :, None] + area_b[:, None, :] - shared).clamp_(min=1e-6)


@torch.no_grad()
def assign(
    scores: Tensor, boxes: Tensor, middles: Tensor, strides: Tensor, things: Tensor, classes: Tensor, real: Tensor
) -> Assigned:
    """Give cells to things.

    scores (B, N, C) 0..1 and boxes (B, N, 4) are what the network says now; `things` (B, M, 4), `classes` (B, M) what
    is there, of which only those with `real` (B, M) count. A cell wanted by two things goes to the one it fits better.
    """
    many = things.shape[1]
    overlap = pairwise_iou(things, boxes)
    kinds = classes.clamp(min=0)[:, None, :].expand(-1, scores.shape[1], -1)
    sure = scores.gather(2, kinds).transpose(1, 2)
    inside = _near(middles, strides, things) & real[:, :, None]
    fit = torch.where(inside, sure.sqrt() * overlap.square().square(), -1.0)
    # Where nothing overlaps yet the nearest cells are as good as any: they begin.
    nearness = 1e-9 / (1.0 + _distance(middles, things))
    fit = torch.where(inside, fit + nearness, fit)
    value, best = fit.topk(min(BEST, fit.shape[2]), dim=2)
    chosen = torch.zeros_like(fit, dtype=torch.bool).scatter_(2, best, value > 0)
    rank = torch.where(chosen, overlap + 1e-6, -1.0)
    score, thing = rank.max(dim=1)
    taken = score > 0
    mine = chosen & (torch.arange(many, device=things.device)[None, :, None] == thing[:, None, :])
    top_fit = torch.where(mine, fit, 0.0).amax(2).clamp_(min=1e-12)
    top_overlap = torch.where(mine, overlap, 0.0).amax(2)
    quality = (fit * (top_overlap / top_fit)[:, :, None]).gather(1, thing[:, None, :])[:, 0]
    return Assigned(taken, thing, torch.where(taken, quality.clamp_(0, 1), 0.0))


def _near(middles: Tensor, strides: Tensor, things: Tensor) -> Tensor:
    """Whether a cell's middle lies in a thing, or near enough to the middle of a small one: (B, M, N)."""
    centre, half = (things[..., :2] + things[..., 2:]) / 2, (things[..., 2:] - things[..., :2]) / 2
    away = (middles[None, None] - centre[:, :, None]).abs()
    fine = (strides == strides.min())[None, None]
    reach = torch.where(
        fine[..., None], torch.maximum(half[:, :, None], SMALL * strides[None, None, :, None]), half[:, :, None]
    )
    return (away < reach).all(-1)


def _distance(middles: Tensor, things: Tensor) -> Tensor:
    centre = (things[..., :2] + things[..., 2:]) / 2
    return (middles[None, None] - centre[:, :, None]).square().sum(-1)
