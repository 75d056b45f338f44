"""A network's input: where a picture lies in it, and the buffer that it is written into."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.video.picture import Picture
from edge.vision.card import Fit, InputCard, ModelCard


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a picture lies in the network's input, in its pixels."""

    left: int
    top: int
    width: int
    height: int


def place(picture_width: int, picture_height: int, shown: InputCard) -> Placement:
    """How a picture of some size is fitted into the input."""
    wide, high = shown.width, shown.height
    if shown.fit is Fit.STRETCH:
        return Placement(0, 0, wide, high)
    ratio = min(wide / picture_width, high / picture_height)
    # Of a picture that is a mere line one pixel is left, or there would be nothing to scale.
    width, height = (
        max(1, min(whole, round(side * ratio))) for whole, side in ((wide, picture_width), (high, picture_height))
    )
    if shown.fit is Fit.LETTERBOX_TOP_LEFT:
        return Placement(0, 0, width, height)
    return Placement((wide - width) // 2, (high - height) // 2, width, height)


class Canvas:
    """One input size of a card, with its buffer; not for two threads at once."""

    def __init__(self, card: ModelCard) -> None:
        self._card = card
        shown = card.input
        size = (shown.height, shown.width)
        self.values = np.empty((1, 3, *size) if shown.layout == "nchw" else (1, *size, 3), np.float32)
        """What the network is given: (1, 3, H, W) or (1, H, W, 3) float32."""
        order = (0, 1, 2) if shown.colour == "bgr" else (2, 1, 0)
        self._channels = [
            (source, shown.scale / std, -mean / std, (shown.fill * shown.scale - mean) / std)
            for source, mean, std in zip(order, shown.mean, shown.std, strict=True)
        ]
        self._placed: Placement | None = None

    def zoom(self, picture: Picture) -> float:
        """How large it shows a picture: pixels of its own for one of the picture's, along the side that binds."""
        return min(self._card.input.width / picture.width, self._card.input.height / picture.height)

    def show(self, picture: Picture) -> Placement:
        """Write a picture into the buffer."""
        placement = place(picture.width, picture.height, self._card.input)
        self._fill(picture.bgr(placement.width, placement.height), placement)
        return placement

    def _fill(self, bgr: NDArray[np.uint8], placement: Placement) -> None:
        """Write the scaled picture into the input buffer; borders are written only when the placement changes."""
        planes = self.values[0] if self._card.input.layout == "nchw" else np.moveaxis(self.values[0], 2, 0)
        inside = np.s_[
            placement.top : placement.top + placement.height, placement.left : placement.left + placement.width
        ]
        for plane, (source, factor, offset, border) in zip(planes, self._channels, strict=True):
            if self._placed != placement:
                plane[...] = border
            target = plane[inside]
            if factor == 1.0:
                np.copyto(target, bgr[:, :, source])
            else:
                np.multiply(bgr[:, :, source], np.float32(factor), out=target)
            if offset:
                target += np.float32(offset)
        self._placed = placement
