"""Pictures shown to a sense, one after the other."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import numpy as np

from edge.video.frame import Frame
from edge.video.picture import Picture
from edge.vision.gate import Decision, Reason
from edge.vision.scene import Reading, Tracks
from edge.vision.senses.base import Sense

START = datetime(2026, 1, 1, tzinfo=UTC)
R = TypeVar("R", bound=Reading)


def shown(
    sense: Sense[R],
    pictures: Iterable[np.ndarray],
    fps: float,
    noise: float = 2.0,
    paused: tuple[int, float] = (0, 0.0),
) -> list[R]:
    """What a sense says of BGR pictures with a sensor's noise; `paused`: from which picture on they come how much
    later, seconds."""
    chance, said = np.random.default_rng(3), []
    for index, picture in enumerate(pictures):
        noisy = np.clip(picture + chance.normal(0, noise, picture.shape), 0, 255).astype(np.uint8)
        at = START + timedelta(seconds=index / fps + (paused[1] if index >= paused[0] else 0.0))
        frame = Frame("yard", index, at, Picture.of_array(noisy))
        said.append(sense.measure(frame, Tracks.none(), Decision(Reason.QUIET)))
    return said


def filled(ground: np.ndarray, corners: tuple[int, int, int, int], colour: Any) -> np.ndarray:
    """A picture with a rectangle (x1, y1, x2, y2 in pixels) of a colour in it."""
    picture = ground.copy()
    x1, y1, x2, y2 = corners
    picture[max(0, y1) : y2, max(0, x1) : x2] = colour
    return picture
