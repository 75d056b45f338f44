"""`--help`, and what is said of a command called wrongly, in the reader's language.

Their texts stand in English where commands and options are declared, and in typer. `LANGUAGE.yaml` here says what all
programs share otherwise, and `help/LANGUAGE.yaml` of a program's package what is its own: commands by their names, all
else by its English text, in which `{name}` stands for what differs.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cache, partial
from importlib import resources
from typing import Any

import yaml
from rich.text import Text
from typer import Context, rich_utils
from typer.core import TyperCommand, TyperGroup

from protocol.sentences import ENGLISH

FRAME = (
    "ARGUMENTS_PANEL_TITLE",
    "OPTIONS_PANEL_TITLE",
    "COMMANDS_PANEL_TITLE",
    "ERRORS_PANEL_TITLE",
    "DEFAULT_STRING",
    "ENVVAR_STRING",
    "REQUIRED_LONG_STRING",
    "ABORTED_TEXT",
    "RICH_HELP",
)
"""What typer writes around ours: names of its constants."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a language says."""

    frame: Mapping[str, str]
    """What typer writes around ours."""
    commands: Mapping[str, str]
    """By their names, the program by its own."""
    options: Mapping[str, str]
    mistakes: Mapping[str, str]
    """By their English text."""

    def mistake(self, english: str) -> str:
        """What is wrong with a call; as it was if it is not known."""
        for template, said in self.mistakes.items():
            pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(template))
            if found := re.fullmatch(pattern, english.strip(), re.DOTALL):
                parts = {
                    name: self.mistake(part) if name == "why" else part for name, part in found.groupdict().items()
                }
                return said.format_map(parts)
        return english


@cache
def said_in(language: str, side: str) -> Said:
    """What a language says of a side's program."""
    parts: list[Mapping[str, Mapping[str, str]]] = [
        yaml.safe_load(resources.files(of).joinpath("help", f"{language}.yaml").read_text("utf-8"))
        for of in ("protocol", side)
    ]
    names = (field.name for field in fields(Said))
    return Said(**{name: {key: value for part in parts for key, value in part.get(name, {}).items()} for name in names})


def commands(command: TyperCommand | TyperGroup, *names: str) -> Iterator[tuple[str, TyperCommand | TyperGroup]]:
    """A program and all its commands, with their names: «shouwang-edge», «models eval»."""
    program, *above = names
    yield " ".join(above) or program, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, *names, name)


@contextmanager
def speaking(program: TyperGroup, side: str, language: str) -> Iterator[None]:
    """Let the help of a side's program (edge, server) speak a language meanwhile.

    Typer has no way to say its texts otherwise, nor to fold lines of a script without spaces, which it cuts off: so
    what it writes with is replaced.
    """
    if language == ENGLISH:
        yield
        return
    said = said_in(language, side)
    for called, command in commands(program, f"shouwang-{side}"):
        command.help = said.commands[called]
        command.options_metavar = said.frame["[OPTIONS]"]
        setattr(command, "get_usage", partial(_used, command.get_usage, said))  # noqa: B010 - no method is assigned to
        if isinstance(command, TyperGroup):
            command.subcommand_metavar = said.frame["COMMAND [ARGS]..."]
    write, complain = "_make_rich_text", "rich_format_error"
    before = {constant: getattr(rich_utils, constant) for constant in (*FRAME, write, complain)}
    for constant in FRAME:
        setattr(rich_utils, constant, said.frame[before[constant]])
    setattr(rich_utils, write, partial(_written, before[write], said))
    setattr(rich_utils, complain, partial(_complain, before[complain], said))
    try:
        yield
    finally:
        for constant, value in before.items():
            setattr(rich_utils, constant, value)


def _written(write: Any, said: Said, *, text: str, **how: Any) -> object:  # noqa: ANN401 - typer's own
    """A text of an option as typer writes it, folded where it is too long."""
    written = write(text=said.options.get(text, text), **how)
    if isinstance(written, Text):
        written.overflow = "fold"
    return written


def _used(use: Callable[[Context], str], said: Said, context: Context) -> str:
    """How a command is called."""
    return use(context).replace("Usage: ", said.frame["Usage:"], 1)


def _complain(complain: Any, said: Said, error: Any) -> None:  # noqa: ANN401 - typer's own
    """Say what is wrong with a call as typer does."""
    sentence = said.mistake(error.format_message())
    error.format_message = lambda: sentence
    complain(error)
