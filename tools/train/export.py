"""From a checkpoint to ONNX: batch normalisation folded in, the first convolution laid in blocks, boxes and scores
decoded, in the layout of YOLOv8."""

from pathlib import Path

import onnx
import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from tools.train.blocks import lay_in_blocks
from tools.train.feed import WIDE
from tools.train.network import Convolution, Network, cells, edges_of

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
        low, high = edges_of(raw[:, :4], *cells(pictures.shape[2], pictures.shape[3]))
        return torch.cat([(low + high) / 2, high - low, raw[:, 4:].sigmoid()], dim=1)


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
    model = onnx.load(str(part))
    lay_in_blocks(model)
    onnx.save(model, str(part))
    part.replace(path)
