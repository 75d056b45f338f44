"""The life of alerts: findings become revisions with evidence; ids are a pure function of what happened.

Revision 1 carries the snapshot and goes out at once. The clip ends some seconds after the event, so it comes with a
later revision, together with the tracks to draw over it. Nothing here knows of wires or disks.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import av
import numpy as np
import structlog

from edge.alerts.evidence import Piece, ThingsSince, clip, snapshot, tracks
from edge.alerts.history import SceneHistory
from edge.alerts.settings import EvidenceSettings
from edge.rules.base import Rule
from edge.rules.finding import Finding
from edge.video.frame import Frame
from edge.video.ring import PacketRing
from edge.vision.boxes import iou
from edge.vision.scene import Scene
from protocol.ids import uuid7
from protocol.kinds import SEVERITY_OF, Phase
from protocol.messages import Alert, Fingerprints, Rations, SeenObject, Text

log = structlog.get_logger()

MOST_OBJECTS = 64
STILL_S, STILL_IOU = 5.0, 0.6
"""An object stood still if it was about there for so many seconds."""
SHOWN_S = 1.0
"""A thing without a track is drawn for so long at least: what falls ends as it begins."""
MOST_REMEMBERED = 1000
"""Alerts of which it is known who raised them, for the verdict that may come."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What all alerts of one camera share. `salt` tells runs apart: a new one per process, a fixed one in replays."""

    node: str
    camera: str
    salt: str
    model: str
    configuration: str
    software: str


@dataclass(frozen=True, slots=True)
class Report:
    """One revision of an alert, not yet signed, and the new pieces of evidence it names."""

    alert: Alert
    pieces: tuple[Piece, ...] = ()


@dataclass(slots=True)
class _Open:
    """An alert that may still get a revision: newest revision, everyone who took part, when its clip is due."""

    alert: Alert
    rule: Rule[Any]
    involved: set[int]
    shown: datetime
    """Its last picture when it began: in silence an alert begins seconds after that."""
    clip_from: datetime
    clip_due: datetime
    longest: datetime
    """Beyond this its clip does not go, however long it lasts."""
    things: list[ThingsSince]
    clip_done: bool = False
    rested: bool = False
    """For some of its time nobody looked."""


@dataclass(slots=True)
class Shown:
    """An object of an alert: how it was first, where it was last, and when."""

    first: SeenObject
    since: datetime
    box: tuple[float, float, float, float]
    until: datetime

    @property
    def still(self) -> bool:
        """Whether it stood where it was for as long as can be told, and long enough for that to mean something."""
        here, there = (np.array([box], np.float32) for box in (self.first.box, self.box))
        return (self.until - self.since).total_seconds() >= STILL_S and bool(iou(here, there)[0, 0] >= STILL_IOU)


@dataclass(frozen=True, slots=True)
class Raised:
    """Who raised an alert, in which episode, and its tracked objects."""

    rule: Rule[Any]
    episode: int
    objects: dict[int, Shown]


