"""Pictures as a network shall see them: placed, cut, mirrored, turned, several in one, in other light. Pure.

Targets are rows x1, y1, x2, y2, class, wanted (1) or ignored (0), in pixels of the canvas.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.canvas import place
from edge.vision.card import InputCard

Pixels = NDArray[np.uint8]
Targets = NDArray[np.float32]
Chance = np.random.Generator

MOSAIC = 0.5
"""How often four pictures share a canvas (Bochkovskiy et al. 2020)."""
UPRIGHT = 0.86
"""How often the sky stays above; turned by a right angle, somebody who walks is somebody who lies."""
DARK = 0.12
"""How often it is evening: darker, and grainier more often than not."""
LEAST_LEFT, LEAST_PX = 0.3, 3.0
"""Of what a cut leaves less, or smaller, than this nothing is asked."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A picture (H, W, 3) RGB with its targets, whose boxes are shares of it (N, 6)."""

    rgb: Pixels
    targets: Targets


def letterboxed(picture: Labelled, canvas: InputCard) -> tuple[Pixels, Targets]:
    """The whole picture in the middle of the canvas, as detection places it."""
    paper = np.full((canvas.height, canvas.width, 3), canvas.fill, np.uint8)
    spot = place(picture.rgb.shape[1], picture.rgb.shape[0], canvas)
    size, left, top = (spot.width, spot.height), spot.left, spot.top
    paper[top : top + size[1], left : left + size[0]] = cv2.resize(picture.rgb, size, interpolation=cv2.INTER_LINEAR)
    targets = picture.targets.copy()
    targets[:, :4] = targets[:, :4] * (size * 2) + (left, top, left, top)
    return paper, targets


def laid(pictures: Sequence[Labelled], canvas: InputCard, chance: Chance) -> tuple[Pixels, Targets]:
    """One picture somewhere on a canvas, or four that share it; turned and scaled, in their own colours."""
    paper = np.full((canvas.height, canvas.width, 3), canvas.fill, np.uint8)
    if len(pictures) == 1:
        regions, scales = [(0, 0, canvas.width, canvas.height)], [float(np.exp(chance.uniform(-0.55, 0.45)))]
    else:
        x, y = round(canvas.width * chance.uniform(0.3, 0.7)), round(canvas.height * chance.uniform(0.3, 0.7))
        regions = [
            (0, 0, x, y),
            (x, 0, canvas.width, y),
            (0, y, x, canvas.height),
            (x, y, canvas.width, canvas.height),
        ]
        scales = [float(np.exp(chance.uniform(-0.95, 0.1))) for _ in pictures]
    rows = [
        _laid(paper, turned(picture, chance), region, canvas, scale, chance)
        for picture, region, scale in zip(pictures, regions, scales, strict=True)
    ]
    return paper, np.concatenate(rows)


def turned(picture: Labelled, chance: Chance) -> Labelled:
    """Mirrored half of the time, now and then turned by a right angle."""
    rgb, targets = picture.rgb, picture.targets.copy()
    if chance.random() < 0.5:
        rgb = np.asarray(cv2.flip(rgb, 1), np.uint8)
        targets[:, [0, 2]] = 1 - targets[:, [2, 0]]
    if chance.random() > UPRIGHT:
        rgb = np.asarray(cv2.transpose(rgb), np.uint8)
        targets[:, :4] = targets[:, [1, 0, 3, 2]]
    return Labelled(rgb, targets)


def _laid(
    paper: Pixels,
    picture: Labelled,
    region: tuple[int, int, int, int],
    canvas: InputCard,
    scale: float,
    chance: Chance,
) -> Targets:
    """Lay a picture into a region of the paper, `scale` times as large as would fit the canvas; its targets there."""
    x1, y1, x2, y2 = region
    height, width = picture.rgb.shape[:2]
    scale *= min(canvas.width / width, canvas.height / height)
    stretch = float(np.exp(chance.uniform(-0.12, 0.12)))
    size = (max(8, round(width * scale * stretch)), max(8, round(height * scale / stretch)))
    shrinks = size[0] < width
    small = cv2.resize(picture.rgb, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    left = x1 + _somewhere(x2 - x1, size[0], chance)
    top = y1 + _somewhere(y2 - y1, size[1], chance)
    a, b, c, d = max(x1, left), max(y1, top), min(x2, left + size[0]), min(y2, top + size[1])
    paper[b:d, a:c] = small[b - top : d - top, a - left : c - left]
    targets = picture.targets.copy()
    targets[:, :4] = targets[:, :4] * (size * 2) + (left, top, left, top)
    return cut(targets, (a, b, c, d))


def _somewhere(room: int, size: int, chance: Chance) -> int:
    """Where along a side a picture begins: anywhere inside if it fits, else anywhere that fills the room."""
    slack = room - size
    return int(chance.integers(min(slack, 0), max(slack, 0) + 1))


def cut(targets: Targets, region: tuple[int, int, int, int]) -> Targets:
    """Targets as a region leaves them: what is hardly left is ignored, what is gone goes."""
    if not len(targets):
        return targets
    whole = (targets[:, 2] - targets[:, 0]) * (targets[:, 3] - targets[:, 1])
    inner = targets.copy()
    inner[:, [0, 2]] = np.clip(inner[:, [0, 2]], region[0], region[2])
    inner[:, [1, 3]] = np.clip(inner[:, [1, 3]], region[1], region[3])
    wide, high = inner[:, 2] - inner[:, 0], inner[:, 3] - inner[:, 1]
    kept = (wide > 1) & (high > 1)
    enough = (wide * high > LEAST_LEFT * whole) & (wide >= LEAST_PX) & (high >= LEAST_PX)
    inner[~enough, 5] = 0.0
    return inner[kept]


GREY_WEIGHTS = np.array([0.299, 0.587, 0.114])


def recoloured(rgb: Pixels, chance: Chance) -> Pixels:
    """Other light, other sensors: saturation, white balance, brightness, contrast; grey as infrared; grain, blocks."""
    saturation = 0.0 if chance.random() < 0.12 else float(chance.uniform(0.4, 1.5))
    balance = chance.uniform(0.88, 1.12, 3) if saturation else np.ones(3)
    mixed = balance[:, None] * (saturation * np.eye(3) + (1 - saturation) * GREY_WEIGHTS)
    seen: cv2.typing.MatLike = cv2.transform(rgb, mixed)
    dark = chance.random() < DARK
    curve = np.linspace(0, 1, 256) ** np.exp(chance.uniform(0.5, 1.2) if dark else chance.uniform(-0.5, 0.5))
    curve = (curve - 0.5) * chance.uniform(0.7, 1.25) + 0.5 + chance.uniform(-0.1, 0.1)
    seen = cv2.LUT(seen, (np.clip(curve, 0, 1) * 255).astype(np.uint8))
    if chance.random() < 0.12:
        seen = cv2.GaussianBlur(seen, (0, 0), float(chance.uniform(0.4, 1.4)))
    if chance.random() < (0.6 if dark else 0.15):
        grain = chance.integers(-24, 25, seen.shape[:2], dtype=np.int16) * chance.uniform(0.1, 0.8)
        seen = np.clip(seen + grain[..., None], 0, 255).astype(np.uint8)
    if chance.random() < 0.15:
        _, packed = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, int(chance.integers(25, 70))])
        seen = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return np.asarray(seen, np.uint8)
