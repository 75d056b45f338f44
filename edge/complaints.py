"""What the edge's commands tell people: an id of its catalogues and its arguments, told in any language.

The catalogues are `edge/texts/LANGUAGE/*.yaml` and the one that the server has, too; a template may format its
arguments as `str.format` does. An argument may be a complaint itself, told in the same language, or several, told one
after the other, or a text of the shared catalogue (the name of a kind). Nothing that is told holds a camera's password.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import PurePath
from typing import TypeAlias

import yaml

from edge.redaction import redact
from protocol import sentences
from protocol.messages import Text
from protocol.sentences import ENGLISH, phrase

Argument: TypeAlias = "str | float | PurePath | Complaint | Text | Sequence[str | Complaint] | None"
LISTED = "listed"
"""What stands between the items of a list."""


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Every template of a language by its id."""
    templates = dict(sentences.catalogue(language))
    for part in sorted(resources.files("edge").joinpath("texts", language).iterdir(), key=lambda one: one.name):
        templates |= yaml.safe_load(part.read_text("utf-8"))
    return templates


@dataclass(frozen=True, slots=True, repr=False)
class Complaint:
    """One sentence to come; `complaint` makes it, and `tell` of what is no complaint."""

    id: str
    arguments: Mapping[str, Argument]

    def told(self, language: str = ENGLISH) -> str:
        """The sentence. Raises KeyError for an id or an argument that is missing: a fault of ours."""
        templates = catalogue(language)
        arguments = {name: _in_sentence(value, language) for name, value in self.arguments.items()}
        return templates[self.id].format_map(arguments)

    def __repr__(self) -> str:
        return f"Complaint({self.told()!r})"


def complaint(id_: str, /, **arguments: Argument) -> Complaint:
    """A sentence by its id, with what its template names."""
    return Complaint(id_, arguments)


def tell(id_: str, language: str, /, **arguments: Argument) -> str:
    """What is no complaint, a line of a command that went well, from the same catalogues."""
    return Complaint(id_, arguments).told(language)


def _in_sentence(value: Argument, language: str) -> object:
    if isinstance(value, Complaint):
        return value.told(language)
    if isinstance(value, Text):
        name = phrase(value, language)
        return name[:1].lower() + name[1:]
    if isinstance(value, str | PurePath):
        return redact(str(value))
    if isinstance(value, Sequence):
        return catalogue(language)[LISTED].join(str(_in_sentence(one, language)) for one in value)
    return value


class ComplaintError(Exception):
    """Something cannot be done, and somebody is told why: one sentence, or one a mistake."""

    def __init__(self, *complaints: Complaint) -> None:
        super().__init__(*complaints)
        self.complaints = complaints

    def told(self, language: str = ENGLISH) -> str:
        """The sentences, one a line."""
        return "\n".join(one.told(language) for one in self.complaints)

    def __str__(self) -> str:
        return self.told()


def as_complaint(error: Exception) -> Complaint:
    """The first sentence of an error; of one that is not ours what it says itself."""
    return error.complaints[0] if isinstance(error, ComplaintError) else complaint("foreign", message=str(error))


class UnfitError(ComplaintError, ValueError):
    """A value does not fit; raised in the validators of pydantic's models."""
