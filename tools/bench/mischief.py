"""Made-up tampering with the pictures of a clip, and its harmless twins: what looks like it and is none.

Each takes a picture (H, W, 3) BGR uint8, the seconds since it began (below 0: before) and a seeded generator, and gives
the picture as the camera would have sent it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Chance = np.random.Generator


@dataclass(frozen=True, slots=True)
class Moment:
    """When a picture is: `since_s` seconds after the beginning; `first` is the picture at the beginning."""

    since_s: float
    first: Pixels
    other: Pixels
    """A picture of another camera."""


Effect = Callable[[Pixels, Moment, Chance], Pixels]


def covered(picture: Pixels, _: Moment, chance: Chance) -> Pixels:
    """A cloth, a hand, a bag before the lens: dark, soft, nearly even."""
    height, width = picture.shape[:2]
    soft = cv2.resize(_noise((4, 5, 3), 55, 12, chance), (width, height), interpolation=cv2.INTER_CUBIC)
    return _grain(soft, 2, chance)


def sprayed(picture: Pixels, moment: Moment, chance: Chance) -> Pixels:
    """Paint over nine tenths of the lens, at once within two seconds."""
    return _painted(picture, 60, moment.since_s / 2, chance)


def smeared(picture: Pixels, moment: Moment, chance: Chance) -> Pixels:
    """Mud thrown at the lens, at once; a quarter of it is still clear."""
    return _painted(picture, 16, moment.since_s / 0.4, chance)


def _painted(picture: Pixels, blobs: int, share: float, chance: Chance) -> Pixels:
    """`share`: how many of the blobs are there by now, 1 and more: all."""
    height, width = picture.shape[:2]
    spots = np.random.default_rng(7)
    paint = np.zeros((height, width), np.float32)
    for _ in range(int(blobs * min(1.0, share))):
        centre = (int(spots.uniform(0, width)), int(spots.uniform(0, height)))
        cv2.circle(paint, centre, int(spots.uniform(0.08, 0.2) * width), 1.0, -1)
    paint = cv2.GaussianBlur(paint, (0, 0), width / 80)[..., None] * 0.96
    return _grain(_clipped(picture * (1 - paint) + 48 * paint), 2, chance)


def defocused(picture: Pixels, moment: Moment, chance: Chance) -> Pixels:
    """The focus ring was turned."""
    sigma = picture.shape[1] / 45 * min(1.0, moment.since_s)
    return _grain(cv2.GaussianBlur(picture, (0, 0), max(0.3, sigma)), 2, chance)


def turned(_: Pixels, moment: Moment, chance: Chance) -> Pixels:
    """The camera shows what another one sees."""
    return _grain(moment.other, 3, chance)


def pushed(picture: Pixels, _: Moment, chance: Chance) -> Pixels:
    """The camera was pushed aside by a third of its view; what comes in is a mirror of what goes out."""
    width = picture.shape[1]
    return _grain(cv2.hconcat([picture[:, width // 3 :], picture[:, : width // 3][:, ::-1]]), 3, chance)


def frozen(_: Pixels, moment: Moment, __: Chance) -> Pixels:
    """A recorder that repeats one picture."""
    return moment.first


def blinded(picture: Pixels, moment: Moment, chance: Chance) -> Pixels:
    """A lamp held before the lens."""
    return _grain(_clipped(picture * 0.6 + glow(picture, (0.5, 0.5), 0.55, 420)), 2, chance)


def dark(picture: Pixels, _: Moment, chance: Chance) -> Pixels:
    """No light and no infrared: next to nothing left."""
    return _grain(_clipped(picture * 0.03 + 6), 1.5, chance)


def cut(picture: Pixels, _: Moment, __: Chance) -> Pixels:
    """A recorder's blue picture for a camera without signal."""
    return np.full_like(picture, (120, 20, 10))


def headlights(picture: Pixels, moment: Moment, chance: Chance) -> Pixels:
    """A car turns before the camera: three times a glare for three seconds, that wanders."""
    at = moment.since_s % 5
    if at > 3:
        return picture
    place = (0.15 + 0.25 * at, 0.6)
    return _grain(_clipped(picture * 0.8 + glow(picture, place, 0.3, 330)), 2, chance)


def nightfall(picture: Pixels, moment: Moment, chance: Chance) -> Pixels:
    """Evening in twelve seconds, far quicker than any."""
    gain = 1 - 0.75 * min(1.0, moment.since_s / 12)
    return _grain(_clipped(picture * gain), 3 + 4 * (1 - gain), chance)


