"""Chains: for a moment, each track and each rule, one condition after the other up to the first that fails. Pure.

moved? seen, with what score? tracked since when? then the rule's own: class, size, score, schedule, place, time, …
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from edge.rules.base import Rule, RuleSettings
from edge.rules.boxes import Box, area, box_of
from edge.rules.conditions import Condition, rank
from edge.rules.finding import Trace
from edge.vision.boxes import iou
from edge.vision.detector import Detections
from edge.vision.scene import Scene, Tracks
from edge.vision.settings import TrackerSettings
from protocol.messages import Text
from protocol.sentences import catalogue

SAME = 0.4
"""Overlap from which a detection is one of a track."""
FAINT, MOST_UNTRACKED = 0.6, 3
"""Share of the score that starts a track below which a detection is hardly one; how many are told."""
UNKNOWN = "–"
COUNTED = frozenset({Condition.COUNT, Condition.VOTES, Condition.OPENING})
"""Conditions whose figures are whole."""
Looked = tuple[Tracks, Detections]
"""A look of the detector: the tracks after it, and what it saw."""


class Mark(StrEnum):
    """How a condition stands."""

    PASSED = "passed"
    FAILED = "failed"
    AHEAD = "ahead"
    """Not asked, for one before it failed."""


@dataclass(frozen=True, slots=True)
class Link:
    """One condition of a chain, and what is to be said of it."""

    condition: str
    mark: Mark
    text: Text


@dataclass(frozen=True, slots=True)
class RuleChain:
    """What one rule says of somebody: its own conditions in order."""

    rule: str
    kind: str
    number: int
    links: tuple[Link, ...]

    @property
    def failed(self) -> Link | None:
        """The first condition that fails; None: it has raised."""
        return _failed(self.links)


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody or something in the picture, or the picture: how it came to be seen, and what each rule says of it.

    `track`: its id; 0 for the picture as a whole and for what is not tracked, below 0 for a rule's own thing. Without
    `links` it is a track that is lost, of which a rule still has something to say.
    """

    track: int
    label: str | None
    box: Box | None
    links: tuple[Link, ...]
    rules: tuple[RuleChain, ...] = ()

    @property
    def failed(self) -> Link | None:
        """What kept it from being tracked."""
        return _failed(self.links)

    @property
    def lost(self) -> bool:
        """Whether it is a track that is not in view any more."""
        return self.track > 0 and not self.links

    @property
    def of_no_rule(self) -> bool:
        """Whether it is tracked, and no rule is about its class."""
        failed = [chain.failed for chain in self.rules]
        return bool(failed) and self.track > 0 and all(one and one.condition == Condition.CLASS for one in failed)


