"""A camera on a pole that looks north and down, to make scenes whose metres are known."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Pinhole:
    height_m: float = 4.0
    tilt_deg: float = 20.0
    field_deg: float = 64.0
    aspect: float = 16 / 9

    @property
    def focal(self) -> float:
        """In picture heights."""
        return self.aspect * 0.5 / math.tan(math.radians(self.field_deg) / 2)

    @property
    def horizon(self) -> float:
        return 0.5 - self.focal * math.tan(math.radians(self.tilt_deg))

    def share(self, spot: tuple[float, float], up_m: float = 0.0) -> tuple[float, float]:
        """Where a point so high above a spot (metres east, north) is in the picture."""
        tilt, (east, north) = math.radians(self.tilt_deg), spot
        down = self.height_m - up_m
        depth = north * math.cos(tilt) + down * math.sin(tilt)
        below = down * math.cos(tilt) - north * math.sin(tilt)
        return 0.5 + self.focal * east / depth / self.aspect, 0.5 + self.focal * below / depth
