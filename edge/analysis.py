"""The analysis of one camera: a frame goes through gate, detector, tracker, rules and alerts, in plain calls.

Live cameras and recorded files run this same code, so a clip and a camera give the same alerts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.alerts.flood import FloodGuard
from edge.alerts.life import AlertLife, Origin, Report
from edge.config import CameraConfig
from edge.learning.exceptions import Changes, Witness
from edge.rations.ladder import FULL, Ration, rests
from edge.rules.base import Rule
from edge.rules.engine import Judgement, RuleEngine
from edge.rules.selecting import TrackRule
from edge.video.frame import Frame
from edge.video.ring import PacketRing
from edge.vision.detector import Detections, Detector
from edge.vision.gate import Gate
from edge.vision.scene import Scene, Tracks
from edge.vision.senses.base import Senses
from edge.vision.settings import GateSettings
from edge.vision.tracker import Tracker
from protocol.kinds import SEVERITY_OF
from protocol.messages import Rations, Text, Verdict, VerdictWord


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the analysis of one frame came to."""

    scene: Scene
    judgement: Judgement
    reports: tuple[Report, ...]
    seen: Detections | None = None
    """What the detector saw, if it looked."""
    moving: NDArray[np.uint8] | None = None
    """The gate's cells (rows, columns) that moved, if it compared."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a verdict did to a rule: whether it learnt what is normal, and which exceptions came and went."""

    rule: Rule[Any]
    learnt: bool
    changes: Changes


