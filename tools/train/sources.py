"""Where training pictures come from: labelled sets in the YOLO layout, our own rendered stills, frames of clips.

A set's `source.yaml` says which classes it labels whole (`exhaustive`) and which with gaps (`partly`); of all others
its pictures say nothing, until the ensemble fills them in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import yaml

from tools.footage import labels as rendered
from tools.train.ensemble import Opinion
from tools.train.labels import BAG, FIRE, LABELS, PERSON, SMOKE, index_of
from tools.train.samples import Sample

EVERYDAY = frozenset(range(len(LABELS))) - {FIRE, SMOKE}
HOLDOUT = 10
"""Of rendered sets, which share place and camera, every tenth is kept for validation."""
OVERLAP = 0.5
AROUND = 0.15
"""A bag is carried at somebody's side: his box, widened by so much of its width, says nothing of bags."""


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """One part (train, val, test) of a set in the YOLO layout."""

    name: str
    folder: Path
    words: Sequence[str]
    exhaustive: frozenset[int]

    @classmethod
    def of(cls, root: Path, name: str, part: str) -> "LabelledSet":
        """Of a folder with `classes.yaml` and a folder per source."""
        about = yaml.safe_load((root / name / "source.yaml").read_text("utf-8"))
        words = yaml.safe_load((root / "classes.yaml").read_text("utf-8"))["names"]
        whole = {index_of(word) for word in about.get("exhaustive") or ()}
        listed = [words[number] for number in sorted(words)]
        return cls(name, root / name / part, listed, frozenset(k for k in whole if k is not None))

    def samples(self) -> Iterator[Sample]:
        """As labelled: classes not labelled whole are silent. Pictures of everyday life are taken to show no fire."""
        speaks_of_fire = self.name.startswith("fire")
        known = self.exhaustive if speaks_of_fire else self.exhaustive | {FIRE, SMOKE}
        silent = tuple(sorted(set(range(len(LABELS))) - known))
        for picture in sorted((self.folder / "images").glob("*.jpg")):
            boxes, classes = [], []
            for line in (self.folder / "labels" / f"{picture.stem}.txt").read_text("utf-8").splitlines():
                number, *place = line.split()
                kind = index_of(self.words[int(number)])
                if kind is not None:
                    boxes.append(corners(*map(float, place)))
                    classes.append(kind)
            yield Sample(str(picture), tuple(boxes), tuple(classes), silent=silent)


def corners(x: float, y: float, width: float, height: float) -> tuple[float, ...]:
    """Corner box of a YOLO line, cut at the picture."""
    box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    return tuple(min(1.0, max(0.0, value)) for value in box)


def stills(folder: Path, set_size: int, *, held: bool) -> Iterator[Sample]:
    """Rendered pictures; `held`: those of the sets kept for validation. Bags that people carry are not labelled."""
    kinds = [index_of(word) for word in rendered.LABELS]
    for truth in sorted((folder / "truth").glob("*.json")):
        if (int(truth.stem) // set_size % HOLDOUT == HOLDOUT - 1) != held:
            continue
        boxes, classes, ignored = [], [], []
        for line in (folder / "labels" / f"{truth.stem}.txt").read_text("utf-8").splitlines():
            number, *place = line.split()
            kind = kinds[int(number)]
            assert kind is not None, line
            boxes.append(corners(*map(float, place)))
            classes.append(kind)
            if kind == PERSON:
                x1, y1, x2, y2 = boxes[-1]
                ignored.append((x1 - AROUND * (x2 - x1), y1, x2 + AROUND * (x2 - x1), y2))
        picture = folder / "images" / f"{truth.stem}.jpg"
        yield Sample(str(picture), tuple(boxes), tuple(classes), tuple(ignored), (BAG,) * len(ignored))


def filled(sample: Sample, opinion: Opinion) -> Sample:
    """A sample with what the ensemble sees of the classes it is silent about; of bags, which are lost, it stays so."""
    open_kinds = set(sample.silent) & EVERYDAY
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


def _known(box: tuple[float, ...], kind: int, sample: Sample) -> bool:
    return any(k == kind and overlap(box, b) > OVERLAP for b, k in zip(sample.boxes, sample.classes, strict=True))


def overlap(a: Sequence[float], b: Sequence[float]) -> float:
    """IoU of two corner boxes."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(wide, 0.0) * max(high, 0.0)
    return shared / max((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared, 1e-9)


def frames(clip: Path, every_s: float, into: Path, longest: int = 640) -> Iterator[Path]:
    """Pictures of a clip, kept as JPEG files in `into`; those that are there are not made again."""
    video = cv2.VideoCapture(str(clip))
    rate = video.get(cv2.CAP_PROP_FPS) or 25.0
    into.mkdir(parents=True, exist_ok=True)
    number, due = 0, 0.3 * every_s
    while True:
        found, picture = video.read()
        if not found:
            break
        if number / rate >= due:
            due += every_s
            path = into / f"{clip.stem}-{number:05d}.jpg"
            if not path.is_file():
                scale = min(1.0, longest / max(picture.shape[:2]))
                small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                cv2.imwrite(str(path), small, [cv2.IMWRITE_JPEG_QUALITY, 92])
            yield path
        number += 1
    video.release()
