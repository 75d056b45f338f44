"""Scenes with truth: NAME.mp4, NAME.truth.json beside it, and the camera file that watches it."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.bench.events.matching import Event
from edge.bench.replay import DEFAULT_START
from edge.complaints import Complaint, complaint
from edge.config import CameraConfig, load_camera
from edge.documents import ConfigError
from edge.truth import SUFFIX, TrueEvent, TrueEvents, read_truth, truth_of
from edge.video.file import FileSource
from edge.video.opening import look_at_file

VIDEOS = frozenset({".mp4", ".mkv", ".mov", ".avi", ".ts", ".webm"})
CAMERAS = "camera_configs"
SLACK_S = 0.05
"""A container's length may be stated a little short of its last picture's end."""


@dataclass(frozen=True, slots=True)
class FilmedScene:
    """One clip, who watches it, and what happens in it. `seconds`: its length; 0.0 if the file does not state it."""

    name: str
    clip: Path
    camera: CameraConfig
    events: tuple[Event, ...]
    seconds: float


def read_footage(paths: Sequence[Path], camera_config: Path | None = None) -> list[FilmedScene]:
    """All scenes of some clips and folders of clips. Raises ConfigError with every mistake, SourceError.

    Without `camera_config` the camera file of FOLDER/NAME.mp4 is FOLDER/NAME.camera.yaml, or camera_configs/FOLDER/
    NAME.yaml beside the folder or one above it. `camera_config` is one file for all clips, or a folder of NAME.yaml.
    """
    clips = _clips(paths)
    problems: list[Complaint] = []
    scenes = []
    for clip, name in zip(clips, _names(clips), strict=True):
        try:
            scenes.append(_scene(name, clip, camera_config))
        except ConfigError as error:
            problems += error.complaints
    if problems:
        raise ConfigError(*{one.told(): one for one in problems}.values())  # clips may share a faulty camera file
    return scenes


def _clips(paths: Iterable[Path]) -> list[Path]:
    problems: list[Complaint] = []
    clips: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = sorted(clip for clip in path.iterdir() if clip.suffix.lower() in VIDEOS)
            alone = {truth.name.removesuffix(SUFFIX) for truth in path.glob(f"*{SUFFIX}")} - {c.stem for c in found}
            problems += [complaint("eval.no_clip_of_truth", path=path / f"{name}{SUFFIX}") for name in sorted(alone)]
            if not found and not alone:
                problems.append(complaint("eval.no_clips", path=path, kinds=sorted(VIDEOS)))
            clips += found
        elif path.is_file():
            clips.append(path)
        else:
            problems.append(complaint("eval.no_such", path=path))
    if problems:
        raise ConfigError(*problems)
    once: dict[Path, Path] = {}
    for clip in clips:
        once.setdefault(_place(clip), clip)
    return list(once.values())


def _place(clip: Path) -> Path:
    """Where a clip lies, however it was named. A link is a clip of its own: it has a truth of its own."""
    return clip.parent.resolve() / clip.name


def _names(clips: Sequence[Path]) -> list[str]:
    """What scenes are called: the clips' names, with as many folders as tell them apart."""
    wholes = [_place(clip).parts for clip in clips]
    return ["/".join(_telling_apart(whole, wholes)) for whole in wholes]


def _telling_apart(whole: tuple[str, ...], wholes: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    ends = (whole[-length:] for length in range(1, len(whole) + 1))
    return next(end for end in ends if sum(other[-len(end) :] == end for other in wholes) == 1)


def _scene(name: str, clip: Path, camera_config: Path | None) -> FilmedScene:
    problems: list[Complaint] = []
    camera: CameraConfig | None = None
    truth: TrueEvents | None = None
    path = truth_of(clip)
    try:
        camera = load_camera(camera_file(clip, camera_config, "--camera-config"))
    except ConfigError as error:
        problems += error.complaints
    try:
        truth = _truth(clip)
    except ConfigError as error:
        problems += error.complaints
    if camera is None or truth is None:
        raise ConfigError(*problems)
    seconds = FileSource(clip, camera.name, camera.video, DEFAULT_START).duration_s
    for number, event in enumerate(truth.events):
        found = misfits(event, camera, seconds)
        problems += [complaint("eval.event", path=path, number=number, problem=misfit) for misfit in found]
    if problems:
        raise ConfigError(*problems)
    return FilmedScene(name, clip, camera, tuple(map(_event, truth.events)), seconds)


def _truth(clip: Path) -> TrueEvents:
    path = truth_of(clip)
    if not path.is_file():
        raise ConfigError(complaint("eval.no_truth", clip=clip, name=path.name))
    return read_truth(path, TrueEvents)


def camera_file(clip: Path, given: Path | None, option: str = "--config") -> Path:
    """The camera file that watches a clip: the one given, or the one of its name.

    Raises ConfigError that says where it was looked for, and by which `option` one is given; SourceError for no clip.
    """
    if given is not None and not given.is_dir():
        return given
    look_at_file(clip)
    places = _places(clip, given)
    found = _first(places)
    if found is None:
        id_ = "eval.no_camera_in_two" if len(places) > 1 else "eval.no_camera"
        raise ConfigError(complaint(id_, clip=clip, place=places[0], other=places[-1], option=option))
    return found


def camera_file_of(clip: Path) -> Path | None:
    """The camera file that watches a clip, where `read_footage` looks for it; None if there is none."""
    return _first(_places(clip, None))


def _first(places: Sequence[Path]) -> Path | None:
    return next((place for place in places if place.is_file()), None)


def _places(clip: Path, given: Path | None) -> list[Path]:
    if given is not None:
        return [given / f"{clip.stem}.yaml"]
    folder = clip.resolve().parent
    above = [(parent, folder.relative_to(parent)) for parent in folder.parents]
    places = [clip.with_name(f"{clip.stem}.camera.yaml")]
    return places + [parent / CAMERAS / below / f"{clip.stem}.yaml" for parent, below in above]


def misfits(event: TrueEvent, camera: CameraConfig, seconds: float = 0.0) -> list[Complaint]:
    """Where an event does not fit its clip (0.0: of no known length) or camera file: field and what is wrong."""
    problems: list[Complaint] = []
    for field, at_s in (("start", event.start), ("end", event.end)):
        if seconds and at_s > seconds + SLACK_S:
            problems.append(complaint("eval.past_end", field=field, at=at_s, seconds=seconds))
    known = [*camera.place.zones, *camera.place.lines]
    if event.zone is not None and event.zone not in known:
        near = difflib.get_close_matches(event.zone, known, 1)
        there = [complaint("quoted", name=name) for name in known] or complaint("none")
        problems.append(
            complaint("eval.no_zone_near", camera=camera.name, zone=event.zone, near=near[0])
            if near
            else complaint("eval.no_zone", camera=camera.name, zone=event.zone, known=there)
        )
    return problems


def _event(event: TrueEvent) -> Event:
    return Event(event.kind, event.zone, event.start, event.end)
