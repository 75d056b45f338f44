"""Runs the examples of a camera file: a site is its own regression test."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edge.bench.events.footage import FilmedScene
from edge.bench.events.judging import JudgedScene
from edge.bench.events.matching import Event, Raised
from edge.bench.events.running import Setup, play
from edge.config import CameraConfig
from edge.documents import ConfigError
from edge.examples import Example
from protocol.sentences import phrase, sentence


@dataclass(frozen=True, slots=True)
class Shown:
    """What one example showed: the clip, and each thing that is wrong with it; none: as it ought to be."""

    clip: Path
    wrong: tuple[str, ...]


def run_examples(camera: CameraConfig, folder: Path, setup: Setup) -> Iterator[Shown]:
    """Replay the clips one by one; `folder` is the camera file's. Raises ConfigError, ModelError, SourceError."""
    missing = [
        f"camera «{camera.name}» examples[{number}].clip: {folder / example.clip} is not here; put it there or take "
        "the example out"
        for number, example in enumerate(camera.examples)
        if not (folder / example.clip).is_file()
    ]
    if missing:
        raise ConfigError(missing)
    for example in camera.examples:
        events = tuple(Event(wanted.kind, wanted.zone, wanted.from_s, wanted.to_s) for wanted in example.must)
        scene = FilmedScene(example.clip.name, folder / example.clip, camera, events, 0.0)
        judged = play(scene, setup)
        yield Shown(example.clip, tuple(_wrong(example, judged)))


def _wrong(example: Example, judged: JudgedScene) -> Iterator[str]:
    if judged.why is not None:
        yield phrase(judged.why, "en")
    for one in judged.events:
        if one.alert is None:
            event = one.event
            where = f" in «{event.zone}»" if event.zone else ""
            off = "" if one.asked else "; no rule of that kind is on"
            yield f"no {event.kind}{where} from {event.start_s:g} to {event.end_s:g} s{off}"
    for alert in judged.alerts:
        if alert.false and _unwanted(example, alert.alert):
            yield f"{alert.alert.kind} at {alert.alert.begin_s:g} s: {sentence(alert.alert.reason, 'en')}"


def _unwanted(example: Example, raised: Raised) -> bool:
    if isinstance(example.must_not, str):
        return True
    return any(one.kind is raised.kind and one.zone in (None, raised.zone) for one in example.must_not)
