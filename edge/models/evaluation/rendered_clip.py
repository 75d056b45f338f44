"""Rendered clips as a labelled set: NAME.mp4 with NAME.truth.json beside it, as `make footage` writes them.

Read here are: size, rate, things with labels, and of each picture's rows the id, the box, the visible share and, if it
is another, the visible box (see docs/guides/footage.md). People, fire and smoke of a scene are all in its truth; parked
cars and bicycles belong to the place and are not, so of other classes boxes elsewhere are no mistakes.
"""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import av
import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from edge.documents import plain_sentence
from edge.models.errors import LabelledSetError
from edge.models.evaluation.labelled import Labelled, LabelledSet
from edge.video.picture import Picture

EVERY_S = 0.5
COMPLETE = frozenset({"person", "fire", "smoke"})
NO_CLASS = "object"
"""The label of things that no detector has a word for."""
LEAST_VISIBLE, LEAST_PX = 0.5, 10
"""Of what is hidden more, or smaller, no detector is asked to know anything."""


class Thing(BaseModel):
    """Somebody or something that occurs."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: int
    label: str


class TruthFile(BaseModel):
    """What is read of a truth file."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    width: int = Field(ge=16)
    height: int = Field(ge=16)
    fps: float = Field(gt=0, le=240)
    things: tuple[Thing, ...]
    frames: tuple[tuple[tuple[float, ...], ...], ...]

    @field_validator("frames")
    @classmethod
    def _rows_are_whole(cls, frames: tuple[tuple[tuple[float, ...], ...], ...]) -> object:
        for number, rows in enumerate(frames):
            for row in rows:
                if len(row) not in (8, 12):
                    raise ValueError(f"picture {number} has a row of {len(row)} numbers; expected 8 or 12")
                if not all(0 <= value <= 1 for value in (*row[1:6], *row[8:])):
                    raise ValueError(f"picture {number} has a box or visible share outside 0..1 (thing {row[0]:g})")
        return frames


def truth_of(clip: Path) -> Path:
    """The truth file beside a clip."""
    return clip.with_name(f"{clip.stem}.truth.json")


def is_rendered(path: Path) -> bool:
    """Whether this is a clip with its truth, or a folder that holds some."""
    return truth_of(path).is_file() if path.is_file() else any(path.glob("*.truth.json"))


def read_rendered(path: Path) -> LabelledSet:
    """A clip, or all those of a folder, one picture in half a second. Raises LabelledSetError."""
    clips = [path] if path.is_file() else sorted(p.with_name(p.name[:-11] + ".mp4") for p in path.glob("*.truth.json"))
    truths = {clip: read_truth(truth_of(clip)) for clip in clips}
    missing = next((clip for clip in clips if not clip.is_file()), None)
    if missing is not None:
        raise LabelledSetError(
            [f"{missing}: is not here, its truth file is; fetch the clip or remove {truth_of(missing)}"]
        )
    known = {thing.label for truth in truths.values() for thing in truth.things} - {NO_CLASS}
    names = tuple(sorted(known | {"person"}))
    complete = frozenset(number for number, name in enumerate(names) if name in COMPLETE)
    return LabelledSet(
        path.stem,
        names,
        complete,
        frozenset(range(len(names))) - complete,
        sum(-(-len(truth.frames) // _step(truth)) for truth in truths.values()),
        partial(_read, truths, names),
    )


def read_truth(path: Path) -> TruthFile:
    """Raises LabelledSetError with every mistake found."""
    try:
        return TruthFile.model_validate(json.loads(path.read_text("utf-8")))
    except OSError as error:
        raise LabelledSetError([f"{path}: cannot be read ({error.strerror}); it is written by make footage"]) from None
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise LabelledSetError(
            [f"{path} {'.'.join(map(str, d['loc'])) or 'file'}: {plain_sentence(d)}" for d in details[:5]]
        ) from None
    except ValueError as error:
        raise LabelledSetError([f"{path}: is not JSON ({error}); render it again with make footage"]) from None


def labelled(picture: Picture, rows: Sequence[Sequence[float]], truth: TruthFile, names: Sequence[str]) -> Labelled:
    """One picture with the things of the truth's rows that have a class."""
    label_of = {thing.id: thing.label for thing in truth.things}
    kept = [row for row in rows if label_of.get(int(row[0]), NO_CLASS) in names]
    boxes = np.array([row[1:5] for row in kept], np.float64).reshape(-1, 4)
    shown = np.array([row[8:12] if len(row) == 12 else row[1:5] for row in kept], np.float64).reshape(-1, 4)
    hidden = np.array([row[5] < LEAST_VISIBLE for row in kept], np.bool_)
    tiny = (boxes[:, 3] - boxes[:, 1]) * truth.height < LEAST_PX
    classes = np.array([names.index(label_of[int(row[0])]) for row in kept], np.int64)
    return Labelled(picture, boxes, classes, hidden | tiny, shown)


def _step(truth: TruthFile) -> int:
    return max(1, round(EVERY_S * truth.fps))


def _read(truths: dict[Path, TruthFile], names: tuple[str, ...]) -> Iterator[Labelled]:
    for clip, truth in truths.items():
        try:
            with av.open(str(clip)) as container:
                for number, frame in enumerate(container.decode(video=0)):
                    if number < len(truth.frames) and number % _step(truth) == 0:
                        yield labelled(Picture(frame), truth.frames[number], truth, names)
        except (av.FFmpegError, OSError, IndexError) as error:
            raise LabelledSetError([f"{clip}: cannot be read as a video ({error}); render it again"]) from None
