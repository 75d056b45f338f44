from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.models.evaluation.yolo_set import corners, read_yolo_files, read_yolo_set
from tools.train.labels import BAG, LABELS, PERSON
from tools.train.samples import Sample, write_set

ONE, OTHER = (0.1, 0.1, 0.2, 0.4), (0.5, 0.5, 0.6, 0.6)


def test_who_learns_one_class_alone_is_told_nothing_of_the_others() -> None:
    sample = Sample("a.jpg", (ONE, OTHER), (PERSON, BAG), silent=(BAG,)).only(PERSON)
    assert sample.boxes == (ONE,)
    assert sample.classes == (PERSON,)
    assert set(sample.silent) == set(range(len(LABELS))) - {PERSON}


def test_a_picture_that_is_silent_about_that_class_stays_so() -> None:
    assert set(Sample("a.jpg", (ONE,), (PERSON,), silent=(PERSON,)).only(PERSON).silent) == set(range(len(LABELS)))


def test_a_picture_shows_nobody_only_where_that_is_known() -> None:
    assert Sample("a.jpg", (OTHER,), (BAG,)).shows_nobody
    assert not Sample("a.jpg", (ONE,), (PERSON,)).shows_nobody
    assert not Sample("a.jpg", silent=(PERSON,)).shows_nobody
    assert not Sample("a.jpg", ignored=(ONE,), ignored_classes=(PERSON,)).shows_nobody


def test_pictures_learned_by_heart_can_be_measured_as_a_labelled_set(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.jpg"), np.zeros((40, 60, 3), np.uint8))
    samples = [Sample(str(tmp_path / "a.jpg"), (ONE, OTHER), (PERSON, BAG)), Sample(str(tmp_path / "a.jpg"))]
    for _ in range(2):  # again, as a run that goes on does
        write_set(tmp_path / "set", samples)
    found = read_yolo_files(tmp_path / "set")
    assert found.names == LABELS
    (first, second) = found.rows.values()
    assert corners(first) == pytest.approx(np.array([ONE, OTHER]), abs=1e-5)
    assert first[:, 0].tolist() == [PERSON, BAG]
    assert len(second) == 0
    assert [len(one.boxes) for one in read_yolo_set(tmp_path / "set").pictures()] == [2, 0]
