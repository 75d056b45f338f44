"""Chinese and English say the same: every id in both languages, with the same arguments."""

import re
from pathlib import Path

import pytest

from protocol.messages import Text
from protocol.sentences import catalogue as protocol_catalogue
from server.cases.transitions import MOVES
from server.db.tables.cases import State
from server.errors import ConfigurationError
from server.ingest.understand import Reason
from server.sentences import catalogue, preferred, sentence
from server.settings import load_settings
from tests.conftest import REPOSITORY
from tests.protocol.test_sentences import SPARED, arguments


def test_both_languages_have_the_same_sentences_with_the_same_arguments() -> None:
    zh, en = catalogue("zh"), catalogue("en")
    assert set(zh) == set(en)
    for name in en:
        assert arguments(zh[name]) - SPARED == arguments(en[name]) - SPARED, name


def test_names_are_quoted_alike_wherever_they_are_told() -> None:
    said = {**catalogue("zh"), **protocol_catalogue("zh")}
    assert [name for name, text in said.items() if re.search("[“”«»]", text)] == []
    assert any("「" in text for text in said.values())


def test_every_id_that_the_server_says_has_a_sentence() -> None:
    known = set(catalogue("en"))
    source = "\n".join(
        path.read_text() for path in (REPOSITORY / "server").rglob("*.py") if "console" not in path.parts
    )
    said = set(re.findall(r'"((?:error|event|start|store|account|tables)\.[a-z_]+)"', source))
    assert {"error.csrf", "start.port"} <= said <= known
    found = set(re.findall(r'_found\("([a-z_]+)"', source))
    assert {f"check.{name}{part}" for name in found for part in ("", ".remedy")} <= known
    assert {f"state.{state}" for state in State} <= known
    assert {f"state.{step.to_state}" for step in MOVES} <= known
    told = set(Reason) - {Reason.UNKNOWN_NODE, Reason.REVOKED_NODE, Reason.UNKNOWN_TOPIC, Reason.NOT_JSON}
    assert {f"refused.{reason}" for reason in told} <= known


def test_words_inside_a_sentence_are_translated_too() -> None:
    moved = Text(id="event.moved", arguments={"from_state": "state.received", "to_state": "state.accepted"})
    assert sentence(moved, "zh") == "由已接收转为已受理"
    assert sentence(moved, "en") == "From Received to Accepted"


def test_the_browser_s_best_language_is_taken() -> None:
    assert [preferred(said) for said in ("en-GB,en;q=0.9", "fr,zh-CN;q=0.5,en;q=0.4", "", "fr", "en;q=x")] == [
        "en",
        "zh",
        "zh",
        "zh",
        "zh",
    ]


def test_a_wrong_setting_is_told_in_either_language_and_never_what_stands_there(tmp_path: Path) -> None:
    path = tmp_path / "server.yaml"
    path.write_text("http: {port: abc}\nmqtt: {broker: ours, password: [hunter2]}\n")
    with pytest.raises(ConfigurationError) as wrong:
        load_settings(path)
    assert wrong.value.told("zh") == (
        f"{path}：http.port：应是整数；mqtt.broker：只能是 'embedded'、'external'；mqtt.password：应是文字"
    )
    assert "http.port: input should be a valid integer" in wrong.value.told("en")
    assert "hunter2" not in f"{wrong.value}{wrong.value.told('zh')}"


def test_what_settings_need_of_one_another_is_told_in_either_language(tmp_path: Path) -> None:
    path = tmp_path / "server.yaml"
    path.write_text("mqtt: {tls: true}\n")
    with pytest.raises(ConfigurationError, match=r"mqtt: the embedded broker needs mqtt\.certificate and") as wrong:
        load_settings(path)
    assert wrong.value.told("zh").endswith("需要 mqtt.certificate 和 mqtt.private_key")
