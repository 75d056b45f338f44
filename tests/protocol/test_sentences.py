import string

import pytest

from protocol.kinds import Kind, Phase, Severity
from protocol.messages import Text
from protocol.sentences import LANGUAGES, catalogue, phrase, sentence

SPARED = {"expected_plural", "field_type", "class_name", "message", "expected", "choices", "actual_length"}
"""Of what pydantic finds. English needs words for one and for many, and names of its own for kinds of values; Chinese
lists choices itself."""


def arguments(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_language_has_the_same_sentences_with_the_same_arguments() -> None:
    chinese, english = (catalogue(language) for language in LANGUAGES)
    assert chinese.keys() == english.keys()
    for key in chinese:
        assert arguments(chinese[key]) - SPARED == arguments(english[key]) - SPARED, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_severity_and_phase_has_a_name(language: str) -> None:
    names = catalogue(language)
    assert {f"kind.{kind}" for kind in Kind} <= names.keys()
    assert {f"severity.{severity}" for severity in Severity} <= names.keys()
    assert {f"phase.{phase}" for phase in Phase} <= names.keys()


def test_a_reason_is_said_in_the_readers_language() -> None:
    reason = Text(
        id="reason.loitering.begin",
        arguments={"label": "label.person", "zone": "bicycle shed", "dwell_s": 64.2, "limit_s": 60.0},
    )
    assert sentence(reason, "en") == "A person has been in «bicycle shed» for 64 s (limit 60 s)"
    assert sentence(reason, "zh") == "有人在「bicycle shed」内已停留 64 秒（限 60 秒）"


def test_a_phrase_begins_as_the_catalogue_has_it() -> None:
    gone = Text(id="abandoned.taken")
    assert (phrase(gone, "en"), sentence(gone, "en")) == ("has been taken away", "Has been taken away")


def test_a_sentence_of_a_newer_node_is_shown_as_it_is() -> None:
    assert sentence(Text(id="reason.levitation.begin", arguments={"height_m": 3}), "en") == (
        "reason.levitation.begin height_m=3"
    )
    assert "reason.loitering.begin" in sentence(Text(id="reason.loitering.begin"), "en")
