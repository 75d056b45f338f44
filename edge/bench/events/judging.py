"""One scene judged: which events were found, which missed, which not asked for, and which alerts were false. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from edge.bench.events.matching import Event, Raised, in_time, match
from edge.complaints import UnfitError, complaint
from protocol.kinds import Kind
from protocol.messages import Text


@dataclass(frozen=True, slots=True)
class JudgedEvent:
    """An event. `asked`: the camera file switches its kind on, so it should be found. `alert`: number of what did."""

    event: Event
    asked: bool
    alert: int | None

    @property
    def missed(self) -> bool:
        """It should have been found, and was not."""
        return self.asked and self.alert is None


@dataclass(frozen=True, slots=True)
class JudgedAlert:
    """An alert. `event`: number of the event it found; None: a false alert."""

    alert: Raised
    event: int | None
    delay_s: float | None
    """From the event's start to the alert's begin; None for a false one."""

    @property
    def false(self) -> bool:
        """Nothing happened that it could mean."""
        return self.event is None

    @property
    def own_delay_s(self) -> float | None:
        """The delay less what the rule is told to wait: how late it is after its condition held."""
        return None if self.delay_s is None else round(self.delay_s - (self.alert.after_s or 0.0), 3)


@dataclass(frozen=True, slots=True)
class JudgedScene:
    """One clip. `camera`: fingerprint of its camera file; `kinds`: those switched on in it; `why`: cut short, why."""

    name: str
    camera: str
    seconds: float
    kinds: tuple[Kind, ...]
    events: tuple[JudgedEvent, ...]
    alerts: tuple[JudgedAlert, ...]
    why: Text | None = None

    def __post_init__(self) -> None:
        pairs = {(number, one.alert) for number, one in enumerate(self.events) if one.alert is not None}
        if pairs != {(one.event, number) for number, one in enumerate(self.alerts) if one.event is not None}:
            raise UnfitError(complaint("eval.contradiction"))


def judge(
    name: str,
    camera: str,
    seconds: float,
    kinds: Collection[Kind],
    events: Sequence[Event],
    alerts: Sequence[Raised],
    tolerance_s: float,
    why: Text | None = None,
) -> JudgedScene:
    """Pair events with alerts, both put in the order of time."""
    events = sorted(events, key=in_time)
    alerts = sorted(alerts, key=lambda alert: (alert.begin_s, alert.kind, alert.zone or "", alert.id))
    found_by = match(events, alerts, tolerance_s)
    finds = {alert: event for event, alert in found_by.items()}
    return JudgedScene(
        name,
        camera,
        seconds,
        tuple(sorted(kinds)),
        tuple(JudgedEvent(event, event.kind in kinds, found_by.get(n)) for n, event in enumerate(events)),
        tuple(
            JudgedAlert(alert, finds.get(n), round(alert.begin_s - events[finds[n]].start_s, 3) if n in finds else None)
            for n, alert in enumerate(alerts)
        ),
        why,
    )
