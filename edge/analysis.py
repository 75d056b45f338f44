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
        self._rules = self._awake = RuleEngine(camera.build_rules(), explain=explain)
        self._senses = self._sensing = Senses.asked_for(sense for rule in self._rules.rules for sense in rule.senses)
        self._gate = Gate(self._gate_settings, self._rules.regions)
        self._tracker = Tracker(camera.tracker, detector.card.threshold)
        self._floods = FloodGuard(camera.floods)
        self._alerts = AlertLife(origin, camera.evidence, ring)
        self._last: tuple[Scene, Frame] | None = None
        self.frames = self.looks = 0
        """Frames analysed, and frames the detector looked at."""

    def step(self, frame: Frame) -> Outcome:
        """The next frame of this camera."""
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
            frame.at,
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
        return Outcome(scene, judgement, tuple(reports), seen, self._gate.moving)

    def silent(self, at: datetime) -> list[Report]:
        """No frame has come for a while: what rules say of that, with the last picture there was."""
        if self._last is None or at <= self._last[0].at:
            return []
        scene, frame = self._last
        nobody = replace(scene, at=at, tracks=Tracks.none())
        return self._alerts.step(nobody, self._floods.step(at, self._awake.silent(at).findings), frame)

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
        awake = [rule for rule in self._rules.rules if not rests(SEVERITY_OF[rule.kind], ration.paused)]
        self._awake = RuleEngine(awake, explain=self._rules.explains)
        self._sensing = self._senses.of(sense for rule in awake for sense in rule.senses)
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
