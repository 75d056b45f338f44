"""What the renderer hands over: the empty place once, each moving thing alone. Plain arrays, no Blender needed.

Colours are linear light (Rec. 709 primaries), already exposed: about 0..1 is what the camera's sensor can show, more is
blown out; the composer turns them into the camera's tones. Depth is measured along the camera's axis in metres.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Plate:
    """The empty place: colour (H, W, 3) linear; depth (H, W) metres, infinite where the sky is."""

    colour: Picture
    depth: Picture


@dataclass(frozen=True, slots=True)
class Layer:
    """One thing alone, as a crop whose upper left pixel is (x, y) of the picture; always inside the picture.

    rgba (h, w, 4): premultiplied linear colour and cover 0..1; depth (h, w): metres, infinite where it is not;
    shadow (h, w): factor 0..1 to be multiplied onto whatever lies behind it, 1 where no shadow falls. The crop spans
    thing and shadow, so it is larger than the thing's box. What is outside the picture is cut off: `beyond` is the part
    of the thing's silhouette (0..1) that the picture does not show. A thing out of sight has a crop of no size.
    """

    x: int
    y: int
    rgba: Picture
    depth: Picture
    shadow: Picture
    beyond: float = 0.0

    @classmethod
    def none(cls) -> Self:
        """A thing that the camera does not see at all."""
        return cls(
            0,
            0,
            np.zeros((0, 0, 4), np.float32),
            np.zeros((0, 0), np.float32),
            np.zeros((0, 0), np.float32),
            1.0,
        )
