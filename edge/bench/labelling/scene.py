"""What the page shows: the clip, whatever its camera file draws over it, the events there are, and all words."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.bench.events.footage import camera_file_of
from edge.bench.labelling.truthfile import Problem, TruthFile
from edge.bench.replay import DEFAULT_START
from edge.complaints import ComplaintError
from edge.config import CameraConfig, load_camera
from edge.truth import truth_of
from edge.video.file import FileSource
from edge.video.settings import VideoSettings
from protocol.kinds import Kind
from protocol.messages import Text
from protocol.sentences import LANGUAGES, catalogue, sentence

FPS = 25.0
"""Where a file does not tell its own."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A clip to be labelled. `camera` is None if no camera file was found."""

    clip: Path
    camera: CameraConfig | None
    truth: TruthFile
    width: int
    height: int
    fps: float
    language: str

    def shown(self) -> dict[str, Any]:
        """Everything that the page needs, ready for JSON. Raises ConfigError if the truth cannot be read."""
        events, version = self.truth.read()
        return {
            "clip": self.clip.name,
            "file": self.truth.path.name,
            "seconds": self.truth.seconds,
            "width": self.width,
            "height": self.height,
            "fps": self.fps,
            "kinds": [str(kind) for kind in Kind],
            "watched": _watched(self.camera),
            "places": _places(self.camera),
            "camera": self.camera is not None,
            "events": events,
            "version": version,
            "language": self.language,
            "words": {language: _words(language) for language in LANGUAGES},
        }


def open_scene(clip: Path, config: Path | None, language: str) -> Scene:
    """Raises ConfigError if the truth or the camera file has mistakes, SourceError if the clip is no video."""
    config = config or camera_file_of(clip)
    camera = load_camera(config) if config else None
    source = FileSource(clip, clip.stem, camera.video if camera else VideoSettings(), DEFAULT_START)
    known = [*camera.place.zones, *camera.place.lines] if camera else None
    seconds = source.duration_s
    fps = source.frame_count / seconds if seconds and source.frame_count else FPS
    truth = TruthFile(truth_of(clip), seconds, known)
    truth.read()
    return Scene(clip, camera, truth, source.width, source.height, round(fps, 3), language)


def told(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Problems with their sentences in every language, ready for JSON."""
    return [
        {
            "event": problem.event,
            "field": problem.field,
            "text": {language: sentence(problem.text, language) for language in LANGUAGES},
        }
        for problem in problems
    ]


def told_of(error: ComplaintError, within: str | None = None) -> list[dict[str, Any]]:
    """The same of an error's complaints; `within`: a sentence of the catalogues that says each as its `why`."""
    texts = [{language: one.told(language) for language in LANGUAGES} for one in error.complaints]
    if within is not None:
        texts = [
            {language: sentence(Text(id=within, arguments={"why": why}), language) for language, why in text.items()}
            for text in texts
        ]
    return [{"event": None, "field": None, "text": text} for text in texts]


def _words(language: str) -> dict[str, str]:
    return {name: text for name, text in catalogue(language).items() if name.startswith(("mark.", "kind."))}


def _watched(camera: CameraConfig | None) -> list[str]:
    return list(dict.fromkeys(str(rule.kind) for rule in camera.rules)) if camera else []


def _places(camera: CameraConfig | None) -> list[dict[str, Any]]:
    """Masks, zones and lines, each with its points as shares of the picture."""
    if camera is None:
        return []
    masks = [{"form": "mask", "name": mask.name, "points": mask.polygon} for mask in camera.masks]
    zones = [{"form": "zone", "name": zone.name, "points": zone.polygon} for zone in camera.zones]
    lines = [{"form": "line", "name": line.name, "points": (line.start, line.end)} for line in camera.lines]
    return [*masks, *zones, *lines]
