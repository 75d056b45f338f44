"""Lessons of a node at work: other processes change the files, and the rules follow."""

from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from edge.config import load_camera
from edge.learning.exceptions import LearningSettings, Lessons, RuleException
from edge.learning.lessons import lessons_file, load_lessons, save_lessons
from edge.rules.selecting import TrackRule
from edge.teaching.book import LessonBook, Told
from tests.edge.box import CAMERA, write
from tests.edge.learning.test_exceptions import DOOR, STATUE, witness

TAUGHT = {"name": "yard", "rules": [{"kind": "intrusion", "zone": "middle"}]}


@pytest.fixture
def rule(tmp_path: Path) -> TrackRule[Any]:
    write(tmp_path / "yard.yaml", CAMERA | TAUGHT)
    (rule,) = load_camera(tmp_path / "yard.yaml").build_rules()
    assert isinstance(rule, TrackRule)
    return rule


def book_of(folder: Path, rule: TrackRule[Any]) -> LessonBook:
    return LessonBook(folder / "learnt", [("yard", rule)])


def taught(rule: TrackRule[Any], number: int = 1) -> RuleException:
    assert rule.lessons is not None
    made = rule.lessons.hear([witness(number, still=True)], LearningSettings()).made
    assert made is not None
    return made


def file_of(folder: Path) -> Path:
    return lessons_file(folder / "learnt", "yard")


def test_what_a_verdict_taught_is_written_at_once_and_told(tmp_path: Path, rule: TrackRule[Any]) -> None:
    book = book_of(tmp_path, rule)
    made = book.change(lambda: taught(rule))
    assert load_lessons(file_of(tmp_path), "yard")[rule.known_as].exceptions == [made]
    assert [(e.id, e.camera, e.rule, e.because) for e in book.told.exceptions] == [
        (made.id, "yard", rule.name, made.because)
    ]


def test_an_exception_that_another_process_removes_counts_no_more_and_does_not_come_back(
    tmp_path: Path, rule: TrackRule[Any]
) -> None:
    book = book_of(tmp_path, rule)
    book.change(lambda: taught(rule))
    learnt = load_lessons(file_of(tmp_path), "yard")
    learnt[rule.known_as].exceptions.clear()
    save_lessons(file_of(tmp_path), "yard", learnt)
    book.look()
    assert rule.lessons is not None
    assert not rule.lessons.hides("person", STATUE, 0.9)
    book.change(lambda: rule.lessons and rule.lessons.hear([witness(2, box=DOOR, real=True)], LearningSettings()))
    assert load_lessons(file_of(tmp_path), "yard")[rule.known_as].exceptions == []
    assert len(load_lessons(file_of(tmp_path), "yard")[rule.known_as].heard) == 2


def test_two_rules_of_one_zone_learn_apart(tmp_path: Path) -> None:
    rules = [{"kind": kind, "zone": "middle"} for kind in ("intrusion", "loitering")]
    write(tmp_path / "yard.yaml", CAMERA | {"rules": rules})
    one, other = load_camera(tmp_path / "yard.yaml").build_rules()
    assert isinstance(one, TrackRule)
    assert isinstance(other, TrackRule)
    book = LessonBook(tmp_path / "learnt", [("yard", one), ("yard", other)])
    book.change(lambda: taught(one))
    assert other.lessons == Lessons()
    assert [told.rule_kind for told in book.told.exceptions] == [one.kind]


def test_a_removed_file_takes_all_back(tmp_path: Path, rule: TrackRule[Any]) -> None:
    book = book_of(tmp_path, rule)
    book.change(lambda: taught(rule))
    file_of(tmp_path).unlink()
    book.look()
    assert book.told == Told()
    assert rule.lessons == Lessons()


def test_a_mistake_in_a_file_is_told_once_and_what_stood_before_stays_in_force(
    tmp_path: Path, rule: TrackRule[Any]
) -> None:
    book = book_of(tmp_path, rule)
    book.change(lambda: taught(rule))
    file_of(tmp_path).write_text("camera: [", "utf-8")
    with capture_logs() as said:
        book.refresh()
        book.refresh()
        book.change(lambda: None)
    assert [line["event"] for line in said] == ["lessons cannot be read; those before stay in force"]
    assert len(book.told.exceptions) == 1
    assert file_of(tmp_path).read_text("utf-8") == "camera: ["


def test_a_folder_that_takes_nothing_is_told_and_tried_again(tmp_path: Path, rule: TrackRule[Any]) -> None:
    book = book_of(tmp_path, rule)
    (tmp_path / "learnt").write_text("in the folder's place")
    with capture_logs() as said:
        book.change(lambda: taught(rule))
    assert {line["event"] for line in said} == {"lessons could not be written"}
    (tmp_path / "learnt").unlink()
    book.look()
    assert file_of(tmp_path).is_file()


def test_what_was_not_made_is_told_and_a_node_that_starts_again_still_knows_it(
    tmp_path: Path, rule: TrackRule[Any]
) -> None:
    def refuse() -> RuleException | None:
        assert rule.lessons is not None
        rule.lessons.hear([witness(1, real=True)], LearningSettings())
        return rule.lessons.hear([witness(2, still=True)], LearningSettings()).refused

    book = book_of(tmp_path, rule)
    refused = book.change(refuse)
    assert refused is not None
    assert book.told == Told(refused=(refused.told("yard", rule.name, rule.kind),))
    assert book_of(tmp_path, rule).told == book.told
