"""Tests for edge/complaints.py: what people are told when something cannot be done, in either language."""

import ast
import pickle
from collections.abc import Iterator
from pathlib import PurePath
from string import Formatter

import pytest

from edge.complaints import ComplaintError, catalogue, complaint
from edge.options import spoken
from protocol.sentences import LANGUAGES
from tests.conftest import REPOSITORY


def fields_of(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def ids_in_the_code() -> Iterator[str]:
    """Of all calls of `complaint` and `tell` whose id is written out."""
    for path in (REPOSITORY / "edge").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
                continue
            if node.func.id in ("complaint", "tell") and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value)


def test_every_language_has_the_same_sentences_with_the_same_arguments() -> None:
    english, chinese = catalogue("en"), catalogue("zh")
    assert english.keys() == chinese.keys()
    # English needs words for one and for many, and names of its own for kinds of values; Chinese does not.
    spared = {"expected_plural", "field_type", "class_name", "message"}
    for id_ in english:
        assert fields_of(chinese[id_]) - spared == fields_of(english[id_]) - spared, id_


def test_chinese_quotes_as_the_other_catalogues_do() -> None:
    assert [id_ for id_, text in catalogue("zh").items() if set("“”«»") & set(text)] == []


def test_whatever_the_code_says_is_in_the_catalogues() -> None:
    said = set(ids_in_the_code())
    assert said
    assert said <= catalogue("en").keys()


def test_a_sentence_is_told_in_either_language_with_what_it_holds() -> None:
    what = complaint("field.got", problem=complaint("field.greater_than", gt=0), value=-1)
    said = complaint("at.field", path=PurePath("yard.yaml"), line=3, field="after_s", problem=what)
    assert said.told("en") == "yard.yaml:3 after_s: input should be greater than 0 (got -1)"
    assert said.told("zh") == "yard.yaml:3 after_s：应大于 0（写的是 -1）"


def test_a_list_is_told_as_the_language_lists() -> None:
    said = complaint("field.literal_error", expected=["yolo", complaint("found.list")])
    assert (said.told("en"), said.told("zh")) == ("input should be yolo, a list", "只能是 yolo、一个列表")


def test_an_error_is_its_english_sentences_and_survives_the_way_between_processes() -> None:
    error = ComplaintError(complaint("file.not_utf8", path="a.yaml"), complaint("file.not_utf8", path="b.yaml"))
    assert str(error) == "a.yaml: is not UTF-8 text\nb.yaml: is not UTF-8 text"
    assert pickle.loads(pickle.dumps(error)).told("zh") == error.told("zh")  # noqa: S301 - our own


@pytest.mark.parametrize(
    ("environment", "arguments", "language"),
    [
        ({}, [], "en"),
        ({"LANG": "C.UTF-8"}, [], "en"),
        ({"LANG": "zh_CN.UTF-8"}, [], "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, [], "en"),
        ({"LANG": "zh_CN.UTF-8", "SHOUWANG_LANGUAGE": "en"}, [], "en"),
        ({"SHOUWANG_LANGUAGE": "en"}, ["replay", "--language", "zh", "a.mp4"], "zh"),
        ({}, ["replay", "--language=zh"], "zh"),
        ({"LANG": "fr_FR.UTF-8"}, ["--language", "tlh"], "en"),
    ],
)
def test_the_language_is_that_asked_for_or_that_of_the_system(
    environment: dict[str, str], arguments: list[str], language: str
) -> None:
    assert spoken(environment, arguments) == language
    assert language in LANGUAGES
