"""YAML files that people write, read with the line of each field: every mistake can be named where it stands."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

Place = tuple[str | int, ...]
"""Where in a document: names of fields and numbers of items, from the outside in."""

_KINDS_OF_YAML: dict[type, str] = {list: "a list", type(None): "nothing"}


class ConfigError(Exception):
    """A file cannot be used; the text holds one line per mistake."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class StrictModel(BaseModel):
    """A part of a file: frozen, and a field that is not known is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Document:
    """A file's fields as they were written, and the line of each."""

    path: Path
    fields: dict[str, Any]
    lines: dict[Place, int]

    def problem(self, place: Place, text: str) -> str:
        """One mistake: file, line, field, what is wrong. A place that is not in the file has its parent's line."""
        line = next(self.lines[place[:n]] for n in range(len(place), -1, -1) if place[:n] in self.lines)
        name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
        return f"{self.path}:{line} {name or 'file'}: {text}"

    def problems(
        self,
        error: ValidationError,
        sentence: Callable[[ErrorDetails], str],
        no_fields: Collection[str] = (),
    ) -> list[str]:
        """Pydantic's findings, one line each. `no_fields`: names that its locations hold beside the fields' (tags)."""
        details = error.errors(include_url=False)
        faulty = {detail["loc"][:length] for detail in details for length in range(len(detail["loc"]))}
        return [
            self.problem(self._place(detail["loc"], no_fields), sentence(detail))
            for detail in details
            # pydantic counts only the sound items of a list: "too short" beside a faulty item is no news.
            if not (detail["type"] == "too_short" and detail["loc"] in faulty)
        ]

    def _place(self, location: Place, no_fields: Collection[str]) -> Place:
        place: Place = ()
        for number, part in enumerate(location):
            last = number == len(location) - 1
            if (*place, part) in self.lines or (last and part not in no_fields):
                place = (*place, part)
        return place


def read(path: Path) -> Document:
    """A YAML file that holds fields. Raises ConfigError."""
    try:
        text = path.read_text("utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        fields = yaml.safe_load(text)
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{path}: is not UTF-8 text"]) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError([f"{path}:{line} is not YAML: {error.problem}"]) from None
    except (yaml.YAMLError, ValueError) as error:  # control characters; dates and numbers that cannot be
        raise ConfigError([f"{path}: is not YAML: {' '.join(str(error).split())}"]) from None
    if not isinstance(fields, dict):
        raise ConfigError(
            [f"{path}:1 holds {_KINDS_OF_YAML.get(type(fields), 'text')}, expected fields like «name: yard»"]
        )
    lines: dict[Place, int] = {}
    _note_lines(root, (), lines)
    return Document(path, fields, lines)


def plain_sentence(detail: ErrorDetails) -> str:
    """Pydantic's finding in our words, with what was found and what to do."""
    context, value = detail.get("ctx", {}), detail.get("input")
    match detail["type"]:
        case "missing":
            return "is missing; add it"
        case "extra_forbidden":
            return "is no field here; correct its name or remove it"
        case "too_short":
            return f"has {context['actual_length']} items, expected at least {context['min_length']}"
        case "string_pattern_mismatch":
            return f"«{value}» may hold only small letters, digits, - and _, and begins with a letter or digit"
        case "value_error":
            return str(context["error"])
    shown = "" if isinstance(value, dict | list) else f" (got {value!r:.60})"
    return f"{detail['msg'][:1].lower()}{detail['msg'][1:]}{shown}"


def _note_lines(node: yaml.Node | None, place: Place, lines: dict[Place, int]) -> None:
    if node is None:
        return
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            lines[(*place, key.value)] = key.start_mark.line + 1
            _note_lines(value, (*place, key.value), lines)
            lines[(*place, key.value)] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            _note_lines(value, (*place, number), lines)
