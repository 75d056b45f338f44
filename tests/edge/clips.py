"""Small clips drawn and encoded in a test, so that nothing need be fetched: a bright square walks over grey ground."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from edge.video.picture import Picture
from edge.vision.card import InputCard, ModelCard
from edge.vision.detector import Detections

WIDTH, HEIGHT, FPS = 320, 240, 10


def square_at(t: float) -> tuple[float, float, float, float] | None:
    """Box (0..1) of the square: it comes at 2 s, walks from left to right, and is gone at 8 s."""
    if not 2 <= t < 8:
        return None
    x = 0.05 + (t - 2) / 6 * 0.8
    return x, 0.4, x + 0.1, 0.7


def stands_at(_t: float) -> tuple[float, float, float, float]:
    """Box of a square that has always been in the middle."""
    return 0.45, 0.4, 0.55, 0.7


def draw_clip(
    path: Path,
    seconds: float = 12,
    codec: str = "libx264",
    square: Callable[[float], tuple[float, float, float, float] | None] = square_at,
) -> Path:
    """Write the clip; same arguments, same pictures. `square`: where the square is at a second."""
    random = np.random.default_rng(1)
    ground = random.integers(90, 130, (HEIGHT // 8, WIDTH // 8, 1), np.uint8).repeat(8, 0).repeat(8, 1).repeat(3, 2)
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=FPS, options={"g": "10", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(int(seconds * FPS)):
            picture = ground.copy()
            box = square(number / FPS)
            if box:
                x1, y1, x2, y2 = (round(v * s) for v, s in zip(box, (WIDTH, HEIGHT) * 2, strict=True))
                picture[y1:y2, x1:x2] = (250, 250, 250)
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def damage(clip: Path) -> None:
    """Blank a sixth of a clip, from its middle on."""
    data = bytearray(clip.read_bytes())
    data[len(data) // 2 : len(data) * 2 // 3] = bytes(len(data) * 2 // 3 - len(data) // 2)
    clip.write_bytes(data)


class BrightnessDetector:
    """Finds what is bright and calls it a person: a real, if simple, detector that needs no weights."""

    card = ModelCard(
        name="brightness",
        title="Brightness",
        licence="Apache-2.0",
        source="made in the test",
        file="none.onnx",
        sha256="0" * 64,
        input=InputCard(width=64, height=64),
        format="yolox",
        labels=("person",),
        threshold=0.5,
    )

    def __init__(self) -> None:
        self.looks = 0

    def detect(self, picture: Picture) -> Detections:
        """At most one box."""
        self.looks += 1
        luma = picture.luma()
        rows, columns = np.nonzero(luma > 200)
        if len(rows) < 50:
            return Detections.none()
        height, width = luma.shape
        box = [columns.min() / width, rows.min() / height, (columns.max() + 1) / width, (rows.max() + 1) / height]
        return Detections(np.array([box], np.float32), np.array([0.9], np.float32), ("person",))
