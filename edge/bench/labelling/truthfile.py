"""The truth file that the page reads and writes: its events change, the rest of it stays as it is, byte for byte."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from edge.bench.events.footage import SLACK_S
from edge.files import write_whole
from edge.truth import TrueEvent, TrueEvents, read_truth
from protocol.messages import Text

FIELDS = ("kind", "zone", "start", "end")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an event, at one of FIELDS; with the whole if `event` is None."""

    text: Text
    event: int | None = None
    field: str | None = None


class RefusedError(Exception):
    """Events cannot be saved, and nothing was written."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(problem.text.id for problem in problems))
        self.problems = problems


class ChangedError(RefusedError):
    """The file is not the one that the page had read."""


class _Sent(BaseModel):
    """What the page sends: each event as it read it, so that fields we do not know are kept."""

    model_config = ConfigDict(extra="forbid")
    version: str
    events: list[dict[str, Any]]


def wrong(name: str, event: int | None = None, field: str | None = None, **arguments: str | int | float) -> Problem:
    """A problem by its word in the catalogues."""
    return Problem(Text(id=f"mark.wrong.{name}", arguments=dict(arguments)), event, field)


@dataclass(frozen=True, slots=True)
class TruthFile:
    """A clip's truth. `seconds`: the clip's length, 0.0 if not known; `places`: None if any name of a zone goes."""

    path: Path
    seconds: float = 0.0
    places: Sequence[str] | None = field(default=None)

    def read(self) -> tuple[list[dict[str, Any]], str]:
        """All fields of its events, and the version that `save` asks for. Raises ConfigError."""
        if not self.path.exists():
            return [], ""
        read_truth(self.path, TrueEvents)
        data = self.path.read_bytes()
        events: list[dict[str, Any]] = json.loads(data)["events"]
        return events, _version(data)

    def save(self, body: bytes) -> tuple[list[dict[str, Any]], str]:
        """Check and write what a page sent, and read it back. Raises RefusedError, TargetError, ConfigError."""
        sent = _parsed(body)
        events = [self._checked(number, event) for number, event in enumerate(sent.events)]
        problems = [problem for found, _ in events for problem in found]
        if problems:
            raise RefusedError(*problems)
        old = self.path.read_bytes() if self.path.exists() else b""
        if sent.version != _version(old):
            raise ChangedError(wrong("changed"))
        try:
            text = with_events(old.decode(), [event for _, event in events])
            text.encode()
        except (ValueError, IndexError):  # infinite numbers, halves of characters; a file that is no JSON
            raise RefusedError(wrong("form")) from None
        write_whole(self.path, text)
        return self.read()

    def _checked(self, number: int, event: Mapping[str, Any]) -> tuple[list[Problem], dict[str, Any]]:
        """What is wrong with an event, and how it is written."""
        try:
            true = TrueEvent.model_validate(event)
        except ValidationError as error:
            return [_problem(number, event, detail["loc"]) for detail in error.errors()], {}
        problems = []
        for name, at_s in (("start", true.start), ("end", true.end)):
            if not math.isfinite(at_s):
                problems.append(wrong("number", number, name))
            elif self.seconds and at_s > self.seconds + SLACK_S:
                problems.append(wrong("past_end", number, name, at=f"{at_s:g}", seconds=f"{self.seconds:g}"))
        if self.places is not None and true.zone is not None and true.zone not in self.places:
            problems.append(wrong("zone", number, "zone", value=true.zone[:60]))
        if problems:
            return problems, {}
        values = (str(true.kind), true.zone, round(true.start, 3), round(true.end, 3))
        return [], {**event, **dict(zip(FIELDS, values, strict=True))}


def _version(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest() if data else ""


def _parsed(body: bytes) -> _Sent:
    try:
        return _Sent.model_validate(json.loads(body))
    except (ValueError, RecursionError):  # a ValidationError is a ValueError
        raise RefusedError(wrong("form")) from None


def _problem(number: int, event: Mapping[str, Any], location: tuple[int | str, ...]) -> Problem:
    """Pydantic's finding in words of the catalogues."""
    name = str(location[0]) if location else "end"
    if not location:
        return wrong("order", number, name, start=f"{float(event['start']):g}", end=f"{float(event['end']):g}")
    if name in ("start", "end"):
        return wrong("number", number, name)
    return wrong(name, number, name, value=str(event.get(name, ""))[:60])


def with_events(text: str, events: Sequence[Mapping[str, Any]]) -> str:
    """A truth file's text with other events; nothing else of it changes. Raises ValueError."""
    if not text.strip():
        return f'{{"events": {_lines(events, spaced=True)}}}\n'
    begin, end = _span(text)
    return text[:begin] + _lines(events, spaced='", ' in text or '": ' in text) + text[end:]


def _lines(events: Sequence[Mapping[str, Any]], *, spaced: bool) -> str:
    """Events as JSON; where people write, a line for each."""
    separators = (", ", ": ") if spaced else (",", ":")
    rows = [json.dumps(event, ensure_ascii=False, allow_nan=False, separators=separators) for event in events]
    if spaced and rows:
        return "[\n  " + ",\n  ".join(rows) + "\n]"
    return f"[{','.join(rows)}]"


def _span(text: str) -> tuple[int, int]:
    """Where the value of the outermost field «events» begins and ends; of the last, as JSON's readers take it."""
    decoder, found = json.JSONDecoder(), (0, 0)
    at = _skip(text, text.index("{") + 1)
    while text[at] != "}":
        name, at = decoder.raw_decode(text, at)
        begin = _skip(text, _skip(text, at) + 1)  # past the colon
        _, at = decoder.raw_decode(text, begin)
        if name == "events":
            found = begin, at
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)
    if found == (0, 0):
        raise ValueError("has no events")
    return found


def _skip(text: str, at: int) -> int:
    while text[at] in " \t\r\n":
        at += 1
    return at
