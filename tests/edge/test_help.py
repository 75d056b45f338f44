"""`--help` and wrong calls in Chinese: all of it, none of it cut off, and English again afterwards."""

import re

import pytest
from typer.main import get_group

from edge.cli import app
from edge.help import commands, mistake, texts
from protocol.sentences import LANGUAGES
from tests.edge.command import Command

PROGRAM = get_group(app)
NAMES = [name for name, _ in commands(PROGRAM)]
SENTENCE = re.compile(r"[A-Za-z]+ [a-z]+ [a-z]+")
HELP = "Show this message and exit."
"""Of the option that every command has by itself."""


def call(name: str) -> list[str]:
    return name.split() if " " in name or name != NAMES[0] else []


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_every_command_and_option_is_said_and_nothing_that_is_gone(language: str) -> None:
    said = texts(language)
    assert set(said["commands"]) == set(NAMES)
    options = {getattr(option, "help", None) for _, command in commands(PROGRAM) for option in command.params}
    assert set(said["options"]) == (options | {HELP}) - {None}


@pytest.mark.parametrize("name", NAMES)
def test_a_command_s_help_is_whole_in_chinese_on_a_narrow_terminal(
    command: Command, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("SHOUWANG_LANGUAGE", "zh")
    code, said, complaint = command(*call(name), "--help")
    assert (code, complaint) == (0, "")
    assert not SENTENCE.findall(said.replace(f"shouwang-edge {name}", ""))
    told = re.sub(r"[\s│]", "", said)
    assert re.sub(r"\s", "", texts("zh")["commands"][name].partition("\n")[0]) in told
    assert "显示此说明并退出。" in told


def test_help_in_english_is_as_it_is_declared_also_after_chinese(command: Command) -> None:
    _, chinese, _ = command("whatif", "--help", "--language", "zh")
    assert "选项" in chinese
    _, english, _ = command("whatif", "--help")
    assert "Options" in english
    assert "Say what alerts there would have been at other limits" in english


@pytest.mark.parametrize(
    ("arguments", "english", "chinese"),
    [
        (["run"], "Missing argument 'config'", "缺少参数 config"),
        (["run", "a", "b"], "unexpected extra argument(s) (b)", "多出的参数：b"),
        (["runn"], "No such command 'runn'. Did you mean 'run'?", "没有命令「runn」；是不是「run」？"),
        (["replay", "a.mp4", "--vide"], "No such option: --vide", "没有选项 --vide；是不是其中之一"),
        (["eval", "a", "--json"], "'--json' requires an argument", "选项 --json 缺少值"),
        (["eval", "a", "--least-f1", "2"], "less than or equal to 1", "'--least-f1' 的值不对：应不大于 1"),
        (["eval", "a", "--jobs", "many"], "valid integer", "应为整数"),
        (["eval", "a", "--licences", "free"], "'free' is not one of", "「free」不可选；可选：'any', 'permissive'"),
        (["replay", "a.mp4", "--start", "2026-01-01"], "needs a zone", "--start 的值不对：缺少时区"),
        (["record", "a.yaml", "--for", "3h"], "«3h» is no time from 1s to 9m", "「3h」不是 1s 至 9m 的时长"),
        (["run", "a.yaml", "--language", "fr"], "«fr» is not spoken here", "不会说「fr」"),
        (["whatif", "a", "--truth", "b", "--verdicts", "c"], "not both", "只能用一个"),
        (
            ["explain", "a.mp4", "--at", "1", "--alert", "b"],
            "needs alerts.jsonl of a replay",
            "需要回放写出的 alerts.jsonl",
        ),
    ],
)
def test_a_wrong_call_is_told_in_either_language(
    command: Command, arguments: list[str], english: str, chinese: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, expected in (("en", english), ("zh", chinese)):
        monkeypatch.setenv("SHOUWANG_LANGUAGE", language)
        code, _, complaint = command(*arguments)
        assert code == 2
        assert expected in complaint


def test_a_mistake_that_nobody_has_translated_is_told_as_it_is() -> None:
    assert mistake("Something new.", "zh") == "Something new."
    assert mistake("Invalid value for '--at': Something new.", "zh") == "'--at' 的值不对：Something new."
