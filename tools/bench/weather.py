"""An ordinary day's light and weather over the pictures of a clip: rain, clouds, lamps, headlights, night."""

import math
from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.bench.mischief import Chance, Effect, Moment, Pixels, glow

COMES_S = 4.0
"""Seconds in which it begins to rain."""
DROPS, SLANT = 150, 0.12
"""Near enough to be seen, in a picture; how far the wind carries them, as a share of the way down."""
VEIL, SKY, GRAIN = 0.2, 190.0, 3.0
"""How much of the view is lost in far drops; how bright drops are, and how the grain spreads, grey levels."""
CLOUD_S, SHADE = 30.0, 0.4
"""Seconds from sun to sun, and the share of the light that a cloud takes."""
LAMP_S, LAMP = 10.0, 1.4
"""Seconds for which a lamp is on, and off; what it makes of the light."""
CAR_S, PASSES_S, BEAM = 10.0, 4.0, 2.5
"""Seconds from car to car, and for which one is seen; how much light its beam adds, in shares of what there is."""
DUSK_S, NIGHT, NIGHT_GRAIN = 20.0, 0.4, 6.0
"""Seconds of dusk; the night's brightness as a share of the day's, and how its grain spreads, grey levels."""


def as_it_is(picture: Pixels, _: Moment, __: Chance) -> Pixels:
    """The clip itself."""
    return picture


def shower(picture: Pixels, moment: Moment, chance: Chance) -> Pixels:
    """Rain that sets in within seconds: drops near the lens are long and faint, far ones too thin to be seen.

    A drop crosses its own width many times while the shutter is open, so what stands behind it shows through (Garg and
    Nayar 2007). The veil and the grain are those of the far drops.
    """
    height, width = picture.shape[:2]
    drops = np.zeros((height, width), np.uint8)
    for _ in range(DROPS):
        x, y = int(chance.uniform(0, width)), int(chance.uniform(-0.1 * height, height))
        length, bright = chance.uniform(0.04, 0.2) * height, int(chance.uniform(20, 90))
        end = (int(x + SLANT * length), int(y + length))
        cv2.line(drops, (x, y), end, bright, 1 + int(length > 0.14 * height), cv2.LINE_AA)
    share = np.float32(min(1.0, moment.since_s / COMES_S))
    shine = cv2.GaussianBlur(drops, (3, 3), 0)[..., None] * (share / np.float32(255))
    grain = chance.standard_normal((height, width, 1), np.float32) * (np.float32(GRAIN) * share)
    veiled = picture * (1 - np.float32(VEIL) * share) + np.float32(VEIL * SKY) * share
    return np.asarray(np.clip(veiled + (np.float32(SKY) - veiled) * shine + grain, 0, 255), np.uint8)


def clouds(picture: Pixels, moment: Moment, _: Chance) -> Pixels:
    """One cloud after the other."""
    gain = 1 - SHADE * (0.5 - 0.5 * math.cos(2 * math.pi * moment.since_s / CLOUD_S))
    return np.asarray(cv2.convertScaleAbs(picture, alpha=gain), np.uint8)


def lamp(picture: Pixels, moment: Moment, _: Chance) -> Pixels:
    """A lamp goes on, and off again, at once."""
    on = moment.since_s % (2 * LAMP_S) >= LAMP_S
    return np.asarray(cv2.convertScaleAbs(picture, alpha=LAMP, beta=8), np.uint8) if on else picture


def night(picture: Pixels, moment: Moment, chance: Chance) -> Pixels:
    """It gets dark, far quicker than any evening, until the camera amplifies what is left, and its noise."""
    share = min(1.0, moment.since_s / DUSK_S)
    return _amplified(picture * np.float32(1 - (1 - NIGHT) * share), share, chance)


def headlights(picture: Pixels, moment: Moment, chance: Chance) -> Pixels:
    """In the dark a car comes by again and again: its beam wanders over the view, its lamps shine into the lens."""
    lit = picture * np.float32(NIGHT)
    passed = moment.since_s % CAR_S / PASSES_S
    if passed <= 1:
        place = (passed * 1.2 - 0.1, 0.7)
        lit = lit * (1 + glow(picture, place, 0.2, BEAM)) + glow(picture, place, 0.05, 220)
    return _amplified(lit, 1.0, chance)


def _amplified(picture: NDArray[np.float32], share: float, chance: Chance) -> Pixels:
    grain = chance.standard_normal((*picture.shape[:2], 1), np.float32)
    return np.asarray(np.clip(picture + grain * np.float32(NIGHT_GRAIN * share), 0, 255), np.uint8)


WEATHER: Mapping[str, Effect] = {
    "as it is": as_it_is,
    "clouds": clouds,
    "rain": shower,
    "lamp": lamp,
    "night": night,
    "headlights": headlights,
}
"""In the order of the day."""
DARK = ("night", "headlights")
"""Those of them that make a picture dark."""
