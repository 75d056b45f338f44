"""YAML files that people write, read with the line of each field: every mistake can be named where it stands."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from edge.complaints import Complaint, ComplaintError, as_complaint, catalogue, complaint
from protocol.findings import finding
from protocol.sentences import ENGLISH

Place = tuple[str | int, ...]
"""Where in a document: names of fields and numbers of items, from the outside in."""

_KINDS_OF_YAML: dict[type, str] = {list: "found.list", type(None): "found.nothing"}


class ConfigError(ComplaintError):
    """A file cannot be used; one complaint a mistake."""


class StrictModel(BaseModel):
    """A part of a file: frozen, and a field that is not known is a mistake; so is a number without end."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Document:
    """A file's fields as they were written, and the line of each."""

    path: Path
    fields: dict[str, Any]
    lines: dict[Place, int]

    def problem(self, place: Place, problem: Complaint) -> Complaint:
        """One mistake: file, line, field, what is wrong. A place that is not in the file has its parent's line."""
        line = next(self.lines[place[:n]] for n in range(len(place), -1, -1) if place[:n] in self.lines)
        name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
        if not name:
            return complaint("at.file", path=self.path, line=line, problem=problem)
        return complaint("at.field", path=self.path, line=line, field=name, problem=problem)

    def problems(
        self,
        error: ValidationError,
        sentence: Callable[[ErrorDetails], Complaint],
        no_fields: Collection[str] = (),
    ) -> list[Complaint]:
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
        raise ConfigError(complaint("file.unreadable", path=path, why=error.strerror)) from None
    except UnicodeDecodeError:
        raise ConfigError(complaint("file.not_utf8", path=path)) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(complaint("file.not_yaml_at", path=path, line=line, why=error.problem)) from None
    except (yaml.YAMLError, ValueError) as error:  # control characters; dates and numbers that cannot be
        raise ConfigError(complaint("file.not_yaml", path=path, why=" ".join(str(error).split()))) from None
    if not isinstance(fields, dict):
        found = complaint(_KINDS_OF_YAML.get(type(fields), "found.text"))
        raise ConfigError(complaint("file.no_fields", path=path, found=found))
    lines: dict[Place, int] = {}
    _note_lines(root, (), lines)
    return Document(path, fields, lines)


def plain_sentence(detail: ErrorDetails) -> Complaint:
    """Pydantic's finding in our words, with what was found and what to do."""
    if detail["type"] == "value_error":
        return as_complaint(detail["ctx"]["error"])
    found = finding(detail, catalogue(ENGLISH))
    problem = complaint(found.id, **found.arguments)
    return complaint("field.got", problem=problem, value=detail.get("input")) if found.shows else problem


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
