"""A labelled picture, and files of many: one JSON line each, so that a list can be read, counted and mended by hand."""

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from tools.footage.stills import label_line
from tools.train.labels import LABELS, PERSON

AGAIN = "collect the samples again"
"""What to do about a picture that is gone."""
EVERY_CLASS = -1
"""In place of a class: whatever is in that box is neither right nor wrong."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture with what is known of it.

    `boxes` (x1, y1, x2, y2 as shares of the picture) and `classes` go together; so do `ignored` and `ignored_classes`:
    boxes in which a detection of that class is not punished, nor asked for. `silent`: classes that the source does not
    label, of which only the boxes that are there say anything.
    """

    picture: str
    boxes: tuple[tuple[float, ...], ...] = ()
    classes: tuple[int, ...] = ()
    ignored: tuple[tuple[float, ...], ...] = ()
    ignored_classes: tuple[int, ...] = ()
    silent: tuple[int, ...] = ()

    @property
    def targets(self) -> NDArray[np.float32]:
        """Rows x1, y1, x2, y2, class, 1 for what is to be found and 0 for what is ignored (N, 6)."""
        wanted = [(*box, kind, 1.0) for box, kind in zip(self.boxes, self.classes, strict=True)]
        ignored = [(*box, kind, 0.0) for box, kind in zip(self.ignored, self.ignored_classes, strict=True)]
        return np.array(wanted + ignored, np.float32).reshape(-1, 6)

    @property
    def shows_nobody(self) -> bool:
        """Whether it is known that no person is in the picture."""
        return PERSON not in {*self.classes, *self.ignored_classes, *self.silent}

    def only(self, kind: int) -> "Sample":
        """The same picture of which one class alone is known; of all others it says nothing."""
        boxes = tuple(box for box, one in zip(self.boxes, self.classes, strict=True) if one == kind)
        others = tuple(one for one in range(len(LABELS)) if one != kind)
        silent = (*others, kind) if kind in self.silent else others
        return replace(self, boxes=boxes, classes=(kind,) * len(boxes), silent=silent)


def write_samples(path: Path, samples: Iterable[Sample]) -> int:
    """Write a list and say how long it is; the file appears when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part, count = path.with_suffix(".part"), 0
    with part.open("w", encoding="utf-8") as file:
        for sample in samples:
            file.write(json.dumps(asdict(sample), separators=(",", ":")) + "\n")
            count += 1
    part.replace(path)
    return count


def read_samples(path: Path) -> Iterator[Sample]:
    """The samples of a list."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            fields = json.loads(line)
            yield Sample(
                fields["picture"],
                tuple(map(tuple, fields["boxes"])),
                tuple(fields["classes"]),
                tuple(map(tuple, fields["ignored"])),
                tuple(fields["ignored_classes"]),
                tuple(fields["silent"]),
            )


def write_set(folder: Path, samples: Iterable[Sample]) -> None:
    """Samples that are labelled whole, as a set in the YOLO layout that `models eval` reads; pictures are linked to."""
    for name in ("images", "labels"):
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir(parents=True)
    (folder / "classes.yaml").write_text(yaml.safe_dump({"names": list(LABELS)}), "utf-8")
    for number, sample in enumerate(samples):
        picture = Path(sample.picture)
        (folder / "images" / f"{number:04d}{picture.suffix}").symlink_to(picture.resolve())
        lines = map(label_line, sample.classes, sample.boxes)
        (folder / "labels" / f"{number:04d}.txt").write_text("".join(lines), "utf-8")