def infrared(picture: Pixels, _: Moment, chance: Chance) -> Pixels:
    """The filter swings away: grey at once, bright in the middle, dark towards the edges."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)[..., None].astype(np.float32)
    lit = glow(picture, (0.5, 0.6), 0.5, 1.0) * 0.9 + 0.25
    return _grain(_clipped(np.repeat(grey * lit, 3, axis=2)), 5, chance)


def rain(picture: Pixels, __: Moment, chance: Chance) -> Pixels:
    """Streaks, drops and less contrast."""
    height, width = picture.shape[:2]
    wet = _clipped(picture * 0.75 + 35)
    for _ in range(220):
        x, y = int(chance.uniform(0, width)), int(chance.uniform(0, height))
        length = int(chance.uniform(0.02, 0.06) * height)
        cv2.line(wet, (x, y), (x + length // 5, y + length), (205, 205, 205), 1, cv2.LINE_AA)
    return _grain(wet, 3, chance)


def fog(picture: Pixels, moment: Moment, chance: Chance) -> Pixels:
    """Fog that comes within twelve seconds and leaves half of the contrast."""
    thick = 0.5 * min(1.0, moment.since_s / 12)
    return _grain(_clipped(picture * (1 - thick) + 170 * thick), 2, chance)


def lorry(picture: Pixels, moment: Moment, chance: Chance) -> Pixels:
    """A lorry stops in front and hides six tenths of the picture."""
    height, width = picture.shape[:2]
    side: Any = cv2.resize(_noise((9, 14, 3), 130, 40, np.random.default_rng(3)), (width, height))
    cv2.rectangle(side, (width // 8, height // 8), (width, height // 2), (90, 120, 160), -1)
    return _grain(_stopped_before(picture, side, moment), 2, chance)


def van(picture: Pixels, moment: Moment, chance: Chance) -> Pixels:
    """A van stops in front, with plain white sides."""
    height, width = picture.shape[:2]
    side = np.full_like(picture, (176, 178, 180))
    for at in (0.2, 0.7):
        cv2.circle(side, (int(width * at), int(height * 0.9)), height // 9, (30, 30, 30), -1)
    return _grain(_stopped_before(picture, side, moment), 2, chance)


def _stopped_before(picture: Pixels, side: Pixels, moment: Moment) -> Pixels:
    """Something with such a side comes from the left within two seconds, and stays."""
    height, width = picture.shape[:2]
    shown = int(width * 0.85 * min(1.0, moment.since_s / 2))
    rows = slice(int(height * 0.2), int(height * 0.92))
    passing = picture.copy()
    passing[rows, :shown] = side[rows, -shown or width :]
    return passing


def dimmed(picture: Pixels, _: Moment, chance: Chance) -> Pixels:
    """Most of the lamps go out at once."""
    return _grain(_clipped(picture * 0.34 + 20), 2, chance)


def exposure(picture: Pixels, _: Moment, chance: Chance) -> Pixels:
    """The exposure jumps, and stays."""
    return _grain(_clipped(picture * 1.45 + 12), 2, chance)


MISCHIEF: Mapping[str, tuple[Effect, str]] = {
    "covered": (covered, "covered"),
    "sprayed": (sprayed, "covered"),
    "smeared": (smeared, "covered"),
    "defocused": (defocused, "defocused"),
    "turned": (turned, "turned"),
    "pushed": (pushed, "turned"),
    "frozen": (frozen, "frozen"),
    "blinded": (blinded, "blinded"),
    "dark": (dark, "dark"),
    "cut": (cut, "signal"),
}
"""By name, with the cause that ought to be said."""
TWINS: Mapping[str, Effect] = {
    "headlights": headlights,
    "nightfall": nightfall,
    "infrared": infrared,
    "rain": rain,
    "fog": fog,
    "lorry": lorry,
    "van": van,
    "exposure": exposure,
    "dimmed": dimmed,
}


def _clipped(picture: NDArray[np.generic]) -> Pixels:
    return np.asarray(np.clip(picture, 0, 255), np.uint8)


def _noise(shape: tuple[int, ...], mean: float, spread: float, chance: Chance) -> Pixels:
    return _clipped(chance.normal(mean, spread, shape))


def _grain(picture: NDArray[Any], spread: float, chance: Chance) -> Pixels:
    """A sensor's noise."""
    grain = chance.normal(0, spread, picture.shape[:2]).astype(np.float32)[..., None]
    return _clipped(picture.astype(np.float32) + grain)


def glow(picture: Pixels, place: tuple[float, float], reach: float, height: float) -> NDArray[np.float32]:
    """(H, W, 1): a bell of light at a place, `reach` as a share of the width."""
    rows, columns = picture.shape[:2]
    x, y = np.arange(columns) / columns - place[0], (np.arange(rows) - place[1] * rows) / columns
    bell = np.exp(-(x[None, :] ** 2 + y[:, None] ** 2) / (2 * reach**2)) * height
    return np.asarray(bell[..., None], np.float32)
