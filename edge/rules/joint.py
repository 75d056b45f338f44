"""What rules share that raise one alert for all who take part: three people who climb one fence are one alert."""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import Field

from edge.rules.base import Place
from edge.rules.dwell import Stay
from edge.rules.finding import Finding, Step, Trace
from edge.rules.zone import Occupancy, ZoneRule, ZoneSettings
from edge.vision.scene import Scene
from protocol.kinds import Phase
from protocol.messages import Text


class JointSettings(ZoneSettings):
    """Begins when somebody has done it for `after_s`, ends when nobody has for `grace_s`."""

    after_s: float = Field(default=0.5, ge=0, description="seconds before it is raised")
    grace_s: float = Field(default=2.0, ge=0, description="seconds without it before it is over")


J = TypeVar("J", bound=JointSettings)


class JointRule(ZoneRule[J]):
    """Remembers, while an alert is open, since when it is and which stays took part in it.

    A rule says who does it (`look`), who has done it for long enough (`is_ripe`), and what is to be said (`tell`).
    """

    def __init__(self, settings: J, place: Place, forgive_s: float | None = None) -> None:
        """`forgive_s`: an interruption up to so many seconds is none; `grace_s` unless given."""
        super().__init__(settings, place, settings.grace_s if forgive_s is None else forgive_s)
        self._episode: int | None = None
        self._began: datetime | None = None
        self._last: datetime | None = None
        self._involved: dict[int, int] = {}
        """Stay number to the track's present id."""

    @property
    def is_open(self) -> bool:
        """Whether there is an alert."""
        return self._episode is not None

    def look(self, scene: Scene) -> Occupancy:
        """Who does it in this scene; anybody in the zone unless a rule says otherwise."""
        return self.occupancy(scene)

    def is_ripe(self, stay: Stay, at: datetime) -> bool:
        """Whether a stay has lasted long enough to be raised."""
        return stay.seconds(at) >= self.settings.after_s

    def trace(self, stay: Stay, at: datetime) -> Trace:
        """Why a stay has not been raised yet."""
        return Trace(stay.track, "time", stay.seconds(at), self.settings.after_s)

    @abstractmethod
    def tell(
        self, phase: Phase, at: datetime, stays: tuple[Stay, ...], labels: Mapping[int, str]
    ) -> dict[str, str | float]:
        """Arguments of the sentence. `stays`: at the begin those that are ripe, later all; none at the end."""

    def step(self, scene: Scene) -> Step:
        """At most one finding a scene."""
        zone = self.look(scene)
        if not zone.stays and self._episode is None:
            return Step((), zone.traces)
        if zone.stays:
            self._last = scene.at if zone.rows else max(stay.last for stay in zone.stays)
        # Of those who are known to take part there is nothing to ask.
        known = self._involved
        ripe = tuple(
            stay
            for stay in zone.stays
            if known.get(stay.number) != stay.track and zone.present(stay) and self.is_ripe(stay, scene.at)
        )
        if self._episode is None:
            finding = self._begin(scene.at, ripe, zone)
        elif zone.stays or not self._over(scene.at):
            finding = self._go_on(scene.at, ripe, zone)
        else:
            finding = self._end(scene.at, zone)
        traces = self.why(self._trace(stay, scene.at) for stay in zone.stays)
        return Step((finding,) if finding else (), zone.traces + traces)

    def lasted_s(self, at: datetime) -> float:
        """How long the open alert has lasted."""
        return (at - (self._began or at)).total_seconds()

    def _over(self, at: datetime) -> bool:
        return self._last is None or at - self._last > timedelta(seconds=self.settings.grace_s)

    def _begin(self, at: datetime, ripe: tuple[Stay, ...], zone: Occupancy) -> Finding | None:
        if not ripe or self.cooling(at):
            return None
        self._episode, self._began = self.next_episode(), ripe[0].since
        self._involved = {stay.number: stay.track for stay in ripe}
        return self._finding(Phase.BEGIN, at, self.tell(Phase.BEGIN, at, ripe, zone.labels))

    def _go_on(self, at: datetime, ripe: tuple[Stay, ...], zone: Occupancy) -> Finding | None:
        newcomers = any(stay.number not in self._involved for stay in ripe)
        self._involved |= {stay.number: stay.track for stay in ripe}
        if not newcomers:
            return None
        return self._finding(Phase.UPDATE, at, self.tell(Phase.UPDATE, at, zone.stays, zone.labels))

    def _end(self, at: datetime, zone: Occupancy) -> Finding:
        finding = self._finding(Phase.END, at, self.tell(Phase.END, at, (), zone.labels))
        self._episode, self._began, self._involved = None, None, {}
        self.cool_down(at)
        return finding

    def _trace(self, stay: Stay, at: datetime) -> Trace:
        if stay.number in self._involved:
            return Trace(stay.track, "raised", stay.seconds(at), self.settings.after_s)
        if self._episode is None and self.is_ripe(stay, at) and self.cooling(at):
            return Trace(stay.track, "cooldown")
        return self.trace(stay, at)

    def _finding(self, phase: Phase, at: datetime, arguments: dict[str, str | float]) -> Finding:
        zone, objects = self.settings.zone, tuple(self._involved.values())
        reason = Text(id=f"reason.{self.kind}.{phase}", arguments={"zone": zone, **arguments})
        return Finding(self.kind, phase, self.name, self._episode or 0, at, zone, objects, reason)
