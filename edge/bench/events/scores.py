"""Figures of judged scenes: precision, recall, F1, i-LIDS's F1, false alerts per camera-hour, delays. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from edge.bench.events.judging import JudgedScene
from protocol.kinds import Kind

RECALL_BIAS = 0.65
"""What is usually given as i-LIDS's for a sterile zone in the role of operational alert; see `f1`."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted in one scene, or in several. `delays`, `own_delays` (s): of each alert that found an event."""

    found: int = 0
    missed: int = 0
    false_alerts: int = 0
    seconds: float = 0.0
    delays: tuple[float, ...] = ()
    own_delays: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """What a tally comes to; None where nothing can be said, for there is nothing to divide by."""

    precision: float | None
    recall: float | None
    f1: float | None
    ilids_f1: float | None
    false_per_hour: float | None
    delay_median_s: float | None
    delay_p95_s: float | None
    own_delay_median_s: float | None
    own_delay_p95_s: float | None


NAMES = tuple(field.name for field in fields(Figures))
"""Of all figures, in order."""


def tally(scene: JudgedScene, kind: Kind | None = None) -> Tally | None:
    """Count one scene, one kind of it or all; None if its camera does not watch for that (for anything)."""
    if kind not in scene.kinds and not (kind is None and scene.kinds):
        return None
    events = [one for one in scene.events if one.asked and kind in (None, one.event.kind)]
    alerts = [one for one in scene.alerts if kind in (None, one.alert.kind)]
    return Tally(
        sum(not one.missed for one in events),
        sum(one.missed for one in events),
        sum(one.false for one in alerts),
        scene.seconds,
        tuple(one.delay_s for one in alerts if one.delay_s is not None),
        tuple(one.own_delay_s for one in alerts if one.own_delay_s is not None),
    )


def tallies(scenes: Iterable[JudgedScene], kind: Kind | None = None) -> list[Tally]:
    """Those of all scenes whose camera watches, in the order of their names."""
    counted = [tally(scene, kind) for scene in sorted(scenes, key=lambda scene: scene.name)]
    return [one for one in counted if one is not None]


def total(counted: Sequence[Tally]) -> Tally:
    """All of them together."""
    return Tally(
        sum(one.found for one in counted),
        sum(one.missed for one in counted),
        sum(one.false_alerts for one in counted),
        sum(one.seconds for one in counted),
        tuple(sorted(delay for one in counted for delay in one.delays)),
        tuple(sorted(delay for one in counted for delay in one.own_delays)),
    )


def f1(found: int, missed: int, false_alerts: int, recall_bias: float = 1.0) -> float | None:
    """(α + 1)·R·P / (R + α·P), 0..1; with a recall bias α of 1 the harmonic mean of precision P and recall R.

    The figure of the UK Home Office's i-LIDS trials (HOSDB, "System Evaluation"; The i-LIDS User Guide, publication
    10/11, v4.9, 2011), whose recall bias depends on scenario and role: above 1 missing is worse than a false alert,
    below 1 the other way round. The values usually given are 0.65 for a sterile zone and 0.55 for parked vehicles as
    operational alert, 75 and 60 as event recording; they are second-hand here, so hold them against the guide before
    you quote a figure.
    Put with counts, so that it holds where nothing was found: (α + 1)·found / (found + false + α·(found + missed)).
    """
    whole = found + false_alerts + recall_bias * (found + missed)
    return (recall_bias + 1) * found / whole if whole else None


def figures(counted: Tally, recall_bias: float = RECALL_BIAS) -> Figures:
    """The figures of a tally."""
    found, missed, false = counted.found, counted.missed, counted.false_alerts
    return Figures(
        found / (found + false) if found + false else None,
        found / (found + missed) if found + missed else None,
        f1(found, missed, false),
        f1(found, missed, false, recall_bias),
        false * 3600 / counted.seconds if counted.seconds else None,
        quantile(counted.delays, 0.5),
        quantile(counted.delays, 0.95),
        quantile(counted.own_delays, 0.5),
        quantile(counted.own_delays, 0.95),
    )


def quantile(rising: Sequence[float], share: float) -> float | None:
    """Linear between the two nearest of sorted values (type 7 of Hyndman and Fan 1996); None of none."""
    if not rising:
        return None
    place = share * (len(rising) - 1)
    below = int(place)
    above = min(below + 1, len(rising) - 1)
    return rising[below] + (place - below) * (rising[above] - rising[below])
