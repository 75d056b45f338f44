"""Clips of our own footage, replayed with the detector that comes with Shouwang, once for all tests."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from edge.bench.replay import Replay, Replayed
from edge.config import CameraConfig, classes_of, load_camera
from edge.node import model_name
from edge.rules.finding import Finding
from edge.scenelog.header import Header
from edge.vision.card import MODELS, find_card
from edge.vision.detector import OnnxDetector
from tests.conftest import REPOSITORY


@dataclass(frozen=True)
class Played:
    """A replay, and everything that came of it."""

    header: Header
    camera: CameraConfig
    steps: tuple[Replayed, ...]

    @property
    def findings(self) -> list[Finding]:
        """Those of its first rule's kind, in order, without the ends that watching's end brings about."""
        return [
            finding
            for step in self.steps
            if step.outcome
            for _, finding in step.outcome.judgement.findings
            if finding.kind is self.camera.rules[0].kind
        ]


def camera_of(name: str) -> CameraConfig:
    return load_camera(REPOSITORY / f"camera_configs/footage/{name}.yaml")


def with_rule(camera: CameraConfig, **settings: Any) -> CameraConfig:
    """The camera with other settings of its first rule."""
    rule = camera.rules[0]
    changed = type(rule).model_validate({**rule.model_dump(by_alias=True), **settings})
    return camera.model_copy(update={"rules": (changed, *camera.rules[1:])})


@cache
def played(name: str, **settings: Any) -> Played:
    camera = with_rule(camera_of(name), **settings)
    card, weights = find_card(None, MODELS)
    detector = OnnxDetector(card, weights, only=classes_of([camera]))
    replay = Replay(REPOSITORY / f"footage/{name}.mp4", camera, detector, model_name(card), explain=True)
    return Played(replay.header, camera, tuple(replay))
