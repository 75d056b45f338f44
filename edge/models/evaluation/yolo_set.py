"""Labelled sets in the YOLO layout: images/NAME.jpg, labels/NAME.txt with «class x y w h» as shares of the picture.

`classes.yaml` (or `data.yaml`) in the folder or one of the two above holds `names`; `source.yaml` likewise, if it is
there, says what of them is labelled: `exhaustive`, `partly`. Without it all are taken to be labelled completely. A
picture without a label file, or with an empty one, has nothing of these classes in it.
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from edge.complaints import Complaint, UnfitError, complaint
from edge.documents import ConfigError, Document, plain_sentence, read
from edge.models.errors import LabelledSetError
from edge.models.evaluation.labelled import Labelled, LabelledSet, refuse, set_name
from edge.models.evaluation.words import plain
from edge.models.pictures import read_picture
from edge.video.picture import Picture

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp"})
FIELDS = ("class", "x", "y", "w", "h")
LEVELS_UP = 2

Rows = NDArray[np.float64]
File = TypeVar("File", bound=BaseModel)


class ClassesFile(BaseModel):
    """The names of the classes, by number; other fields are other programs'."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    names: tuple[str, ...] = Field(min_length=1)

    @field_validator("names", mode="before")
    @classmethod
    def _by_number(cls, value: object) -> object:
        if isinstance(value, dict):
            if sorted(value, key=str) != sorted(range(len(value)), key=str):
                raise UnfitError(complaint("labelled.gap", last=len(value) - 1))
            return tuple(value[number] for number in range(len(value)))
        return value

    @field_validator("names")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        seen: dict[str, int] = {}
        for number, name in enumerate(value):
            first = seen.setdefault(plain(name), number)
            if first != number:
                raise UnfitError(complaint("labelled.twice", name=name, first=first, second=number))
        return value


class SourceFile(BaseModel):
    """What of a set is labelled; other fields are for people."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    exhaustive: tuple[str, ...] = ()
    partly: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class YoloSet:
    """What a set's files say. `rows`: of each picture class, middle and size of each box as shares of it, (N, 5)."""

    names: tuple[str, ...]
    labelled: frozenset[int]
    partly: frozenset[int]
    rows: Mapping[Path, Rows]


def read_yolo_set(folder: Path) -> LabelledSet:
    """Check every label file of a set and say what it holds. Raises LabelledSetError with the mistakes found."""
    found = read_yolo_files(folder)
    pictures = partial(_read, found.rows)
    return LabelledSet(set_name(folder), found.names, found.labelled, found.partly, len(found.rows), pictures)


def read_yolo_files(folder: Path) -> YoloSet:
    """The same without the pictures themselves. Raises LabelledSetError with the mistakes found."""
    try:
        names = _names(folder)
        labelled, partly = _labelled(folder, names)
    except LabelledSetError:
        raise
    except ConfigError as error:
        raise LabelledSetError(*error.complaints) from None
    pictures = _picture_files(folder)
    problems: list[Complaint] = []
    rows = {picture: _rows(_label_file(picture), names, problems) for picture in pictures}
    refuse(problems)
    if not any(_label_file(picture).is_file() for picture in pictures):
        raise LabelledSetError(complaint("labelled.no_labels", path=folder / "labels"))
    return YoloSet(names, labelled, partly, rows)


def corners(rows: Rows) -> Rows:
    """Corner boxes (N, 4) of a picture's rows, cut at the picture."""
    middles, half = rows[:, 1:3], rows[:, 3:5] / 2
    cut: Rows = np.clip(np.concatenate([middles - half, middles + half], axis=1), 0.0, 1.0)
    return cut


def _read(rows: Mapping[Path, Rows]) -> Iterator[Labelled]:
    for path, numbers in rows.items():
        bgr = read_picture(path, complaint("picture.mend_with_labels"))
        yield Labelled(Picture.of_array(bgr), corners(numbers), numbers[:, 0].astype(np.int64))


