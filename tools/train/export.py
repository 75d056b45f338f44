"""From a checkpoint to ONNX: batch normalisation folded in, boxes and scores decoded, in the layout of YOLOv8."""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from tools.train.feed import WIDE
from tools.train.network import STRIDES, Convolution, Network

OPSET = 17


class Decoded(nn.Module):
    """Pictures (1, 3, H, W) RGB 0..1 to rows of middle, size and scores: (1, 4 + classes, N), pixels and 0..1.

    Height and width may be any multiples of 32: cells are laid out in the graph, so one file serves wide and narrow
    cameras.
    """

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        raw = self.network(pictures)
        middles, strides = _cells(pictures.shape[2], pictures.shape[3])
        reach = nn.functional.softplus(raw[:, :4]) * strides
        low, high = reach[:, :2], reach[:, 2:]
        return torch.cat([middles + (high - low) / 2, low + high, raw[:, 4:].sigmoid()], dim=1)


def _cells(height: int, width: int) -> tuple[Tensor, Tensor]:
    """The same as `network.cells`, (1, 2, N) and (1, 1, N), in operations that a trace keeps free of the size."""
    middles, strides = [], []
    for stride in STRIDES:
        y, x = ((torch.arange(side // stride) + 0.5) * stride for side in (height, width))
        grid = (height // stride, width // stride)
        middles.append(torch.stack([x[None].expand(grid).reshape(-1), y[:, None].expand(grid).reshape(-1)]))
        strides.append(torch.full_like(middles[-1][0], float(stride)))
    return torch.cat(middles, 1)[None], torch.cat(strides)[None, None]


def folded(network: Network) -> Network:
    """The same network without batch normalisation, for use only."""
    network.eval()
    for module in network.modules():
        if isinstance(module, Convolution):
            module[0] = fuse_conv_bn_eval(module[0], module[1])
            module[1] = nn.Identity()
    return network


def export(network: Network, path: Path) -> None:
    """Write the ONNX file; `network` must be `folded`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    torch.onnx.export(
        Decoded(network).eval(),
        (torch.zeros(1, 3, WIDE.height, WIDE.width),),
        str(part),
        input_names=["images"],
        output_names=["output"],
        dynamic_axes={"images": {2: "height", 3: "width"}, "output": {2: "cells"}},
        opset_version=OPSET,
        dynamo=False,
    )
    part.replace(path)
