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

from edge.documents import ConfigError, Document, plain_sentence, read
from edge.models.errors import LabelledSetError
from edge.models.evaluation.labelled import Labelled, LabelledSet, refuse, set_name
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
                raise ValueError(f"numbers must run from 0 to {len(value) - 1} without a gap")
            return tuple(value[number] for number in range(len(value)))
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
        raise LabelledSetError(error.problems) from None
    pictures = _picture_files(folder)
    problems: list[str] = []
    rows = {picture: _rows(_label_file(picture), names, problems) for picture in pictures}
    refuse(problems)
    if not any(_label_file(picture).is_file() for picture in pictures):
        remedy = "name each like its picture, with .txt"
        raise LabelledSetError([f"{folder / 'labels'}: has no label file for any picture of images/; {remedy}"])
    return YoloSet(names, labelled, partly, rows)


def corners(rows: Rows) -> Rows:
    """Corner boxes (N, 4) of a picture's rows, cut at the picture."""
    middles, half = rows[:, 1:3], rows[:, 3:5] / 2
    cut: Rows = np.clip(np.concatenate([middles - half, middles + half], axis=1), 0.0, 1.0)
    return cut


def _read(rows: Mapping[Path, Rows]) -> Iterator[Labelled]:
    for path, numbers in rows.items():
        bgr = read_picture(path, "mend or remove it and its label file")
        yield Labelled(Picture.of_array(bgr), corners(numbers), numbers[:, 0].astype(np.int64))


def _picture_files(folder: Path) -> list[Path]:
    images = folder / "images"
    if not images.is_dir():
        inside = sorted(path.parent.name for path in folder.glob("*/images")) if folder.is_dir() else []
        hint = f"; did you mean {folder / inside[-1]}?" if inside else ""
        raise LabelledSetError(
            [f"{images}: is no folder; a set has pictures in images/ and labels/NAME.txt beside it{hint}"]
        )
    found = sorted(path for path in images.iterdir() if path.suffix.lower() in PICTURES)
    if not found:
        raise LabelledSetError([f"{images}: holds no picture ({', '.join(sorted(PICTURES))})"])
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
        remedy = "write it with the classes' names in order: «names: [person, car]»"
        raise LabelledSetError([f"{folder / 'classes.yaml'}: is missing; {remedy}"])
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
                near = difflib.get_close_matches(word, names, 1)
                hint = f"did you mean «{near[0]}»?" if near else f"there are {', '.join(names)}"
                problems.append(document.problem((name, number), f"no class is called «{word}»; {hint}"))
    if not source.exhaustive and not source.partly:
        problems.append(f"{path}: names no class under exhaustive or partly, so nothing can be measured; add them")
    refuse(problems)
    numbers = [frozenset(names.index(word) for word in words) for words in (source.exhaustive, source.partly)]
    return numbers[0], numbers[1] - numbers[0]


def _validated(model: type[File], document: Document) -> File:
    try:
        return model.model_validate(document.fields)
    except ValidationError as error:
        raise LabelledSetError(document.problems(error, plain_sentence)) from None


def _rows(path: Path, names: tuple[str, ...], problems: list[str]) -> Rows:
    """Numbers of a label file, (N, 5); what is wrong with it is added to `problems`."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        lines = []
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path}: cannot be read as text ({error})")
        return np.zeros((0, 5))
    rows = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            problem, row = _row(line.split(), names)
            if problem:
                problems.append(f"{path}:{number} {problem}")
            else:
                rows.append(row)
    return np.array(rows, np.float64).reshape(-1, 5)


def _row(parts: list[str], names: tuple[str, ...]) -> tuple[str, list[float]]:
    """What is wrong with a line, or nothing, and its numbers."""
    try:
        row = [float(part) for part in parts]
    except ValueError:
        return f"line: «{' '.join(parts)[:40]}» is not five numbers; expected class x y w h", []
    if len(row) != len(FIELDS):
        outline = "; outlines are not read, write boxes" if len(row) > len(FIELDS) + 1 else ""
        return f"line: has {len(row)} numbers; expected five: class x y w h{outline}", []
    if row[0] not in range(len(names)):
        return f"class: {parts[0]} is no class; there are 0 to {len(names) - 1}: {', '.join(names)[:80]}", []
    for name, value, part in zip(FIELDS[1:], row[1:], parts[1:], strict=True):
        if not 0 <= value <= 1:
            remedy = "divide pixels by the picture's width or height"
            return f"{name}: {part} lies outside 0..1; labels are shares of the picture: {remedy}", []
    if 0 in row[3:]:
        return (
            f"{'w' if row[3] == 0 else 'h'}: is 0, so the box has no area and can never be found; remove the line",
            [],
        )
    return "", row