def _picture_files(folder: Path) -> list[Path]:
    images = folder / "images"
    if not images.is_dir():
        inside = sorted(path.parent.name for path in folder.glob("*/images")) if folder.is_dir() else []
        if inside:
            raise LabelledSetError(complaint("labelled.no_images_near", path=images, near=folder / inside[-1]))
        raise LabelledSetError(complaint("labelled.no_images", path=images))
    found = sorted(path for path in images.iterdir() if path.suffix.lower() in PICTURES)
    if not found:
        raise LabelledSetError(complaint("labelled.no_picture", path=images, endings=sorted(PICTURES)))
    return found


def _label_file(picture: Path) -> Path:
    return picture.parent.parent / "labels" / f"{picture.stem}.txt"


def _above(folder: Path, *names: str) -> Path | None:
    """The file of one of these names in the folder or above it, the nearest first."""
    places = [folder, *folder.resolve().parents[:LEVELS_UP]]
    return next((place / name for place in places for name in names if (place / name).is_file()), None)


def _names(folder: Path) -> tuple[str, ...]:
    path = _above(folder, "classes.yaml", "data.yaml")
    if path is None:
        raise LabelledSetError(complaint("labelled.no_names", path=folder / "classes.yaml"))
    return _validated(ClassesFile, read(path)).names


def _labelled(folder: Path, names: tuple[str, ...]) -> tuple[frozenset[int], frozenset[int]]:
    path = _above(folder, "source.yaml")
    if path is None:
        return frozenset(range(len(names))), frozenset()
    document = read(path)
    source = _validated(SourceFile, document)
    problems = []
    for name, words in (("exhaustive", source.exhaustive), ("partly", source.partly)):
        for number, word in enumerate(words):
            if word not in names:
                problems.append(document.problem((name, number), _no_class(word, names)))
    if not source.exhaustive and not source.partly:
        problems.append(complaint("labelled.nothing", path=path))
    refuse(problems)
    numbers = [frozenset(names.index(word) for word in words) for words in (source.exhaustive, source.partly)]
    return numbers[0], numbers[1] - numbers[0]


def _no_class(word: str, names: tuple[str, ...]) -> Complaint:
    near = difflib.get_close_matches(word, names, 1)
    if near:
        return complaint("labelled.no_class_near", word=word, near=near[0])
    return complaint("labelled.no_class", word=word, known=names)


def _validated(model: type[File], document: Document) -> File:
    try:
        return model.model_validate(document.fields)
    except ValidationError as error:
        raise LabelledSetError(*document.problems(error, plain_sentence)) from None


def _rows(path: Path, names: tuple[str, ...], problems: list[Complaint]) -> Rows:
    """Numbers of a label file, (N, 5); what is wrong with it is added to `problems`."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()  # some editors begin a file with a byte order mark
    except FileNotFoundError:
        lines = []
    except (OSError, UnicodeDecodeError) as error:
        problems.append(complaint("label.unreadable", path=path, why=str(error)))
        return np.zeros((0, 5))
    rows = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            problem, row = _row(line.split(), names)
            if problem:
                problems.append(complaint("label.at", path=path, line=number, problem=problem))
            else:
                rows.append(row)
    return np.array(rows, np.float64).reshape(-1, 5)


def _row(parts: list[str], names: tuple[str, ...]) -> tuple[Complaint | None, list[float]]:
    """What is wrong with a line, or nothing, and its numbers."""
    try:
        row = [float(part) for part in parts]
    except ValueError:
        return complaint("label.no_numbers", text=" ".join(parts)), []
    if len(row) > len(FIELDS) + 1:
        return complaint("label.outline", count=len(row)), []
    if len(row) != len(FIELDS):
        return complaint("label.count", count=len(row)), []
    if row[0] not in range(len(names)):
        return complaint("label.no_class", found=parts[0], last=len(names) - 1, names=names), []
    for name, value, part in zip(FIELDS[1:], row[1:], parts[1:], strict=True):
        if not 0 <= value <= 1:
            return complaint("label.outside", side=name, found=part), []
    if 0 in row[3:]:
        return complaint("label.flat", side="w" if row[3] == 0 else "h"), []
    return None, row
