"""From a checkpoint to ONNX: batch normalisation folded in, boxes and scores decoded, in the layout of YOLOv8."""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from tools.train.augment import Canvas
from tools.train.network import Convolution, Network, cells

OPSET = 17


class Decoded(nn.Module):
    """Pictures (1, 3, H, W) RGB 0..1 to rows of middle, size and scores: (1, 4 + classes, N), pixels and 0..1."""

    def __init__(self, network: Network, canvas: Canvas) -> None:
        super().__init__()
        self.network = network
        middles, strides = cells(canvas.height, canvas.width)
        self.register_buffer("middles", middles.T[None].contiguous())
        self.register_buffer("strides", strides[None, None].contiguous())

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        raw = self.network(pictures)
        reach = nn.functional.softplus(raw[:, :4]) * self.strides
        low, high = reach[:, :2], reach[:, 2:]
        return torch.cat([self.middles + (high - low) / 2, low + high, raw[:, 4:].sigmoid()], dim=1)


def folded(network: Network) -> Network:
    """The same network without batch normalisation, for use only."""
    network.eval()
    for module in network.modules():
        if isinstance(module, Convolution):
            module[0] = fuse_conv_bn_eval(module[0], module[1])
            module[1] = nn.Identity()
    return network


def export(network: Network, canvas: Canvas, path: Path) -> None:
    """Write the ONNX file of one input size; `network` must be `folded`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    torch.onnx.export(
        Decoded(network, canvas).eval(),
        (torch.zeros(1, 3, canvas.height, canvas.width),),
        str(part),
        input_names=["images"],
        output_names=["output"],
        opset_version=OPSET,
        dynamo=False,
    )
    part.replace(path)
