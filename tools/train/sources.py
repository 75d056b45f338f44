"""Where training pictures come from: labelled sets in the YOLO layout, our own rendered stills, frames of clips.

A set's `source.yaml` says which classes it labels whole (`exhaustive`) and which with gaps (`partly`); of all others
its pictures say nothing, until the ensemble fills them in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.models.evaluation.yolo_set import corners, read_yolo_files
from edge.models.frames import decoded
from edge.vision.boxes import iou
from tools.train.ensemble import Opinion
from tools.train.labels import BAG, FIRE, LABELS, PERSON, SMOKE, around, index_of
from tools.train.samples import Sample

EVERYDAY = frozenset(range(len(LABELS))) - {FIRE, SMOKE}
Box = tuple[float, ...]
HOLDOUT = 10
"""Of rendered sets, which share place and camera, every tenth is kept for validation."""
OVERLAP = 0.5


def labelled(folder: Path, *, everyday: bool) -> Iterator[Sample]:
    """A set as labelled: classes not labelled whole are silent; `everyday` pictures are taken to show no fire.

    Raises LabelledSetError with the mistakes of its files.
    """
    found = read_yolo_files(folder)
    kinds = [index_of(word) for word in found.names]
    known = {kinds[number] for number in found.labelled} | ({FIRE, SMOKE} if everyday else set())
    silent = tuple(sorted(set(range(len(LABELS))) - known))
    for picture, rows in found.rows.items():
        boxes, classes = _ours(rows, kinds)
        yield Sample(str(picture), boxes, classes, silent=silent)


def stills(folder: Path, set_size: int, *, held: bool) -> Iterator[Sample]:
    """Rendered pictures; `held`: those of the sets kept for validation. Bags that people carry are not labelled."""
    found = read_yolo_files(folder)
    kinds = [index_of(word) for word in found.names]
    for picture, rows in found.rows.items():
        if (int(picture.stem) // set_size % HOLDOUT == HOLDOUT - 1) == held:
            boxes, classes = _ours(rows, kinds)
            carried = tuple(around(box) for box, kind in zip(boxes, classes, strict=True) if kind == PERSON)
            yield Sample(str(picture), boxes, classes, carried, (BAG,) * len(carried))


def _ours(rows: NDArray[np.float64], kinds: Sequence[int | None]) -> tuple[tuple[Box, ...], tuple[int, ...]]:
    """Boxes and classes of a picture's rows, those that we have a class for."""
    found = [
        (tuple(box), kind)
        for box, number in zip(corners(rows).tolist(), rows[:, 0].tolist(), strict=True)
        if (kind := kinds[int(number)]) is not None
    ]
    return tuple(box for box, _ in found), tuple(kind for _, kind in found)


def open_kinds_of(sample: Sample) -> frozenset[int]:
    """Classes that the ensemble knows and the sample is silent about."""
    return EVERYDAY & set(sample.silent)


def filled(sample: Sample, opinion: Opinion) -> Sample:
    """A sample with what the ensemble sees of the classes it is silent about; of bags, which are lost, it stays so."""
    open_kinds = open_kinds_of(sample)
    sure = [(b, k) for b, k in opinion.sure if k in open_kinds and not _known(b, k, sample)]
    unsure = [(b, k) for b, k in opinion.unsure if k in open_kinds]
    return replace(
        sample,
        boxes=(*sample.boxes, *(box for box, _ in sure)),
        classes=(*sample.classes, *(kind for _, kind in sure)),
        ignored=(*sample.ignored, *(box for box, _ in unsure)),
        ignored_classes=(*sample.ignored_classes, *(kind for _, kind in unsure)),
        silent=tuple(sorted((set(sample.silent) - EVERYDAY) | ({BAG} & set(sample.silent)))),
    )


def _known(box: Box, kind: int, sample: Sample) -> bool:
    same = [b for b, k in zip(sample.boxes, sample.classes, strict=True) if k == kind]
    return bool(same) and bool((iou(np.array([box]), np.array(same)) > OVERLAP).any())


def frames(clip: Path, every_s: float, into: Path, longest: int = 640) -> Iterator[Path]:
    """Pictures of a clip, kept as JPEG files in `into`; those that are there are not made again."""
    into.mkdir(parents=True, exist_ok=True)
    due = 0.3 * every_s
    for number, frame in enumerate(decoded(clip)):
        if frame.time >= due:
            due += every_s
            path = into / f"{clip.stem}-{number:05d}.jpg"
            if not path.is_file():
                scale = min(1.0, longest / max(frame.width, frame.height))
                pixels = frame.to_ndarray(format="bgr24")
                small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                cv2.imwrite(str(path), small, [cv2.IMWRITE_JPEG_QUALITY, 92])
            yield path