@dataclass(frozen=True, slots=True)
class Sight:
    """How much it takes to be tracked: the score that starts a track, and what the tracker asks besides."""

    sure_score: float
    tracker: TrackerSettings

    def needed(self, box: Box) -> float:
        """The score from which a box starts a track."""
        return float(self.tracker.starts_from(self.sure_score, area(box)))


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule, and why it had not raised for whom in the scene asked about."""

    rule: Rule[Any]
    traces: Sequence[Trace]


def subjects(
    scene: Scene, rules: Sequence[Asked], sight: Sight, looked: Looked | None = None, *, kept: bool = True
) -> list[Subject]:
    """Everybody of a scene, tracks first. `looked`: tracks and detections of the last look; `kept`: all are known."""
    found = [_track(scene, row, rules, sight) for row in range(len(scene.tracks))]
    told = {trace.track for asked in rules for trace in asked.traces}
    # The picture, then things without a track, then tracks that are lost.
    others = sorted(told - scene.tracks.visible, key=lambda track: (track > 0, -track))
    found += [_other(track, rules) for track in others]
    if looked is not None:
        found += _untracked(scene, looked, sight)
    if not len(scene.tracks) and not any(subject.box and not subject.track for subject in found):
        found.insert(0, _nobody(scene, sight, kept=kept))
    return found


def told_apart(found: Sequence[Subject]) -> tuple[list[Subject], list[Subject]]:
    """Those whom a rule asks more of than their class, and the others; one who is alone is asked about."""
    if len(found) == 1:
        return list(found), []
    return [one for one in found if not one.of_no_rule], [one for one in found if one.of_no_rule]


def _failed(links: Sequence[Link]) -> Link | None:
    return next((link for link in links if link.mark is Mark.FAILED), None)


def _link(condition: str, mark: Mark, text: str, **arguments: str | float) -> Link:
    return Link(condition, mark, Text(id=text, arguments=dict(arguments)))


def _moved(scene: Scene, mark: Mark = Mark.PASSED) -> Link:
    text = "trace.moved" if mark is Mark.FAILED else "trace.moved.passed"
    return _link("moved", mark, text, gate=f"gate.{scene.gate.reason}", moved=f"{100 * scene.gate.moved:.1f}")


def _track(scene: Scene, row: int, rules: Sequence[Asked], sight: Sight) -> Subject:
    tracks = scene.tracks
    track, label = int(tracks.ids[row]), tracks.labels[row]
    score = f"{float(tracks.scores[row]):.2f}"
    looked = "trace.detected.passed" if tracks.seen[row] else "trace.detected.held"
    links = (
        _moved(scene),
        _link("detected", Mark.PASSED, looked, have=score, need=f"{sight.sure_score:.2f}"),
        _link("tracked", Mark.PASSED, "trace.tracked.passed", track=track, have=f"{float(tracks.ages_s[row]):.1f}"),
    )
    shown = _Shown(label, float(tracks.heights[row]), float(tracks.scores[row]))
    return Subject(track, label, box_of(tracks.boxes[row].tolist()), links, _rule_chains(track, rules, shown))


def _other(track: int, rules: Sequence[Asked]) -> Subject:
    boxes = (trace.box for asked in rules for trace in asked.traces if trace.track == track and trace.box)
    return Subject(track, None, next(boxes, None), (), _rule_chains(track, rules, None))


def _untracked(scene: Scene, looked: Looked, sight: Sight) -> list[Subject]:
    """What the detector saw and no track took, the surest first; of faint ones some only if nobody is there."""
    tracks, seen = looked
    if not len(seen.scores):
        return []
    overlap = iou(seen.boxes, tracks.boxes) if len(tracks) else np.zeros((len(seen.scores), 0), np.float32)
    faint = FAINT * sight.sure_score if len(scene.tracks) else 0.0
    rows = np.flatnonzero((overlap.max(axis=1, initial=0) < SAME) & (seen.scores >= faint))
    found = []
    for row in rows[:MOST_UNTRACKED].tolist():
        box, score = box_of(seen.boxes[row].tolist()), float(seen.scores[row])
        need = sight.needed(box)
        mark, text = (Mark.PASSED, ".passed") if score >= need else (Mark.FAILED, "")
        if mark is Mark.FAILED and score >= sight.sure_score:
            text = ".huge"
        hits = Mark.FAILED if mark is Mark.PASSED else Mark.AHEAD
        links = (
            _moved(scene),
            _link("detected", mark, f"trace.detected{text}", have=f"{score:.2f}", need=f"{need:.2f}"),
            _link("tracked", hits, "trace.tracked", need=sight.tracker.confirm_hits),
        )
        found.append(Subject(0, seen.labels[row], box, links))
    return found


def _nobody(scene: Scene, sight: Sight, *, kept: bool) -> Subject:
    if not scene.gate.look and not scene.gate.coast:
        return Subject(0, None, None, (_moved(scene, Mark.FAILED),))
    text = "trace.detected.nothing" if kept else "trace.detected.unknown"
    return Subject(0, None, None, (_moved(scene), _link("detected", Mark.FAILED, text, need=f"{sight.sure_score:.2f}")))


@dataclass(frozen=True, slots=True)
class _Shown:
    """What rules see of a track before they ask for more."""

    label: str
    height: float
    score: float


def _rule_chains(track: int, rules: Sequence[Asked], shown: _Shown | None) -> tuple[RuleChain, ...]:
    chains = []
    for number, asked in enumerate(rules):
        traces = [trace for trace in asked.traces if trace.track == track]
        if traces:
            raised = next((trace for trace in traces if trace.condition == Condition.RAISED), None)
            links = _rule_links(asked.rule.settings, raised or traces[0], shown)
            chains.append(RuleChain(asked.rule.name, str(asked.rule.kind), number, links))
    return tuple(chains)


def _rule_links(settings: RuleSettings, trace: Trace, shown: _Shown | None) -> tuple[Link, ...]:
    """The rule's conditions: those its settings tell of, with the one of the trace where it belongs."""
    line = hasattr(settings, "line")
    failed = _condition(settings, trace)
    told = {*_conditions(settings, shown), failed, Condition.RAISED}
    if failed == Condition.RAISED and trace.have is None:
        # The rule says that it has raised, and not for how long it lasts.
        told.discard(Condition.TIME)
    conditions = sorted(told, key=lambda one: rank(one, line=line))
    at, links = rank(failed, line=line), []
    for condition in conditions:
        mark = Mark.PASSED if rank(condition, line=line) < at else Mark.AHEAD
        if condition == failed:
            mark = Mark.PASSED if failed == Condition.RAISED else Mark.FAILED
        links.append(Link(condition, mark, _said(condition, mark, settings, trace, shown)))
    return tuple(links)


