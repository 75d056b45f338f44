"""Short rations of a node: measures the load, takes and gives back rungs, and says what each camera is given. Pure."""

from collections.abc import Mapping, Sequence

from edge.rations.governor import Change, Governor
from edge.rations.ladder import FULL, Ration, Rung, Watching, ladder, ration_of, rests
from edge.rations.load import CameraLoad, LoadMeter
from protocol.kinds import Severity
from protocol.messages import Rations

PERIOD_S = 2.0
"""Over which the load is measured: ten frames of a camera at five a second."""
KEPT_UP = 0.8
"""Share of its frames that must have been analysed of a camera that is said to be watched in full."""

RuleNames = Mapping[str, Sequence[tuple[str, Severity]]]
"""Name and severity of each camera's rules, by the camera's name."""


class Rationing:
    """Owned by the analysis loop; bounded by the cameras."""

    def __init__(self, rules: RuleNames, *, smaller: bool, now_s: float) -> None:
        """`smaller`: whether the detector takes smaller pictures."""
        self._rules = rules
        self._watching: Watching = {name: frozenset(of for _, of in named) for name, named in rules.items()}
        self._governor = Governor(ladder(self._watching, smaller=smaller))
        self._meter = LoadMeter(now_s)
        self._due_s = now_s + PERIOD_S
        self._loads: Mapping[str, CameraLoad] = {}
        self._full_per_s: dict[str, float] = {}
        """Frames a second that each camera brought when its rate was last whole."""

    def came(self, camera: str, frames: int) -> None:
        """So many frames came from a camera since this was said last, analysed or not."""
        self._meter.came(camera, frames)

    def served(self, camera: str, worked_s: float) -> None:
        """A frame of a camera was analysed, in so many seconds."""
        self._meter.served(camera, worked_s)

    def due(self, now_s: float) -> bool:
        """Whether a period is over, so that `decide` wants to be asked."""
        return now_s >= self._due_s

    def decide(self, now_s: float) -> Change | None:
        """End the period; the rung that it makes the node take or give back."""
        self._due_s = now_s + PERIOD_S
        self._loads = self._meter.period(now_s)
        for name, load in self._loads.items():
            if self.ration(name).share == FULL.share and load.came_per_s:
                self._full_per_s[name] = load.came_per_s
        return self._governor.step(self.need, now_s)

    @property
    def need(self) -> float:
        """Share of the thread's time that all frames of the last period would have taken."""
        return sum(load.need for name, load in self._loads.items() if not self.rests(name))

    @property
    def taken(self) -> Sequence[Rung]:
        """The rungs that are taken, the first first."""
        return self._governor.taken

    def ration(self, camera: str) -> Ration:
        """What a camera is given now."""
        return ration_of(self._watching[camera], self.taken)

    def rests(self, camera: str) -> bool:
        """Whether all its rules rest, so that its frames need not be analysed."""
        paused, severities = self.ration(camera).paused, self._watching[camera]
        return bool(severities) and all(rests(severity, paused) for severity in severities)

    def said(self, camera: str) -> Rations | None:
        """What people are told: rates as they were in the last period. None: the camera is watched in full."""
        ration, load = self.ration(camera), self._loads.get(camera)
        if load is None or (ration.full and load.served_per_s >= KEPT_UP * load.came_per_s):
            return None
        full_per_s = self._full_per_s.get(camera, load.came_per_s / ration.share)
        return Rations(
            analysed_per_s=round(min(load.served_per_s, full_per_s), 1),
            of_per_s=round(full_per_s, 1),
            smaller_picture=ration.smaller,
            paused=tuple(name for name, severity in self._rules[camera] if rests(severity, ration.paused)),
        )
