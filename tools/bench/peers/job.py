"""What every side is given alike: a clip, a zone and the rule for alerts. Needs nothing but Python."""

from dataclasses import dataclass, field

Polygon = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Job:
    """A clip, its zone as shares of the picture, the classes that may not be in it, and the limits of the rule."""

    clip: str
    polygon: Polygon
    labels: tuple[str, ...]
    analysed_fps: float = 5.0
    after_s: float = 0.5
    grace_s: float = 2.0


@dataclass(slots=True)
class Alerts:
    """Our intrusion rule as a user would write it: one alert for all who stand in the zone for `after_s`.

    It is over when nobody has stood there for `grace_s`; shorter absences do not end a stay.
    """

    after_s: float
    grace_s: float
    begun_s: list[float] = field(default_factory=list)
    _since_s: dict[int, float] = field(default_factory=dict)
    _last_s: dict[int, float] = field(default_factory=dict)
    _open: bool = False

    def step(self, at_s: float, inside: list[int]) -> None:
        """The ids in the zone at a time."""
        for track in inside:
            self._last_s[track] = at_s
            self._since_s.setdefault(track, at_s)
        for track in [track for track, last_s in self._last_s.items() if at_s - last_s > self.grace_s]:
            del self._last_s[track], self._since_s[track]
        if not self._since_s:
            self._open = False
        elif not self._open and any(at_s - self._since_s[track] >= self.after_s for track in inside):
            self._open = True
            self.begun_s.append(round(at_s, 2))
