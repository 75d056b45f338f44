"""What a cheap surveillance camera makes of light: lens, sensor, exposure, its own sharpening; and rain before it.

Linear light goes in, 8-bit sRGB comes out. All chance comes from the seed and the picture's number, so that a picture
can be made alone and is always the same.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.footage.layers import Picture
from tools.footage.scenario import Look
from tools.footage.world import Light

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Sensor:
    """A sensor in some light. `shot`, `read`: noise that grows with light, and noise that is always there (linear).

    `saturation`: 1 as it is, 0 grey. `vignette`: how much darker the corners are. `cast`: factors of red, green, blue.
    """

    shot: float
    read: float
    saturation: float
    vignette: float
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)


SENSORS = {
    Light.DAY: Sensor(0.004, 0.0006, 0.95, 0.12, (1.0, 1.0, 0.98)),
    Light.OVERCAST: Sensor(0.005, 0.0007, 0.85, 0.12, (0.98, 1.0, 1.02)),
    Light.DUSK: Sensor(0.022, 0.004, 0.75, 0.15, (0.98, 1.0, 1.06)),
    Light.NIGHT: Sensor(0.028, 0.005, 0.7, 0.18, (1.06, 1.0, 0.9)),
    Light.INFRARED: Sensor(0.022, 0.004, 0.0, 0.28),
}


METERED = {Light.DAY: 0.24, Light.OVERCAST: 0.22, Light.DUSK: 0.10, Light.NIGHT: 0.055, Light.INFRARED: 0.13}
"""What the automatic exposure brings a picture's middle to, linear, as far as it can."""
EXPOSES = (0.55, 4.0)


def metered(linear: Picture, light: Light) -> float:
    """The gain that automatic exposure settles at before a scene (H, W, 3); its lower part counts most."""
    grey = np.minimum(linear @ np.array([0.2126, 0.7152, 0.0722], np.float32), 1.0)
    weight = np.linspace(0.4, 1.6, grey.shape[0])[:, None]
    return float(np.clip(METERED[light] / max(float((grey * weight).mean()), 1e-6), *EXPOSES))


def picture(linear: Picture, light: Light, look: Look, rain: float, seed: int, number: int, gain: float = 1.0) -> Bytes:
    """The `number`-th picture (H, W, 3) uint8 RGB of a clip, from its linear light (H, W, 3); `gain`: see `metered`."""
    sensor, chance = SENSORS[light], np.random.default_rng((seed, number))
    seen = (gain * linear).astype(np.float32)
    if rain:
        seen = with_rain(seen, rain, chance)
    seen = seen * _gains(seen.shape, sensor, look) * _drift(seed, number)
    if look.blur_px:
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), look.blur_px), np.float32)
    seen = _with_bloom(seen)
    seen = _desaturated(seen, sensor.saturation)
    seen = _with_noise(seen, sensor, look.noise, chance)
    return _sharpened(srgb(seen), look.sharpening)


def srgb(linear: Picture) -> Picture:
    """Linear light to sRGB 0..1, with a shoulder above 0.75 so that bright walls keep their drawing."""
    light = np.maximum(linear, 0.0)
    knee = 0.75
    light = np.where(light > knee, knee + (1 - knee) * (1 - np.exp((knee - light) / (1 - knee))), light)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.power(light, 1 / 2.4) - 0.055).astype(np.float32)


def _gains(shape: tuple[int, ...], sensor: Sensor, look: Look) -> Picture:
    """Exposure, white balance and vignetting, (H, W, 3)."""
    height, width = shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    corners = 1 - sensor.vignette * (x**2 + y**2) / 2
    warm = np.array([1 + 0.18 * look.warmth, 1.0, 1 - 0.18 * look.warmth]) * sensor.cast
    return np.asarray(look.exposure * corners[..., None] * warm, np.float32)


def _drift(seed: int, number: int) -> np.float32:
    """Automatic exposure and mains light are never quite still."""
    phase = seed % 97
    return np.float32(1 + 0.008 * np.sin(number * 0.09 + phase) + 0.003 * np.sin(number * 1.9 + phase))


def _with_bloom(linear: Picture) -> Picture:
    """Light that is blown out spills over its surroundings."""
    bright = np.maximum(linear - 1.0, 0.0)
    if not (bright > 0).any():
        return linear
    spill = cv2.GaussianBlur(np.minimum(bright, 4.0), (0, 0), 6.0)
    return np.asarray(linear + 0.12 * spill, np.float32)


