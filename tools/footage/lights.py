"""What shines in each light: sun, sky, the place's lamps, the camera's infrared lamp; and how the camera exposes."""

import math
from dataclasses import dataclass

from tools.footage.looks import Colour
from tools.footage.world import Light, Point


@dataclass(frozen=True, slots=True)
class Shining:
    """One light. Watts per square metre for sun and sky, watts for lamps, all as Blender counts them."""

    sun: float
    sun_colour: Colour
    sun_height_deg: float
    sun_size_deg: float
    sky: float
    sky_low: Colour
    """Colour at the horizon, and overhead."""
    sky_high: Colour
    lamp: float
    lamp_colour: Colour
    infrared: float
    exposure: float
    """What the camera multiplies everything with."""
    metered: bool = False
    """Whether the camera still opens or closes a little by what it sees; at night it is open as far as it goes."""


SHINING: dict[Light, Shining] = {
    Light.DAY: Shining(
        3.6, (1, 0.94, 0.84), 50, 0.6, 1.25, (0.62, 0.70, 0.80), (0.28, 0.45, 0.80), 0, (1, 1, 1), 0, 1.25, True
    ),
    Light.OVERCAST: Shining(
        0.35, (1, 0.98, 0.95), 62, 30, 1.3, (0.80, 0.84, 0.88), (0.95, 0.98, 1.0), 0, (1, 1, 1), 0, 1.35, True
    ),
    Light.DUSK: Shining(
        0.10, (1, 0.55, 0.3), 6, 3, 0.34, (0.75, 0.50, 0.42), (0.26, 0.34, 0.62), 260, (1, 0.72, 0.40), 0, 2.1
    ),
    Light.NIGHT: Shining(
        0, (1, 1, 1), 45, 1, 0.028, (0.55, 0.45, 0.40), (0.15, 0.20, 0.40), 600, (1, 0.74, 0.44), 0, 2.6
    ),
    Light.INFRARED: Shining(0, (1, 1, 1), 45, 1, 0.004, (0.5, 0.5, 0.5), (0.3, 0.3, 0.3), 12, (1, 1, 1), 4800, 1.3),
}
"""Chosen by eye against stills of surveillance cameras, so that a grey wall in the light comes out at about 0.2."""


def sun_toward(light: Light, bearing_deg: float) -> Point:
    """Unit vector towards the sun; bearing counter-clockwise from the east."""
    high, around = math.radians(SHINING[light].sun_height_deg), math.radians(bearing_deg)
    return math.cos(high) * math.cos(around), math.cos(high) * math.sin(around), math.sin(high)