class CameraAnalysis:
    """Owns the memory of one camera: background, tracks, rules, open alerts. Used by one thread."""

    def __init__(
        self,
        camera: CameraConfig,
        detector: Detector,
        origin: Origin,
        ring: PacketRing,
        smaller: Detector | None = None,
        *,
        explain: bool = False,
    ) -> None:
        """`smaller`: the same detector on a smaller picture, for short rations, if it takes one.

        `explain`: rules say why they have not raised, for whoever reads the traces of an outcome's judgement.
        """
        self.camera = camera
        self._detector, self._smaller = detector, smaller
        self._ration = FULL
        self._begin(camera.build_rules(), explain=explain)
        self._alerts = AlertLife(origin, camera.evidence, ring)
        self._last: tuple[Scene, Frame] | None = None
        """The newest scene, also one of silence, and the newest frame."""
        self._said_at: datetime | None = None
        """Of the last silence of which something was said."""
        self.frames = self.looks = 0
        """Frames analysed, and frames the detector looked at."""

    def _begin(self, rules: Sequence[Rule[Any]], *, explain: bool) -> None:
        """Everything that remembers what was seen, with the memory of nothing."""
        self._rules = RuleEngine(rules, explain=explain)
        self._senses = Senses.asked_for(sense for rule in rules for sense in rule.senses)
        self._tracker = Tracker(self.camera.tracker, self._detector.card.threshold)
        self._floods = FloodGuard(self.camera.floods)
        self._wake()
        self._gate = Gate(self._gate_settings, self._awake.regions)

    def _wake(self) -> None:
        """Let those rules watch, and their senses, that do not rest."""
        awake = [rule for rule in self._rules.rules if not rests(SEVERITY_OF[rule.kind], self._ration.paused)]
        self._awake = RuleEngine(awake, explain=self._rules.explains)
        self._sensing = self._senses.of(sense for rule in awake for sense in rule.senses)

    def step(self, frame: Frame) -> Outcome:
        """The next frame of this camera."""
        ended = self._begin_anew_if_the_clock_was_set(frame)
        decision = self._gate.decide(frame, self._tracker.expected)
        detector = self._smaller if self._ration.smaller and self._smaller else self._detector
        seen = detector.detect(frame.picture) if decision.look else None
        if seen is not None:
            tracks = self._tracker.update(frame.at, seen)
        elif decision.coast:
            tracks = self._tracker.coast(frame.at)
        else:
            tracks = self._tracker.hold(frame.at)
        readings = self._sensing.measure(frame, tracks, decision)
        aspect = frame.picture.width / frame.picture.height
        scene = Scene(
            frame.camera,
            frame.index,
            self._judged_at(frame),
            tracks,
            decision,
            frame.uncertainty_ms,
            readings,
            aspect,
            self._ration.paused,
        )
        judgement = self._awake.step(scene)
        reports = self._alerts.step(scene, self._floods.step(scene.at, judgement.findings), frame)
        self._last = (scene, frame)
        self.frames += 1
        self.looks += decision.look
        return Outcome(scene, judgement, (*ended, *reports), seen, self._gate.moving)

    def _begin_anew_if_the_clock_was_set(self, frame: Frame) -> list[Report]:
        """Times from before mean nothing then: what is open ends, and all begins anew but what was learnt."""
        if self._last is None or frame.clock_sets == self._last[1].clock_sets:
            return []
        reports = self._alerts.begin_anew(*self._last, Text(id="reason.clock_set"))
        for rule in self._rules.rules:
            rule.begin_anew()
        self._begin(self._rules.rules, explain=self._rules.explains)
        self._last = self._said_at = None
        return reports

    def _judged_at(self, frame: Frame) -> datetime:
        """A frame's time. After a silence pictures may come that were held back: for rules time does not go back behind
        what was said of the silence."""
        return frame.at if self._said_at is None else max(frame.at, self._said_at)

    def silent(self, at: datetime) -> list[Report]:
        """No frame has come for a while: what rules say of that, with the last picture there was."""
        if self._last is None or at <= self._last[0].at:
            return []
        scene, frame = self._last
        nobody = replace(scene, at=at, tracks=Tracks.none())
        reports = self._alerts.silent(nobody, self._floods.step(at, self._awake.silent(at).findings), frame)
        self._last = nobody, frame
        if reports:
            self._said_at = at
        return reports

    def rest(self, frame: Frame) -> list[Report]:
        """A frame that nobody looks at, for all rules rest: clips are cut when they are due nevertheless."""
        return self._alerts.cut_due(frame.at, frame)

    def hear(self, verdict: Verdict) -> Heard | None:
        """A verdict; what it changed of the rule that raised the alert. None for alerts of others."""
        raised = self._alerts.who_raised(verdict.alert)
        if raised is None:
            return None
        real, rule = verdict.verdict is VerdictWord.REAL, raised.rule
        learnt = rule.hear(raised.episode, real=real)
        if not isinstance(rule, TrackRule) or rule.lessons is None:
            return Heard(rule, learnt, Changes())
        witnesses = [
            Witness(
                at=verdict.at,
                alert=verdict.alert,
                label=shown.first.label,
                score=shown.first.score,
                box=shown.box,
                still=shown.still,
                real=real,
            )
            for shown in raised.objects.values()
        ]
        return Heard(rule, learnt, rule.lessons.hear(witnesses, self.camera.learning))

    def put_on(self, ration: Ration, said: Rations | None) -> list[Report]:
        """Watch with this ration from the next frame on, of which people are told what is `said`.

        What rests keeps its memory, and so do the senses that nobody else asks for: they wake as if no picture had come
        for a while. Returns what is to be said of alerts that are open.
        """
        self._alerts.rations = said
        if ration == self._ration:
            return []
        before, self._ration = self._awake, ration
        self._wake()
        self._gate.watch(self._gate_settings, self._awake.regions)
        resting = [rule for rule in before.rules if rule not in self._awake.rules]
        return self._alerts.pause(resting, self._last[0].at) if self._last else []

    @property
    def _gate_settings(self) -> GateSettings:
        """Between looks tracks are guesses; who runs or turns is lost in half a second of them."""
        gate = self.camera.gate
        return gate.model_copy(update={"known_s": 0.0}) if self._awake.measures_ways else gate

    @property
    def rules(self) -> Sequence[Rule[Any]]:
        """Those of its camera, in the order of the configuration."""
        return self._rules.rules

    def close(self) -> list[Report]:
        """Watching stops: what is still open ends now."""
        scene, frame = self._last or (None, None)
        return self._alerts.close(scene, frame, Text(id="reason.stopped"))
