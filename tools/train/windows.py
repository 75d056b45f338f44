"""Two-second windows of real and rendered clips with their thirty measures: what the weights of fights are made from.

Clips of fights and their like are one window each, as they were cut. All others are cut into windows of the length the
sense looks at; whoever is seen there does not fight. Each clip is seen by two detectors, as boxes and as tracks, at two
rates, so that the weights do not lean on one of them. Kept beside the training's other work, one file a clip.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.video.file import FileSource
from edge.video.frame import Frame
from edge.video.settings import VideoSettings
from edge.vision.boxes import Boxes
from edge.vision.detector import Detections, Detector
from edge.vision.senses.struggle import EVERY_S, PERSON, WINDOW_S
from edge.vision.settings import TrackerSettings
from edge.vision.struggle.measures import Measured
from edge.vision.struggle.memory import Memory
from edge.vision.tracker import Tracker
from tools.bench.footage import CLIPS, DATA
from tools.footage.files import ROOT

FIGHTS = DATA / "fights"
BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
"""When a clip is taken to begin."""
RATES = (10, 5)
"""Pictures a second; the second must divide the first."""
LEAST_SURE = 0.6
"""Share of the score from which a detector is sure that makes a box count as somebody, if boxes are looked at."""
WHOLE_S = 60.0
"""Longer than any clip that is one window."""
STAGED = frozenset({"fight"})
"""Rendered clips that hold a fight: they are to be found, not learned from."""
SAME_GROUND = {"plaza-grey": "plaza"}
"""Clips of one place."""


class View(StrEnum):
    """What of a detector's work the measures are given."""

    BOXES = "boxes"
    TRACKS = "tracks"


@dataclass(frozen=True, slots=True)
class Clip:
    """A file, what cross-validation must not part it from, and whether it is one window: a fight, or not one."""

    path: Path
    group: str
    fight: bool | None
    """None: cut into windows, none of which is a fight."""


@dataclass(frozen=True)
class Windows:
    """N windows as columns."""

    clips: NDArray[np.str_]
    groups: NDArray[np.str_]
    cut: NDArray[np.bool_]
    """Whether each is a clip as it was cut for recognising fights."""
    fights: NDArray[np.bool_]
    detectors: NDArray[np.str_]
    views: NDArray[np.str_]
    rates: NDArray[np.int64]
    ends_s: NDArray[np.float64]
    """Seconds in the clip."""
    boxes: NDArray[np.float64]
    people: NDArray[np.int64]
    values: NDArray[np.float64]
    """(N, 30)"""

    def __len__(self) -> int:
        return len(self.clips)

    def where(self, chosen: NDArray[np.bool_]) -> "Windows":
        """Some of them."""
        return Windows(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


def clips() -> Iterator[Clip]:
    """All there are here."""
    with (FIGHTS / "index.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            # These two names stand for many places; their cameras are told apart.
            group = row["camera"] if row["source"] in {"CamNet", "unstated"} else row["source"]
            yield Clip(FIGHTS / row["file"], f"fights {group}", row["label"] == "fight")
    for path in sorted(CLIPS.glob("*.mp4")):
        yield Clip(path, f"clips {SAME_GROUND.get(path.stem, path.stem)}", None)
    yield Clip(DATA / "tracking" / "video" / "PETS09-S2L1.mp4", "PETS09-S2L1", None)
    with (DATA / "falls" / "index.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield Clip(DATA / "falls" / row["file"], f"falls {row['source']}", None)
    for path in sorted((ROOT / "footage").glob("*.mp4")):
        if path.stem not in STAGED:
            yield Clip(path, f"rendered {path.stem}", None)


def collected(
    all_clips: Iterable[Clip], detectors: Mapping[str, Detector], folder: Path
) -> Iterator[tuple[Clip, Path]]:
    """Measure each clip that has not been measured yet, and name its file."""
    folder.mkdir(parents=True, exist_ok=True)
    for clip in all_clips:
        path = folder / f"{clip.group} {clip.path.stem}.npz".replace("/", "-")
        if not path.is_file():
            part = path.with_suffix(".part.npz")
            np.savez_compressed(part, allow_pickle=False, **_columns(clip, detectors))
            part.replace(path)
        yield clip, path


def together(paths: Iterable[Path]) -> Windows:
    """The windows of several files."""
    parts = [dict(np.load(path)) for path in paths]
    parts = [part for part in parts if len(part["clips"])]
    return Windows(*(np.concatenate([part[name] for part in parts]) for name in Windows.__dataclass_fields__))


def _columns(clip: Clip, detectors: Mapping[str, Detector]) -> dict[str, NDArray[np.generic]]:
    """As `Windows` has them."""
    rows = list(_windows(clip, detectors))
    kinds = (np.str_, np.str_, np.bool_, np.bool_, np.str_, np.str_, np.int64, np.float64, np.float64, np.int64)
    names = list(Windows.__dataclass_fields__)
    columns = {name: np.array([row[at] for row in rows], kinds[at]) for at, name in enumerate(names[:-1])}
    return columns | {names[-1]: np.array([row[-1] for row in rows], np.float64)}


def _windows(clip: Clip, detectors: Mapping[str, Detector]) -> Iterator[tuple[object, ...]]:
    frames = list(FileSource(clip.path, "clip", VideoSettings(analysed_fps=RATES[0]), BEGINS).frames())
    for name, detector in detectors.items():
        seen = [detector.detect(frame.picture) for frame in frames]
        for rate in RATES:
            step = RATES[0] // rate
            for view in View:
                if clip.fight is None and view is View.BOXES:
                    continue
                people = _people(frames[::step], seen[::step], view, detector.card.threshold)
                for end, found in _measured(frames[::step], people, whole=clip.fight is not None):
                    about = (clip.path.stem, clip.group, clip.fight is not None, bool(clip.fight), name, view, rate)
                    yield (*about, (end - BEGINS).total_seconds(), found.box, found.people, found.values)


def _people(frames: Sequence[Frame], seen: Sequence[Detections], view: View, threshold: float) -> list[Boxes]:
    """Everybody's boxes, picture by picture."""
    tracker, found = Tracker(TrackerSettings(), threshold), []
    for frame, detections in zip(frames, seen, strict=True):
        if view is View.TRACKS:
            tracks = tracker.update(frame.at, detections)
            found.append(tracks.boxes[tracks.rows_of(PERSON)])
        else:
            sure = detections.scores >= LEAST_SURE * threshold
            found.append(detections.boxes[sure & np.isin(np.array(detections.labels, np.str_), PERSON)])
    return found


def _measured(frames: Sequence[Frame], people: Sequence[Boxes], *, whole: bool) -> Iterator[tuple[datetime, Measured]]:
    """A window of the whole, or one every so often."""
    memory = Memory(WHOLE_S if whole else WINDOW_S)
    judged_at = frames[0].at
    for number, (frame, boxes) in enumerate(zip(frames, people, strict=True)):
        memory.add(frame.at, frame.picture.luma(), boxes)
        last = number == len(frames) - 1
        if last if whole else (frame.at - judged_at).total_seconds() >= EVERY_S:
            judged_at = frame.at
            found = memory.measured()
            if found is not None:
                yield frame.at, found