class AlertLife:
    """Owned by the analysis of one camera. Holds open alerts only; they end with their event and their clip."""

    def __init__(self, origin: Origin, settings: EvidenceSettings, ring: PacketRing) -> None:
        self._origin = origin
        self._settings = settings
        self._ring = ring
        self._open: dict[tuple[str, int], _Open] = {}
        self._raised: OrderedDict[UUID, Raised] = OrderedDict()
        self._looked: tuple[Scene, Frame] | None = None
        """The last scene in which the detector looked, and its frame."""
        self.rations: Rations | None = None
        """Under which its camera is watched now; every alert says so, and goes on saying it once it has."""
        self.history = SceneHistory(settings.before_s + settings.longest_s + settings.after_s + 5)

    def step(self, scene: Scene, findings: Sequence[tuple[Rule[Any], Finding]], frame: Frame) -> list[Report]:
        """The revisions that a scene brings about, in the order in which they are to be sent."""
        # What is drawn over a clip is drawn at its pictures' own times, also where they came late and are judged later.
        self.history.add(replace(scene, at=frame.at))
        if scene.gate.look:
            self._looked = scene, frame
        self._follow(scene)
        return self.silent(scene, findings, frame)

    def silent(self, scene: Scene, findings: Sequence[tuple[Rule[Any], Finding]], frame: Frame) -> list[Report]:
        """As `step`, but the scene is what is made of no picture: `frame` is the last that came."""
        reports = [self._apply(rule, finding, scene, frame) for rule, finding in findings]
        return reports + self.cut_due(scene.at, frame)

    def cut_due(self, at: datetime, frame: Frame) -> list[Report]:
        """The revisions with clips that are due, whether or not anybody looks at the camera; `frame`: its newest."""
        due = [open_ for open_ in self._open.values() if not open_.clip_done and at >= open_.clip_due]
        reports = [report for open_ in due for report in self._with_clip(open_, at, frame)]
        self._open = {key: o for key, o in self._open.items() if not (o.clip_done and o.alert.phase is Phase.END)}
        return reports

    def pause(self, rules: Sequence[Rule[Any]], at: datetime) -> list[Report]:
        """Some rules rest from now on: their open alerts say that nobody looks whether they go on."""
        reports = []
        for open_ in self._open.values():
            if open_.rule in rules and open_.alert.phase is not Phase.END:
                reason = Text(id="reason.paused", arguments={"rule": open_.alert.rule})
                open_.alert = self._revised(open_.alert, phase=Phase.UPDATE, at=max(at, open_.alert.at), reason=reason)
                open_.rested = True
                reports.append(Report(open_.alert))
        return reports

    def who_raised(self, alert: UUID) -> Raised | None:
        """The rule, the episode and the objects of an alert of this run; None if it is not known (any more)."""
        return self._raised.get(alert)

    def close(self, scene: Scene | None, frame: Frame | None, reason: Text) -> list[Report]:
        """Watching stops: every open alert ends now, with as much of a clip as there is."""
        if scene is None or frame is None:
            return []
        reports: list[Report] = []
        for open_ in self._open.values():
            if open_.alert.phase is not Phase.END:
                at = max(scene.at, open_.alert.at)
                open_.alert = self._revised(open_.alert, phase=Phase.END, at=at, ended_at=at, reason=reason)
                reports.append(Report(open_.alert))
            if not open_.clip_done:
                reports += self._with_clip(open_, scene.at, frame)
        self._open.clear()
        return reports

    def begin_anew(self, scene: Scene, frame: Frame, reason: Text) -> list[Report]:
        """The clock was set: what is open ends by the clock of before, of which these are the last scene and frame."""
        reports = self.close(scene, frame, reason)
        self._looked = None
        self.history.clear()
        return reports

    def _follow(self, scene: Scene) -> None:
        """Where the objects of open alerts are now."""
        for open_ in self._open.values():
            raised = self._raised.get(open_.alert.id)
            if raised is not None and open_.alert.phase is not Phase.END:
                for row, track in enumerate(scene.tracks.ids.tolist()):
                    if track in raised.objects:
                        raised.objects[track].box = _box(scene.tracks.boxes[row].tolist())
                        raised.objects[track].until = scene.at

    def _note(self, alert: UUID, objects: Sequence[SeenObject], at: datetime) -> None:
        """Objects that take part in an alert from now on."""
        raised = self._raised.get(alert)
        if raised is not None:
            for one in objects:
                if one.track:
                    raised.objects.setdefault(one.track, Shown(one, at, one.box, at))

    def _apply(self, rule: Rule[Any], finding: Finding, scene: Scene, frame: Frame) -> Report:
        key = (rule.fingerprint, finding.episode)
        if finding.phase is Phase.BEGIN:
            return self._begin(key, rule, finding, scene, frame)
        open_ = self._open[key]
        open_.involved.update(finding.objects)
        open_.things += _things(finding, open_.alert.began_at)
        at = max(finding.at, open_.alert.at)
        changes: dict[str, Any] = {
            "phase": finding.phase,
            "at": at,
            "reason": finding.reason,
            "score": finding.score,
            "objects": _seen(scene, finding) or open_.alert.objects,
        }
        if finding.phase is Phase.END:
            changes["ended_at"] = at
            open_.clip_due = min(at + timedelta(seconds=self._settings.after_s), open_.longest)
            if open_.rested:  # its rule tells how long it lasted, as if somebody had looked all the time
                changes["reason"] = Text(id="reason.rested", arguments={"rule": open_.alert.rule})
        open_.alert = self._revised(open_.alert, **changes)
        self._note(open_.alert.id, open_.alert.objects, finding.at)
        return Report(open_.alert)

    def _begin(self, key: tuple[str, int], rule: Rule[Any], finding: Finding, scene: Scene, frame: Frame) -> Report:
        shown = min(finding.at, frame.at)
        seen, frame = self._last_seen(finding, scene, frame)
        picture = snapshot(frame, self._settings.snapshot_quality)
        origin = self._origin
        alert = Alert(
            id=alert_id(origin.salt, origin.node, origin.camera, rule.fingerprint, finding),
            revision=1,
            node=origin.node,
            camera=origin.camera,
            rule=finding.rule,
            kind=finding.kind,
            severity=SEVERITY_OF[finding.kind],
            phase=Phase.BEGIN,
            zone=finding.zone,
            began_at=finding.at,
            at=finding.at,
            uncertainty_ms=scene.uncertainty_ms,
            reason=finding.reason,
            rations=self.rations,
            score=finding.score,
            objects=_seen(seen, finding),
            evidence=(picture.about,),
            fingerprints=Fingerprints(
                model=origin.model,
                configuration=origin.configuration,
                rule=rule.fingerprint,
                lessons=rule.lessons_fingerprint,
                software=origin.software,
            ),
        )
        start = shown - timedelta(seconds=self._settings.before_s)
        longest = max(start + timedelta(seconds=self._settings.longest_s), finding.at)
        self._raised[alert.id] = Raised(rule, finding.episode, {})
        self._note(alert.id, alert.objects, scene.at)
        if len(self._raised) > MOST_REMEMBERED:
            self._raised.popitem(last=False)
        things = _things(finding, finding.at)
        self._open[key] = _Open(alert, rule, set(finding.objects), shown, start, longest, longest, things)
        return Report(alert, (picture,))

    def _last_seen(self, finding: Finding, scene: Scene, frame: Frame) -> tuple[Scene, Frame]:
        """Where its objects are seen: between looks they are guessed, and a box beside somebody explains nothing."""
        looked = self._looked
        if scene.gate.coast and looked and looked[0].tracks.visible.issuperset(finding.objects):
            return looked
        return scene, frame

    def _with_clip(self, open_: _Open, at: datetime, frame: Frame) -> list[Report]:
        """The next revision with the clip and what to draw over it; none if there is neither (any more)."""
        end = min(at, open_.clip_due)
        cut = self._clip(open_, end)
        start = cut.about.from_ if cut else open_.clip_from
        place = open_.rule.place
        zone, line = place.zones.get(open_.alert.zone or ""), place.lines.get(open_.alert.zone or "")
        size = (frame.picture.width, frame.picture.height)
        scenes = self.history.between(start, end)
        drawn = tracks(scenes, frozenset(open_.involved), size, zone, line, open_.things)
        pieces = tuple(piece for piece in (cut, drawn) if piece)
        open_.clip_done = True
        if not pieces:
            return []
        evidence = (*open_.alert.evidence, *(piece.about for piece in pieces))
        open_.alert = self._revised(open_.alert, evidence=evidence)
        return [Report(open_.alert, pieces)]

    def _clip(self, open_: _Open, end: datetime) -> Piece | None:
        """Its clip; None where the ring has nothing of that time, or what cannot be cut: the alert is worth more."""
        try:
            return clip(self._ring, open_.clip_from, end, open_.shown)
        except (av.FFmpegError, ValueError) as error:
            log.error("a clip cannot be cut", camera=self._origin.camera, alert=str(open_.alert.id), why=str(error))
            return None

    def _revised(self, alert: Alert, **changes: Any) -> Alert:  # noqa: ANN401 - field values of any type
        """The next revision. A revision that adds only evidence keeps its phase."""
        if alert.phase is Phase.BEGIN and "phase" not in changes:
            changes["phase"] = Phase.UPDATE
        changes["rations"] = self.rations or alert.rations
        return alert.model_copy(update={"revision": alert.revision + 1, **changes})


