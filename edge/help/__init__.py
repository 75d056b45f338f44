"""`--help`, and what is said of a command called wrongly, in the reader's language.

Their texts stand in English where commands and options are declared, and in typer; `LANGUAGE.yaml` here says them
otherwise: commands by their names, all else by its English text, in which `{name}` stands for what differs.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from importlib import resources
from typing import Any

import yaml
from rich.text import Text
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup

ENGLISH = "en"
PROGRAM = "shouwang-edge"
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


@cache
def texts(language: str) -> Mapping[str, Mapping[str, str]]:
    """What a language says: `frame`, `commands` by name, `options` and `mistakes` by their English text."""
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(
        resources.files("edge.help").joinpath(f"{language}.yaml").read_text("utf-8")
    )
    return found


def commands(command: TyperCommand | TyperGroup, *above: str) -> Iterator[tuple[str, TyperCommand | TyperGroup]]:
    """A program and all its commands, with their names: «models eval»."""
    yield " ".join(above) or PROGRAM, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, *above, name)


def mistake(english: str, language: str) -> str:
    """What is wrong with a call, said otherwise; as it was if it is not known."""
    for template, said in texts(language)["mistakes"].items():
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(template))
        if found := re.fullmatch(pattern, english.strip(), re.DOTALL):
            parts = {
                name: mistake(part, language) if name == "why" else part for name, part in found.groupdict().items()
            }
            return said.format_map(parts)
    return english


@contextmanager
def speaking(program: TyperGroup, language: str) -> Iterator[None]:
    """Let a program's help speak a language meanwhile.

    Typer has no way to say its texts otherwise, nor to fold lines of a script without spaces, which it cuts off: so
    what it writes with is replaced.
    """
    if language == ENGLISH:
        yield
        return
    frame = texts(language)["frame"]
    for name, command in commands(program):
        command.help = texts(language)["commands"][name]
        command.options_metavar = frame["[OPTIONS]"]
        if isinstance(command, TyperGroup):
            command.subcommand_metavar = frame["COMMAND [ARGS]..."]
    write, complain = "_make_rich_text", "rich_format_error"
    before = {name: getattr(rich_utils, name) for name in (*FRAME, write, complain)}
    for name in FRAME:
        setattr(rich_utils, name, frame[before[name]])
    setattr(rich_utils, write, partial(_written, before[write], language))
    setattr(rich_utils, complain, partial(_complain, before[complain], language))
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(rich_utils, name, value)


def _written(write: Any, language: str, *, text: str, **how: Any) -> object:  # noqa: ANN401 - typer's own
    """A text of an option as typer writes it, folded where it is too long."""
    written = write(text=texts(language)["options"].get(text, text), **how)
    if isinstance(written, Text):
        written.overflow = "fold"
    return written


def _complain(complain: Any, language: str, error: Any) -> None:  # noqa: ANN401 - typer's own
    """Say what is wrong with a call as typer does."""
    said = mistake(error.format_message(), language)
    error.format_message = lambda: said
    complain(error)
