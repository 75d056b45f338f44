import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import yaml

from edge.models.errors import LabelledSetError
from edge.models.evaluation.yolo_set import read_yolo_set
from tests.edge.models.sets import FIGURE, LABEL, save_picture, save_set


def complaint(folder: Path) -> str:
    with pytest.raises(LabelledSetError) as refused:
        list(read_yolo_set(folder).pictures())
    return str(refused.value)


def test_a_label_is_a_box_in_shares_of_its_picture(tmp_path: Path) -> None:
    labelled = read_yolo_set(save_set(tmp_path))
    assert (labelled.count, labelled.words) == (2, ("person", "car", "bag"))
    first = next(labelled.pictures())
    assert first.boxes * [320, 240, 320, 240] == pytest.approx(np.array([FIGURE]), abs=0.01)
    assert (first.picture.width, first.picture.height) == (320, 240)


def test_what_a_source_does_not_label_does_not_count(tmp_path: Path) -> None:
    source = {"exhaustive": ["car"], "partly": ["person"], "licence": "ours"}
    labelled = read_yolo_set(save_set(tmp_path, source=source))
    assert (labelled.labelled, labelled.partly) == (frozenset({1}), frozenset({0}))


def test_names_and_source_may_stand_above_the_split(tmp_path: Path) -> None:
    split = save_set(tmp_path / "source" / "test")
    (split / "classes.yaml").rename(tmp_path / "classes.yaml")
    (tmp_path / "source" / "source.yaml").write_text("exhaustive: [bag]", "utf-8")
    labelled = read_yolo_set(split)
    assert (labelled.name, labelled.words) == ("source/test", ("bag",))


def test_a_picture_without_labels_has_nothing_in_it(tmp_path: Path) -> None:
    save_picture(save_set(tmp_path) / "images" / "c.png")
    assert [len(one.boxes) for one in read_yolo_set(tmp_path).pictures()] == [1, 1, 0]


def test_names_by_number_are_read_as_other_programs_write_them(tmp_path: Path) -> None:
    save_set(tmp_path)
    (tmp_path / "classes.yaml").unlink()
    names = {"path": "elsewhere", "names": {0: "person", 1: "car"}}
    (tmp_path / "data.yaml").write_text(yaml.safe_dump(names), "utf-8")
    assert read_yolo_set(tmp_path).words == ("person", "car")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("0 1.27 0.5 0.1 0.1", "x: 1.27 lies outside 0..1; labels are shares of the picture: divide pixels by"),
        ("0 0.5 -0.1 0.1 0.1", "y: -0.1 lies outside 0..1"),
        ("0 0.5 0.5 60 140", "w: 60 lies outside 0..1"),
        ("0 0.5 0.5 0.1 nan", "h: nan lies outside 0..1"),
        ("0 0.5 0.5 0 0.1", "w: is 0, so the box has no area"),
        ("3 0.5 0.5 0.1 0.1", "class: 3 is no class; there are 0 to 2: person, car, bag"),
        ("0.5 0.5 0.5 0.1 0.1", "class: 0.5 is no class"),
        ("person 0.5 0.5 0.1 0.1", "line: «person 0.5 0.5 0.1 0.1» is not five numbers"),
        ("0 0.5 0.5 0.1", "line: has 4 numbers; expected five: class x y w h"),
        (
            "0 0.1 0.1 0.2 0.1 0.2 0.2 0.1 0.2",
            "line: has 9 numbers; expected five: class x y w h; outlines are not read",
        ),
    ],
)
def test_a_wrong_label_is_named_with_file_line_field_and_remedy(tmp_path: Path, line: str, text: str) -> None:
    save_set(tmp_path, {"a": LABEL + line})
    assert complaint(tmp_path).startswith(f"{tmp_path}/labels/a.txt:2 {text}")


def test_many_mistakes_are_counted_and_the_first_five_shown(tmp_path: Path) -> None:
    save_set(tmp_path, {"a": "9 0.5 0.5 0.1 0.1\n" * 7})
    lines = complaint(tmp_path).splitlines()
    assert (len(lines), lines[-1]) == (6, "… and 2 more mistakes of this set")


def test_a_folder_of_splits_is_answered_with_one_of_them(tmp_path: Path) -> None:
    save_set(tmp_path / "test")
    (tmp_path / "classes.yaml").write_text("names: [person]", "utf-8")
    assert complaint(tmp_path).endswith(f"did you mean {tmp_path}/test?")


def test_missing_parts_are_named(tmp_path: Path) -> None:
    save_set(tmp_path)
    (tmp_path / "images" / "b.png").write_bytes(b"no picture")
    assert complaint(tmp_path).startswith(f"{tmp_path}/images/b.png: is no picture that can be read")
    for label in (tmp_path / "labels").iterdir():
        label.unlink()
    assert "has no label file for any picture" in complaint(tmp_path)
    (tmp_path / "classes.yaml").unlink()
    assert complaint(tmp_path).startswith(f"{tmp_path}/classes.yaml: is missing; write it")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ({"exhaustive": ["persn"]}, "source.yaml:2 exhaustive[0]: no class is called «persn»; did you mean «person»?"),
        ({"exhaustive": []}, "source.yaml: names no class under exhaustive or partly"),
        ({"exhaustive": "person"}, "source.yaml:1 exhaustive: input should be a valid tuple"),
    ],
)
def test_a_source_that_contradicts_the_names_is_refused(tmp_path: Path, source: object, text: str) -> None:
    save_set(tmp_path, source=source)
    assert text in complaint(tmp_path)


@pytest.mark.parametrize("names", [["person", "car", "person"], ["car", "Traffic light", "traffic_light"]])
def test_names_that_stand_twice_are_refused(tmp_path: Path, names: list[str]) -> None:
    save_set(tmp_path)
    (tmp_path / "classes.yaml").write_text(yaml.safe_dump({"names": names}), "utf-8")
    assert "classes.yaml:1 names: " in complaint(tmp_path)
    assert f"«{names[2]}» is class 2 and class {0 if names[0] == names[2] else 1} as well" in complaint(tmp_path)


def test_a_label_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    save_set(tmp_path, {"a": f"\ufeff{LABEL}"})
    assert [len(one.boxes) for one in read_yolo_set(tmp_path).pictures()] == [1]


@pytest.mark.parametrize("side", [15_000, 100_000])
def test_a_picture_that_is_too_large_is_named(tmp_path: Path, side: int) -> None:
    save_set(tmp_path, {"a": LABEL})
    (tmp_path / "images" / "a.png").write_bytes(black_png(side))
    assert complaint(tmp_path) == f"{tmp_path}/images/a.png: has more than 200 million pixels; make it smaller"


def black_png(side: int) -> bytes:
    """A square of one bit a pixel; none of its lines is there if it is so large that nobody reads them."""
    lines = (b"\0" * (1 + -(-side // 8))) * (side if side < 2**15 else 0)
    parts = {b"IHDR": struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0), b"IDAT": zlib.compress(lines), b"IEND": b""}
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts.items()
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def test_names_with_a_gap_are_refused(tmp_path: Path) -> None:
    save_set(tmp_path)
    (tmp_path / "classes.yaml").write_text(yaml.safe_dump({"names": {0: "person", 2: "car"}}), "utf-8")
    assert "classes.yaml:1 names: numbers must run from 0 to 1 without a gap" in complaint(tmp_path)