def alert_id(salt: str, node: str, camera: str, rule: str, begin: Finding) -> UUID:
    """The id of the alert that a finding begins, `rule` being its rule's fingerprint: a pure function of both."""
    return uuid7(begin.at, "/".join([salt, node, camera, rule, str(begin.episode)]))


def _things(finding: Finding, began: datetime) -> list[ThingsSince]:
    """What a finding changes of the things to be drawn."""
    if finding.phase is Phase.END:
        return [(max(finding.at, began + timedelta(seconds=SHOWN_S)), ())]
    return [(finding.at, finding.things)] if finding.things else []


def _seen(scene: Scene, finding: Finding) -> tuple[SeenObject, ...]:
    tracks = scene.tracks
    tracked = tuple(
        SeenObject(
            track=track,
            label=tracks.labels[row],
            score=round(min(1.0, float(tracks.scores[row])), 3),
            box=_box(tracks.boxes[row].tolist()),
        )
        for row, track in enumerate(tracks.ids.tolist())
        if track in finding.objects
    )
    others = tuple(
        SeenObject(track=0, label=thing.label, score=round(min(1.0, thing.score), 3), box=_box(list(thing.box)))
        for thing in finding.things
    )
    return (tracked + others)[:MOST_OBJECTS]


def _box(values: list[float]) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (round(min(1.0, max(0.0, value)), 4) for value in values)
    return x1, y1, x2, y2
