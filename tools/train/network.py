"""The network: plain convolutions with ReLU, made for static INT8, from which they suffer next to nothing.

Four halvings of a backbone, its last cells told of what is far around them (He et al. 2014), features joined downwards
and upwards again (PANet, Liu et al. 2018), and at each of three scales two convolutions that say for every cell what is
there and how far its edges are (FCOS, Tian et al. 2019).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from tools.train.labels import LABELS

STRIDES = (8, 16, 32)
RARE = 0.01
"""How sure an untrained network is of anything: most cells show nothing (Lin et al. 2017, section 4.1)."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Channels of stem, stages and scales; `depth`: convolutions in a stage after its halving."""

    stem: int = 16
    stages: tuple[int, int, int, int] = (32, 64, 128, 192)
    depth: tuple[int, int, int, int] = (1, 2, 2, 3)
    scales: tuple[int, int, int] = (64, 96, 128)
    classes: int = len(LABELS)


class Convolution(nn.Sequential):
    """Convolution, batch normalisation, ReLU."""

    def __init__(self, before: int, after: int, size: int = 3, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(before, after, size, stride, size // 2, bias=False),
            nn.BatchNorm2d(after),
            nn.ReLU(inplace=True),
        )


class Surroundings(nn.Module):
    """Each cell beside the strongest of 5 x 5, 9 x 9 and 13 x 13 cells around it: who fills the picture is seen whole.

    Spatial pyramid pooling (He et al. 2014), as three small poolings in a row, of which each widens the one before.
    """

    def __init__(self) -> None:
        super().__init__()
        self.widen = nn.MaxPool2d(5, 1, 2)

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, H, W) to (B, 4 C, H, W); the first C are what came in."""
        rings = [features]
        for _ in range(3):
            rings.append(self.widen(rings[-1]))
        return torch.cat(rings, 1)


class Head(nn.Module):
    """What is there, and how far its four edges are from a cell's middle, in strides."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.kinds = Convolution(channels, channels)
        self.edges = Convolution(channels, channels)
        self.score = nn.Conv2d(channels, classes, 1)
        self.reach = nn.Conv2d(channels, 4, 1)
        nn.init.constant_(self.score.bias, float(torch.logit(torch.tensor(RARE))))
        nn.init.constant_(self.reach.bias, 2.0)

    def forward(self, features: Tensor) -> Tensor:
        """(B, 4 + classes, H, W): softplus still to come for the edges, sigmoid for the classes."""
        kinds, edges = self.kinds(features), self.edges(features)
        # The last step in full precision: a thousandth of a score decides between boxes.
        with torch.autocast(features.device.type, enabled=False):
            return torch.cat([self.reach(edges.float()), self.score(kinds.float())], dim=1)


class Network(nn.Module):
    """Pictures (B, 3, H, W) RGB 0..1, height and width multiples of 32, to raw cells; see `forward`."""

    def __init__(self, shape: Shape | None = None) -> None:
        super().__init__()
        shape = shape or Shape()
        self.shape = shape
        widths = (shape.stem, *shape.stages)
        self.stem = Convolution(3, shape.stem, stride=2)
        self.stages = nn.ModuleList(
            nn.Sequential(Convolution(a, b, stride=2), *(Convolution(b, b) for _ in range(depth)))
            for a, b, depth in zip(widths, widths[1:], shape.depth, strict=False)
        )
        _, eighth, sixteenth, last = shape.stages
        fine, middle, coarse = shape.scales
        self.surroundings = Surroundings()
        self.coarse_in = Convolution(4 * last, coarse, 1)
        self.middle_in = nn.Sequential(Convolution(sixteenth + coarse, middle, 1), Convolution(middle, middle))
        self.fine_out = nn.Sequential(Convolution(eighth + middle, fine, 1), Convolution(fine, fine))
        self.middle_down = Convolution(fine, middle, stride=2)
        self.middle_out = nn.Sequential(Convolution(2 * middle, middle, 1), Convolution(middle, middle))
        self.coarse_down = Convolution(middle, coarse, stride=2)
        self.coarse_out = nn.Sequential(Convolution(2 * coarse, coarse, 1), Convolution(coarse, coarse))
        self.heads = nn.ModuleList(Head(channels, shape.classes) for channels in shape.scales)

    def forward(self, pictures: Tensor) -> Tensor:
        """All cells of all scales, fine ones first (B, 4 + classes, N), raw."""
        features, levels = self.stem(pictures), []
        for stage in self.stages:
            features = stage(features)
            levels.append(features)
        _, eighth, sixteenth, last = levels
        coarse = self.coarse_in(self.surroundings(last))
        middle = self.middle_in(torch.cat([sixteenth, _doubled(coarse)], 1))
        fine = self.fine_out(torch.cat([eighth, _doubled(middle)], 1))
        middle = self.middle_out(torch.cat([self.middle_down(fine), middle], 1))
        coarse = self.coarse_out(torch.cat([self.coarse_down(middle), coarse], 1))
        cells = [head(level).flatten(2) for head, level in zip(self.heads, (fine, middle, coarse), strict=True)]
        return torch.cat(cells, dim=2)


def _doubled(features: Tensor) -> Tensor:
    return functional.interpolate(features, scale_factor=2.0, mode="nearest")


def cells(height: int, width: int) -> tuple[Tensor, Tensor]:
    """Middles of all cells (2, N) in pixels and their strides (N,), in the order of the network's output.

    In operations that a trace keeps free of the size, so that one exported file takes pictures of any.
    """
    middles, strides = [], []
    for stride in STRIDES:
        y, x = ((torch.arange(side // stride) + 0.5) * stride for side in (height, width))
        grid = (height // stride, width // stride)
        middles.append(torch.stack([x[None].expand(grid).reshape(-1), y[:, None].expand(grid).reshape(-1)]))
        strides.append(torch.full_like(middles[-1][0], float(stride)))
    return torch.cat(middles, 1), torch.cat(strides)


def edges_of(raw: Tensor, middles: Tensor, strides: Tensor) -> tuple[Tensor, Tensor]:
    """Upper left and lower right corners (B, 2, N) in pixels from raw edges (B, 4, N)."""
    reach = functional.softplus(raw) * strides
    return middles - reach[:, :2], middles + reach[:, 2:]
