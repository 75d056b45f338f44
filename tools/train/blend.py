"""The weights of two runs of one beginning, mixed: mostly better than either (Wortsman et al. 2022, *Model soups*)."""

import copy
from collections.abc import Iterable

import torch
from torch import nn

from tools.train.feed import Batch
from tools.train.network import Network


def blended(first: Network, second: Network, share: float, batches: Iterable[Batch]) -> Network:
    """A network whose weights are `share` (0..1) of `second` and the rest of `first`.

    What normalisation knew of either holds no more: mean and spread are measured anew on `batches`.
    """
    mixed = copy.deepcopy(first)
    with torch.no_grad():
        for mine, others in zip(mixed.parameters(), second.parameters(), strict=True):
            mine.lerp_(others, share)
        for module in mixed.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.reset_running_stats()
                module.momentum = None
        mixed.train()
        for batch in batches:
            mixed(batch.pictures.float() / 255)
    return mixed.eval()
