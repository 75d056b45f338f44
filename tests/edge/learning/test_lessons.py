from pathlib import Path

import pytest

from edge.documents import ConfigError
from edge.learning.exceptions import LearningSettings, Lessons
from edge.learning.lessons import lessons_file, load_lessons, save_lessons
from tests.edge.learning.test_exceptions import witness


def taught() -> Lessons:
    lessons = Lessons()
    lessons.hear([witness(1, still=True)], LearningSettings())
    return lessons


def test_lessons_come_back_as_they_were_and_can_be_read(tmp_path: Path) -> None:
    path = lessons_file(tmp_path / "learnt", "yard")
    save_lessons(path, "yard", {"shed": taught()})
    assert load_lessons(path, "yard") == {"shed": taught()}
    text = path.read_text("utf-8")
    assert "would_have_hidden: 0" in text
    assert "because: 00000000-0000-0000-0000-000000000001" in text


def test_an_exception_that_is_removed_by_hand_is_gone(tmp_path: Path) -> None:
    path = lessons_file(tmp_path, "yard")
    save_lessons(path, "yard", {"shed": Lessons(heard=taught().heard)})
    assert load_lessons(path, "yard")["shed"].exceptions == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("camera: gate\n", "is of camera «gate», not of «yard»"),
        ("camera: [", "cannot be read"),
        ("camera: yard\nsince: 2026-02-30\n", "cannot be read"),
        ("camera: yard\nrules: {shed: {heard: 3}}\n", r"rules\.shed\.heard: .* mend or remove it"),
    ],
)
def test_a_file_that_does_not_fit_is_one_sentence(tmp_path: Path, text: str, why: str) -> None:
    path = lessons_file(tmp_path, "yard")
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=why):
        load_lessons(path, "yard")
