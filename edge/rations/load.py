"""How much of the analysis thread's time the cameras would need: the frames they bring, and what one costs.

Measured over periods: a single frame says nothing, for most are cheap and some are looked at.
"""

from dataclasses import dataclass, field
from statistics import fmean


@dataclass(slots=True)
class _Counted:
    """One camera in the running period, and what a frame of it cost in the last one that knew; None: not known."""

    came: int = 0
    served: int = 0
    worked_s: float = 0.0
    cost_s: float | None = None


@dataclass(frozen=True, slots=True)
class CameraLoad:
    """One camera over a period."""

    came_per_s: float
    """Frames that it brought, at the rate it is rationed to."""
    served_per_s: float
    """Those of them that were analysed."""
    cost_s: float
    """Seconds of work a frame."""

    @property
    def need(self) -> float:
        """Share of the thread's time that all its frames would take; above 1 it alone is too much."""
        return self.came_per_s * self.cost_s


@dataclass(slots=True)
class LoadMeter:
    """Used by one thread; bounded by the cameras."""

    since_s: float
    """When the running period began."""
    _cameras: dict[str, _Counted] = field(default_factory=dict)

    def came(self, camera: str, frames: int) -> None:
        """So many frames came from a camera, whether there was time for them or not."""
        self._of(camera).came += frames

    def served(self, camera: str, worked_s: float) -> None:
        """A frame of a camera was analysed, which took so many seconds."""
        counted = self._of(camera)
        counted.served += 1
        counted.worked_s += worked_s

    def period(self, now_s: float) -> dict[str, CameraLoad]:
        """The load since the last call, by camera.

        A camera that was not served costs what it did before; one that never was, what the others do.
        """
        passed_s = max(now_s - self.since_s, 1e-3)
        self.since_s = now_s
        for counted in self._cameras.values():
            if counted.served:
                counted.cost_s = counted.worked_s / counted.served
        known = [counted.cost_s for counted in self._cameras.values() if counted.cost_s is not None]
        usual_s = fmean(known) if known else 0.0
        loads = {name: _load(counted, passed_s, usual_s) for name, counted in self._cameras.items()}
        for counted in self._cameras.values():
            counted.came, counted.served, counted.worked_s = 0, 0, 0.0
        return loads

    def _of(self, camera: str) -> _Counted:
        return self._cameras.setdefault(camera, _Counted())


def _load(counted: _Counted, passed_s: float, usual_s: float) -> CameraLoad:
    cost_s = usual_s if counted.cost_s is None else counted.cost_s
    return CameraLoad(counted.came / passed_s, counted.served / passed_s, cost_s)
