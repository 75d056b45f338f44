"""Begin where a released detector ended: what exporting and quantising did is undone, so no checkpoint need be kept."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import onnx
import torch
from google.protobuf.message import DecodeError
from onnx import numpy_helper
from torch import Tensor, nn

from tools.train.blocks import filters_of_pixels
from tools.train.feed import Batch
from tools.train.network import Convolution, Network

EXAMPLE = "models/shouwang_416.onnx"
FIRST = "network.stem.0.weight"
"""The filters that an exported detector has for blocks of pixels."""
QUANTISED = "_DequantizeLinear_Output"
SHORTEST = 1e-6
"""A filter shorter than this is dead, and is not made longer."""


def begin_from(network: Network, released: Path, batches: Iterable[Batch]) -> None:
    """Give `network` the weights of a released detector, in full precision or in INT8.

    The network may have grown since: what it hears besides counts for nothing at first, and a convolution that the
    released one lacks passes on what it is given (Chen et al. 2016, *Net2Net*). So it says what the released one said.

    A released detector has no batch normalisation any more. It is put back as what changes nothing on `batches`: each
    channel's mean and spread there are taken out, and in again by what is learned. Filters are made of length one, for
    of a filter that is normalised afterwards only the direction counts, and how fast it learns.

    Raises ValueError if the network cannot have grown from the detector, or the file holds none.
    """
    restore(network, weights_of(released), released)
    with _measured(network) as measured:
        network.eval()
        with torch.no_grad():
            for batch in batches:
                network(batch.pictures.float() / 255)
    for convolution, meter in measured.items():
        _normalise(convolution, meter.running_mean, meter.running_var)


def weights_of(released: Path) -> dict[str, Tensor]:
    """All weights and biases of an exported detector by the network's own names, as numbers of full precision."""
    try:
        graph = onnx.load(str(released)).graph
    except DecodeError:
        raise ValueError(f"{released}: is no ONNX file; name a released detector, for example {EXAMPLE}") from None
    kept = {one.name: torch.from_numpy(numpy_helper.to_array(one).copy()) for one in graph.initializer}
    for node in graph.node:
        if node.op_type == "DequantizeLinear" and node.input[0] in kept:
            whole, scale, zero = (kept[name] for name in node.input)
            by_channel = (-1, *[1] * (whole.ndim - 1))
            name = node.output[0].removesuffix(QUANTISED)
            kept[name] = (whole.float() - zero.float().reshape(by_channel)) * scale.reshape(by_channel)
    if FIRST in kept and kept[FIRST].shape[2:] == (2, 2):
        kept[FIRST] = torch.from_numpy(filters_of_pixels(kept[FIRST].numpy()))
    return {name.removeprefix("network."): value for name, value in kept.items() if name.startswith("network.")}


def restore(network: Network, weights: dict[str, Tensor], released: Path) -> None:
    """Put `weights` in; batch normalisation then does nothing but add what is left of it, a bias."""
    with torch.no_grad():
        for name, module in network.named_modules():
            if isinstance(module, nn.Conv2d):
                weight, bias = weights.get(f"{name}.weight"), weights.get(f"{name}.bias")
                if weight is None and module.in_channels == module.out_channels:
                    weight, bias = _passing_on(module), torch.zeros(module.out_channels)
                weight = None if weight is None else _hearing_more(weight, module.weight)
                if weight is None or bias is None or weight.shape != module.weight.shape:
                    raise ValueError(f"{released}: {name} is not as in this network; begin from nothing instead")
                module.weight.copy_(weight)
                if module.bias is not None:
                    module.bias.copy_(bias)
                else:
                    _pass_through(network.get_submodule(name.rpartition(".")[0]), bias)


def _passing_on(convolution: nn.Conv2d) -> Tensor:
    """Filters that give out what they get."""
    return nn.init.dirac_(torch.empty_like(convolution.weight))


def _hearing_more(weight: Tensor, grown: Tensor) -> Tensor:
    """Filters of as many inputs as `grown` has; of those that are new they take nothing."""
    more = torch.zeros_like(grown)
    if weight.shape[0] != more.shape[0] or weight.shape[2:] != more.shape[2:] or weight.shape[1] > more.shape[1]:
        return weight
    more[:, : weight.shape[1]] = weight
    return more


def _pass_through(convolution: nn.Module, bias: Tensor) -> None:
    assert isinstance(convolution, Convolution)
    norm = _norm_of(convolution)
    norm.running_mean.zero_()
    norm.running_var.fill_(1 - norm.eps)
    norm.weight.fill_(1)
    norm.bias.copy_(bias)


def _norm_of(convolution: Convolution) -> nn.BatchNorm2d:
    norm = convolution[1]
    assert isinstance(norm, nn.BatchNorm2d)
    return norm


@contextmanager
def _measured(network: Network) -> Iterator[dict[Convolution, nn.BatchNorm2d]]:
    """While this lasts, mean and variance of what comes out of each convolution are gathered."""
    measured = {
        module: nn.BatchNorm2d(module[0].out_channels, affine=False, momentum=None)
        for module in network.modules()
        if isinstance(module, Convolution)
    }
    hooks = [module[0].register_forward_hook(partial(_see, meter)) for module, meter in measured.items()]
    try:
        yield measured
    finally:
        for hook in hooks:
            hook.remove()


def _see(meter: nn.BatchNorm2d, _convolution: nn.Module, _inputs: tuple[Tensor, ...], features: Tensor) -> None:
    meter(features)


def _normalise(convolution: Convolution, mean: Tensor, variance: Tensor) -> None:
    """Take mean and spread out and put them in again as learned weights; filters get length one."""
    norm, filters = _norm_of(convolution), convolution[0].weight
    with torch.no_grad():
        lengths = filters.flatten(1).norm(dim=1)
        lengths = torch.where(lengths < SHORTEST, torch.ones_like(lengths), lengths)
        filters.div_(lengths.reshape(-1, 1, 1, 1))
        norm.bias.add_(mean)
        norm.running_mean.copy_(mean / lengths)
        norm.running_var.copy_(variance / lengths.square())
        # The same epsilon as in use, so that nothing changes where a channel hardly varies.
        norm.weight.copy_((norm.running_var + norm.eps).sqrt() * lengths)
