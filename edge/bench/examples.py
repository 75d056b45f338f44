"""Runs the examples of a camera file: a site is its own regression test."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edge.bench.events.footage import FilmedScene
from edge.bench.events.judging import JudgedScene
from edge.bench.events.matching import Event, Raised
from edge.bench.events.running import Setup, play
from edge.complaints import complaint
from edge.config import CameraConfig
from edge.documents import ConfigError
from edge.examples import Example
from protocol.messages import Text
from protocol.sentences import ENGLISH, phrase, sentence


@dataclass(frozen=True, slots=True)
class Shown:
    """What one example showed: the clip, and each thing that is wrong with it; none: as it ought to be."""

    clip: Path
    wrong: tuple[str, ...]


def run_examples(camera: CameraConfig, folder: Path, setup: Setup, language: str = ENGLISH) -> Iterator[Shown]:
    """Replay the clips one by one; `folder` is the camera file's, `language` that in which faults are told.

    Raises ConfigError, ModelError, SourceError.
    """
    missing = [
        complaint("example.no_clip", camera=camera.name, number=number, path=folder / example.clip)
        for number, example in enumerate(camera.examples)
        if not (folder / example.clip).is_file()
    ]
    if missing:
        raise ConfigError(*missing)
    for example in camera.examples:
        events = tuple(Event(wanted.kind, wanted.zone, wanted.from_s, wanted.to_s) for wanted in example.must)
        scene = FilmedScene(example.clip.name, folder / example.clip, camera, events, 0.0)
        judged = play(scene, setup)
        yield Shown(example.clip, tuple(_wrong(example, judged, language)))


def _wrong(example: Example, judged: JudgedScene, language: str) -> Iterator[str]:
    if judged.why is not None:
        yield phrase(judged.why, language)
    for one in judged.events:
        if one.alert is None:
            event = one.event
            id_ = "example.missed_in" if event.zone else "example.missed"
            missed = complaint(
                id_, kind=Text(id=f"kind.{event.kind}"), zone=event.zone, first=event.start_s, last=event.end_s
            )
            yield (missed if one.asked else complaint("example.off", missed=missed)).told(language)
    for alert in judged.alerts:
        if alert.false and _unwanted(example, alert.alert):
            raised, reason = alert.alert, sentence(alert.alert.reason, language)
            yield complaint(
                "example.false", kind=Text(id=f"kind.{raised.kind}"), at=raised.begin_s, reason=reason
            ).told(language)


def _unwanted(example: Example, raised: Raised) -> bool:
    if isinstance(example.must_not, str):
        return True
    return any(one.kind is raised.kind and one.zone in (None, raised.zone) for one in example.must_not)
