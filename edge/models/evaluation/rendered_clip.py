"""Rendered clips as a labelled set: NAME.mp4 with NAME.truth.json beside it, as `make footage` writes them.

Read here are: size, rate, things with labels, and of each picture's rows the id, the box, the visible share and, if it
is another, the visible box (see docs/guides/footage.md). People, fire and smoke of a scene are all in its truth. So are
vehicles, parked ones too, but a van may be a truck to a detector; and bags are not while somebody carries them. So of
other classes boxes elsewhere are no mistakes.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import av
import numpy as np

from edge.complaints import complaint
from edge.documents import ConfigError
from edge.models.errors import LabelledSetError
from edge.models.evaluation.labelled import Labelled, LabelledSet
from edge.truth import SUFFIX, TrueFrames, read_truth, truth_of
from edge.video.picture import Picture

EVERY_S = 0.5
COMPLETE = frozenset({"person", "fire", "smoke"})
NO_CLASS = "object"
"""The label of things that no detector has a word for."""
LEAST_VISIBLE, LEAST_PX = 0.5, 10
"""Of what is hidden more, or smaller, no detector is asked to know anything."""


def is_rendered(path: Path) -> bool:
    """Whether this is a clip with its truth, or a folder that holds some."""
    return truth_of(path).is_file() if path.is_file() else any(path.glob(f"*{SUFFIX}"))


def read_rendered(path: Path) -> LabelledSet:
    """A clip, or all those of a folder, one picture in half a second. Raises LabelledSetError."""
    found = sorted(path.glob(f"*{SUFFIX}"))
    clips = [path] if path.is_file() else [p.with_name(p.name.removesuffix(SUFFIX) + ".mp4") for p in found]
    try:
        truths = {clip: read_truth(truth_of(clip), TrueFrames) for clip in clips}
    except ConfigError as error:
        raise LabelledSetError(*error.complaints) from None
    missing = next((clip for clip in clips if not clip.is_file()), None)
    if missing is not None:
        raise LabelledSetError(complaint("labelled.no_clip", path=missing, truth=truth_of(missing)))
    if not any(truth.frames for truth in truths.values()):
        raise LabelledSetError(complaint("labelled.no_frames", path=path))
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


def labelled(picture: Picture, rows: Sequence[Sequence[float]], truth: TrueFrames, names: Sequence[str]) -> Labelled:
    """One picture with the things of the truth's rows that have a class."""
    label_of = {thing.id: thing.label for thing in truth.things}
    kept = [row for row in rows if label_of.get(int(row[0]), NO_CLASS) in names]
    boxes = np.array([row[1:5] for row in kept], np.float64).reshape(-1, 4)
    shown = np.array([row[8:12] if len(row) == 12 else row[1:5] for row in kept], np.float64).reshape(-1, 4)
    hidden = np.array([row[5] < LEAST_VISIBLE for row in kept], np.bool_)
    tiny = (boxes[:, 3] - boxes[:, 1]) * truth.height < LEAST_PX
    classes = np.array([names.index(label_of[int(row[0])]) for row in kept], np.int64)
    return Labelled(picture, boxes, classes, hidden | tiny, shown)


def _step(truth: TrueFrames) -> int:
    return max(1, round(EVERY_S * truth.fps))


def _read(truths: dict[Path, TrueFrames], names: tuple[str, ...]) -> Iterator[Labelled]:
    for clip, truth in truths.items():
        try:
            with av.open(str(clip)) as container:
                for number, frame in enumerate(container.decode(video=0)):
                    if number < len(truth.frames) and number % _step(truth) == 0:
                        yield labelled(Picture(frame), truth.frames[number], truth, names)
        except (av.FFmpegError, OSError, IndexError) as error:
            raise LabelledSetError(complaint("labelled.no_video", path=clip, why=str(error))) from None
