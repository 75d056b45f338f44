"""Tests for edge/complaints.py: what people are told when something cannot be done, in either language."""

import ast
import pickle
from collections.abc import Iterator
from enum import StrEnum
from pathlib import PurePath
from typing import Literal

import pytest
from pydantic import AwareDatetime, BaseModel, Field, ValidationError
from pydantic_core import ErrorDetails

from edge.complaints import ComplaintError, catalogue, complaint
from edge.documents import plain_sentence
from protocol.messages import Text
from protocol.sentences import LANGUAGES, spoken
from protocol.sentences import catalogue as catalogue_of_all
from tests.conftest import REPOSITORY
from tests.protocol.test_sentences import SPARED, arguments


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Part(BaseModel):
    name: str


def calls() -> Iterator[ast.Call]:
    """All calls of `complaint` and `tell` whose id is written out."""
    for path in (REPOSITORY / "edge").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
                continue
            if node.func.id in ("complaint", "tell") and isinstance(node.args[0], ast.Constant):
                yield node


def id_of(call: ast.Call) -> str:
    assert isinstance(call.args[0], ast.Constant)
    return str(call.args[0].value)


class Written(BaseModel):
    """One field for each way in which a value may not fit."""

    name: str = Field(default="a", min_length=1, max_length=3)
    number: float = Field(default=1.0, gt=0, le=5)
    least: int = Field(default=2, ge=1, lt=9)
    kind: Literal["a", "b", "c"] = "a"
    colour: Colour = Colour.RED
    pair: tuple[float, float] = (0, 0)
    few: tuple[int, ...] = Field(default=(1,), max_length=2, min_length=1)
    on: bool = True
    at: AwareDatetime | None = None
    part: Part | None = None


def findings(**written: object) -> list[ErrorDetails]:
    with pytest.raises(ValidationError) as found:
        Written.model_validate(written)
    return found.value.errors(include_url=False)


def test_every_language_has_the_same_sentences_with_the_same_arguments() -> None:
    english, chinese = catalogue("en"), catalogue("zh")
    assert english.keys() == chinese.keys()
    for id_ in english:
        assert arguments(chinese[id_]) - SPARED == arguments(english[id_]) - SPARED, id_


def test_chinese_quotes_as_the_other_catalogues_do() -> None:
    assert [id_ for id_, text in catalogue("zh").items() if set("“”«»") & set(text)] == []


def test_whatever_the_code_says_is_in_the_catalogues_with_what_its_template_names() -> None:
    assert len(list(calls())) > 200
    for call in calls():
        id_, given = id_of(call), {one.arg for one in call.keywords}
        if None not in given:
            assert given == arguments(catalogue("en")[id_]) | arguments(catalogue("zh")[id_]), id_


@pytest.mark.parametrize(
    ("written", "english", "chinese"),
    [
        ({"name": ""}, "string should have at least 1 character (got '')", "至少应有 1 个字符（写的是 ''）"),
        (
            {"name": "long"},
            "string should have at most 3 characters (got 'long')",
            "至多可有 3 个字符（写的是 'long'）",
        ),
        ({"name": 3}, "input should be a valid string (got 3)", "应是文字（写的是 3）"),
        ({"number": 0}, "input should be greater than 0 (got 0)", "应大于 0（写的是 0）"),
        ({"number": "x"}, None, "应是数（写的是 'x'）"),
        ({"least": 9}, "input should be less than 9 (got 9)", "应小于 9（写的是 9）"),
        ({"least": 1.5}, None, "应是整数，不能有小数（写的是 1.5）"),
        ({"kind": "d"}, "input should be 'a', 'b' or 'c' (got 'd')", "只能是 'a'、'b'、'c'（写的是 'd'）"),
        ({"colour": "blue"}, "input should be 'red' or 'green' (got 'blue')", "只能是 'red'、'green'（写的是 'blue'）"),
        ({"pair": [1, 2, 3]}, None, "至多可有 2 项"),
        ({"few": [1, 2, 3]}, None, "至多可有 2 项"),
        ({"few": []}, "has 0 items, expected at least 1", "有 0 项，至少应有 1 项"),
        ({"on": "maybe"}, None, "应是 true 或 false（写的是 'maybe'）"),
        ({"at": "2026-01-01T00:00:00"}, None, "时间要写明时区（写的是 '2026-01-01T00:00:00'）"),
        ({"part": 3}, None, "应是若干字段（写的是 3）"),
        ({"part": {}}, "is missing; add it", "缺少此项，请补上"),
    ],
)
def test_what_pydantic_finds_is_told_in_either_language(
    written: dict[str, object], english: str | None, chinese: str
) -> None:
    (finding,) = findings(**written)
    said = plain_sentence(finding)
    assert said.told("zh") == chinese
    own_words = finding["msg"][:1].lower() + finding["msg"][1:]
    assert said.told("en") == english if english else said.told("en").startswith(own_words)


def test_a_finding_that_has_no_sentence_of_ours_keeps_pydantics_words() -> None:
    (finding,) = findings(at="yesterday")
    assert plain_sentence(finding).told("zh").startswith("input should be a valid datetime")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_password_is_told_or_shown(language: str) -> None:
    for address in ("rtsp://admin:hunter2@10.0.0.1/x", PurePath("rtsp://admin:hunter2@10.0.0.1/x")):
        said = complaint("file.not_utf8", path=complaint("foreign", message=address))
        assert "***@10.0.0.1/x" in said.told(language)
        assert "hunter2" not in said.told(language) + repr(said) + repr(ComplaintError(said))


def test_a_sentence_is_told_in_either_language_with_what_it_holds() -> None:
    what = complaint("field.got", problem=complaint("field.greater_than", gt=0), value=-1)
    said = complaint("at.field", path=PurePath("yard.yaml"), line=3, field="after_s", problem=what)
    assert said.told("en") == "yard.yaml:3 after_s: input should be greater than 0 (got -1)"
    assert said.told("zh") == "yard.yaml:3 after_s：应大于 0（写的是 -1）"


def test_a_kind_is_told_by_its_name_within_the_sentence() -> None:
    said = complaint("foreign", message=Text(id="kind.line_crossing"))
    assert (said.told("en"), said.told("zh")) == ("line crossing", catalogue_of_all("zh")["kind.line_crossing"])


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
        ({}, ["replay", "--language", "zh", "--language", "en"], "en"),
        ({"SHOUWANG_LANGUAGE": "ZH_cn"}, [], "zh"),
        ({"LANG": "fr_FR.UTF-8"}, ["--language", "tlh"], "en"),
    ],
)
def test_the_language_is_that_asked_for_or_that_of_the_system(
    environment: dict[str, str], arguments: list[str], language: str
) -> None:
    assert spoken(environment, arguments) == language
    assert language in LANGUAGES
