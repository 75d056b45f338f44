"""The help of both programs in Chinese: all of it, and none of it cut off."""

import re

import pytest
from typer.main import get_group

import edge.cli
import server.cli
from protocol.help import commands, said_in, speaking
from protocol.sentences import LANGUAGES

APPS = {"edge": edge.cli.app, "server": server.cli.app}
PROGRAMS = {side: get_group(app) for side, app in APPS.items()}
CALLS = [(side, name) for side, program in PROGRAMS.items() for name, _ in commands(program, f"shouwang-{side}")]
OTHERS = [language for language in LANGUAGES if language != "en"]
SENTENCE = re.compile(r"[A-Za-z]+ [a-z]+ [a-z]+")
SHARED = {"Say the version.", "Show this message and exit."}
"""The latter is of an option that every command has by itself."""


@pytest.mark.parametrize("side", PROGRAMS)
@pytest.mark.parametrize("language", OTHERS)
def test_every_command_and_option_is_said_and_nothing_that_is_gone(side: str, language: str) -> None:
    said, below = said_in(language, side), dict(commands(PROGRAMS[side], f"shouwang-{side}"))
    assert set(said.commands) == set(below)
    options = {getattr(option, "help", None) for command in below.values() for option in command.params}
    assert set(said.options) == (options | SHARED) - {None}


@pytest.mark.parametrize(("side", "name"), CALLS)
def test_a_command_s_help_is_whole_on_a_narrow_terminal(
    side: str, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    program, words = get_group(APPS[side]), [] if name == f"shouwang-{side}" else name.split()
    with speaking(program, side, "zh"), pytest.raises(SystemExit) as ended:
        program([*words, "--help"], prog_name=f"shouwang-{side}")
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert not SENTENCE.findall(said.replace(f"shouwang-{side} {name}", ""))
    told = re.sub(r"[\s│]", "", said)
    assert re.sub(r"\s", "", said_in("zh", side).commands[name].partition("\n")[0]) in told
    assert told.startswith("用法：")
    assert "显示此说明并退出。" in told


def test_a_mistake_that_nobody_has_translated_is_told_as_it_is() -> None:
    said = said_in("zh", "edge")
    assert said.mistake("Something new.") == "Something new."
    assert said.mistake("Invalid value for '--at': Something new.") == "'--at' 的值不对：Something new."