def _condition(settings: RuleSettings, trace: Trace) -> str:
    """What fails. Some rules tell the time of somebody who has been long enough, while they rest after an alert."""
    over = None not in (trace.have, trace.need) and (trace.have or 0) >= (trace.need or 0)
    if trace.condition == Condition.TIME and over and settings.cooldown_s > 0:
        return Condition.COOLDOWN
    return trace.condition


def _conditions(settings: RuleSettings, shown: _Shown | None) -> list[str]:
    """What a rule asks for as far as its settings tell."""
    asks = {
        Condition.CLASS: shown is not None and hasattr(settings, "classes"),
        Condition.SIZE: shown is not None and getattr(settings, "min_height", 0) > 0,
        Condition.SCORE: shown is not None and getattr(settings, "min_score", 0) > 0,
        Condition.SCHEDULE: bool(settings.schedule),
        Condition.PLACE: shown is not None and (hasattr(settings, "zone") or hasattr(settings, "line")),
        Condition.TIME: hasattr(settings, "after_s"),
        Condition.COOLDOWN: settings.cooldown_s > 0,
    }
    return [condition for condition, asked in asks.items() if asked]


def _said(condition: str, mark: Mark, settings: RuleSettings, trace: Trace, shown: _Shown | None) -> Text:
    have, need = _figures(condition, settings, trace, shown)
    arguments: dict[str, str | int | float | bool] = {
        "have": have,
        "need": need,
        "unit": trace.unit,
        "zone": settings.where,
        "label": f"class.{shown.label}" if shown else UNKNOWN,
        "classes": ", ".join(getattr(settings, "classes", ())) or UNKNOWN,
        "cooldown_s": f"{settings.cooldown_s:g}",
    }
    line = ".line" if condition == Condition.PLACE and hasattr(settings, "line") else ""
    ending = "" if mark is Mark.FAILED else f".{mark}"
    return Text(id=_known(f"trace.{condition}{line}{ending}", f"trace.other{ending}"), arguments=arguments)


def _known(*ids: str) -> str:
    """The first that the catalogues have; the last in any case."""
    return next((one for one in ids if one in catalogue("en")), ids[-1])


def _figures(condition: str, settings: RuleSettings, trace: Trace, shown: _Shown | None) -> tuple[str, str]:
    if condition == Condition.SIZE and shown is not None:
        return f"{shown.height:.2f}", f"{getattr(settings, 'min_height', 0):.2f}"
    if condition == Condition.SCORE and shown is not None:
        return f"{shown.score:.2f}", f"{getattr(settings, 'min_score', 0):.2f}"
    if condition == trace.condition or (condition == Condition.TIME and trace.condition == Condition.RAISED):
        return _figure(condition, trace.have), _figure(condition, trace.need)
    if condition == Condition.TIME:
        return UNKNOWN, _figure(condition, getattr(settings, "after_s", None))
    return UNKNOWN, UNKNOWN


def _figure(condition: str, value: float | None) -> str:
    if value is None:
        return UNKNOWN
    if condition in COUNTED:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 1 or value == 0 else f"{value:.2g}"
