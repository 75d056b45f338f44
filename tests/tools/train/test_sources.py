import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

from tests.tools.footage.standin import PLACES, BoxStudio
from tools.footage.stills import SET_SIZE, StillFiles
from tools.footage.stills import stills as rendered
from tools.train.ensemble import Opinion
from tools.train.labels import BAG, FIRE, LABELS, PERSON, SMOKE, index_of
from tools.train.samples import Sample, read_samples, write_samples
from tools.train.sources import filled, frames, labelled, stills

CAR = LABELS.index("car")
BOX = (0.1, 0.2, 0.3, 0.6)


def a_set(root: Path, name: str, lines: str, **about: object) -> Path:
    (root / "classes.yaml").write_text(
        yaml.safe_dump({"names": {0: "person", 1: "car", 2: "bag", 3: "fire", 4: "dog"}})
    )
    for kind in ("images", "labels"):
        (root / name / "train" / kind).mkdir(parents=True)
    (root / name / "source.yaml").write_text(yaml.safe_dump(about))
    cv2.imwrite(str(root / name / "train" / "images" / "a.jpg"), np.zeros((20, 20, 3), np.uint8))
    (root / name / "train" / "labels" / "a.txt").write_text(lines)
    return root / name / "train"


def test_a_labelled_set_speaks_of_what_it_labels_whole_and_everyday_pictures_show_no_fire(tmp_path: Path) -> None:
    lines = "0 0.2 0.4 0.2 0.4\n4 0.5 0.5 0.1 0.1\n"
    (sample,) = labelled(a_set(tmp_path, "street", lines, exhaustive=["person", "dog"]), everyday=True)
    assert sample.classes == (PERSON,)
    assert sample.boxes[0] == pytest.approx(BOX)
    assert set(sample.silent) == set(range(len(LABELS))) - {PERSON, FIRE, SMOKE}


def test_pictures_of_fires_say_nothing_of_people_nor_of_smoke(tmp_path: Path) -> None:
    (sample,) = labelled(a_set(tmp_path, "fire_here", "3 0.2 0.4 0.2 0.4\n", exhaustive=["fire"]), everyday=False)
    assert sample.classes == (FIRE,)
    assert set(sample.silent) == set(range(len(LABELS))) - {FIRE}


def test_what_is_labelled_with_gaps_counts_where_it_is_labelled(tmp_path: Path) -> None:
    (sample,) = labelled(
        a_set(tmp_path, "street", "0 0.2 0.4 0.2 0.4\n", exhaustive=[], partly=["person"]), everyday=True
    )
    assert sample.classes == (PERSON,)
    assert PERSON in sample.silent


def test_a_box_that_reaches_out_of_the_picture_is_cut_at_its_edge(tmp_path: Path) -> None:
    (sample,) = labelled(a_set(tmp_path, "street", "1 0.05 0.5 0.2 1.0\n", exhaustive=["car"]), everyday=True)
    assert sample.boxes[0] == pytest.approx((0, 0, 0.15, 1))


def test_the_ensemble_fills_in_what_a_source_is_silent_about_and_nothing_else() -> None:
    sample = Sample("a.jpg", (BOX,), (PERSON,), silent=(CAR, BAG, FIRE))
    other = (0.6, 0.6, 0.9, 0.9)
    opinion = Opinion(sure=((other, CAR), (other, PERSON)), unsure=((BOX, CAR), (BOX, PERSON)))
    seen = filled(sample, opinion)
    assert list(zip(seen.boxes, seen.classes, strict=True)) == [(BOX, PERSON), (other, CAR)]
    assert (seen.ignored, seen.ignored_classes) == ((BOX,), (CAR,))
    assert seen.silent == (BAG, FIRE)


def test_somebody_labelled_with_gaps_is_not_filled_in_twice() -> None:
    sample = Sample("a.jpg", (BOX,), (PERSON,), silent=(PERSON,))
    near = (0.11, 0.21, 0.31, 0.61)
    assert filled(sample, Opinion(sure=((near, PERSON),), unsure=())).boxes == (BOX,)


def test_lists_come_back_as_they_were_written(tmp_path: Path) -> None:
    samples = [Sample("a.jpg", (BOX,), (PERSON,), (BOX, BOX), (-1, 3), (6, 7)), Sample("b.jpg")]
    assert write_samples(tmp_path / "x" / "list.jsonl", samples) == 2
    assert list(read_samples(tmp_path / "x" / "list.jsonl")) == samples
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["list.jsonl"]


def test_rendered_pictures_are_split_by_set_and_say_nothing_of_bags_at_peoples_sides(tmp_path: Path) -> None:
    files = StillFiles(tmp_path)
    files.describe()
    for number in (0, 9):
        for still in list(rendered(number, 5, BoxStudio, [*PLACES.values()]))[:12]:
            files.write(still, 90)
    learned, held = list(stills(tmp_path, SET_SIZE, held=False)), list(stills(tmp_path, SET_SIZE, held=True))
    assert {int(Path(s.picture).stem) // SET_SIZE for s in learned} == {0}
    assert {int(Path(s.picture).stem) // SET_SIZE for s in held} == {9}
    for sample in learned + held:
        truth = json.loads((tmp_path / "truth" / f"{Path(sample.picture).stem}.json").read_text())
        assert [LABELS[kind] for kind in sample.classes] == [thing["label"] for thing in truth]
        assert len(sample.ignored) == sample.classes.count(PERSON)
        assert set(sample.ignored_classes) <= {BAG}


def test_frames_of_a_clip_are_made_once(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"mp4v"), 10, (64, 48))
    for number in range(30):
        writer.write(np.full((48, 64, 3), 8 * number, np.uint8))
    writer.release()
    made = list(frames(clip, 1.0, tmp_path / "frames"))
    assert len(made) == 3
    stamps = [path.stat().st_mtime_ns for path in made]
    assert list(frames(clip, 1.0, tmp_path / "frames")) == made
    assert [path.stat().st_mtime_ns for path in made] == stamps


def test_words_of_other_sets_have_a_class_of_ours_or_none() -> None:
    assert index_of("handbag") == index_of("suitcase") == BAG
    assert index_of("dog") is None