def _desaturated(linear: Picture, saturation: float) -> Picture:
    grey = linear @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    return (grey[..., None] + saturation * (linear - grey[..., None])).astype(np.float32)


def _with_noise(linear: Picture, sensor: Sensor, amount: float, chance: np.random.Generator) -> Picture:
    """Shot and read noise: grain in brightness, blotches in colour, as a camera's own smoothing leaves them."""
    if not amount:
        return linear
    height, width = linear.shape[:2]
    fine = chance.standard_normal((height, width, 1), dtype=np.float32)
    grain = 0.6 * fine + 0.6 * _blotches(height, width, 1, 2, chance)
    if sensor.saturation:
        grain = grain + 0.4 * _blotches(height, width, 3, 4, chance)
    strength = sensor.shot * np.sqrt(np.maximum(linear, 0)) + sensor.read
    return (linear + amount * strength * grain).astype(np.float32)


def _blotches(height: int, width: int, channels: int, size: int, chance: np.random.Generator) -> Picture:
    """Noise whose grains are some pixels wide (H, W, channels)."""
    coarse = chance.standard_normal((height // size + 1, width // size + 1, channels), dtype=np.float32)
    grown = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(grown, np.float32).reshape(height, width, channels)


def _sharpened(picture_: Picture, amount: float) -> Bytes:
    if amount:
        picture_ = picture_ + amount * (picture_ - cv2.GaussianBlur(picture_, (0, 0), 1.2))
    return _bytes(picture_ * 255)


def _bytes(values: Picture) -> Bytes:
    """Rounded to 0..255."""
    return np.asarray(np.clip(values + 0.5, 0, 255), np.uint8)


def with_rain(linear: Picture, amount: float, chance: np.random.Generator) -> Picture:
    """Streaks of falling drops, brighter than what is behind them, and the veil that many of them make."""
    height, width = linear.shape[:2]
    streaks = np.zeros((height, width), np.float32)
    for length, thickness, count, strength in ((9, 1, 260, 0.05), (20, 1, 110, 0.10), (42, 2, 16, 0.10)):
        for _ in range(round(count * amount)):
            x, y = chance.uniform(-10, width), chance.uniform(-length, height)
            lean, size = chance.normal(0.10, 0.02), length * chance.uniform(0.7, 1.3)
            start, end = (round(x), round(y)), (round(x + lean * size), round(y + size))
            cv2.line(streaks, start, end, strength * chance.uniform(0.5, 1.0), thickness, cv2.LINE_AA)
    soft = np.asarray(cv2.GaussianBlur(streaks, (0, 0), 0.7), np.float32)
    level = float(np.mean(linear)) + 0.02
    veil = 0.10 * amount
    veiled = linear * (1 - veil) + veil * level
    return (veiled + soft[..., None] * (0.35 + 2.2 * level)).astype(np.float32)


BLOBS = 52
"""Of paint on the lens."""


def sprayed(picture_: Bytes, share: float, seed: int) -> Bytes:
    """Paint on the lens: dark, out of focus, from spots to nearly all of the picture as `share` goes from 0 to 1."""
    if share <= 0:
        return picture_
    height, width = picture_.shape[:2]
    chance = np.random.default_rng(seed)
    # Each blob of paint has its moment; so a later picture has all the blobs of an earlier one.
    paint = np.zeros((height, width), np.float32)
    for number in range(BLOBS):
        comes = number / BLOBS
        x, y = chance.normal(0.5, 0.24) * width, chance.normal(0.5, 0.26) * height
        radius = chance.uniform(0.05, 0.15) * width
        run = chance.uniform(0.0, 0.35) * height
        grown = float(np.clip((share - comes * 0.85) / 0.15, 0, 1))
        if grown > 0:
            cv2.circle(paint, (round(x), round(y)), round(radius * np.sqrt(grown)), 1.0, -1)
            cv2.line(paint, (round(x), round(y)), (round(x), round(y + run * grown)), 1.0, max(2, round(radius * 0.35)))
    cover = np.clip(cv2.GaussianBlur(paint, (0, 0), 0.02 * width) * 1.35, 0, 0.985)[..., None]
    tint = np.array([38, 36, 44], np.float32)
    return _bytes(picture_ * (1 - cover) + tint * cover)
