"""What can go wrong with a source, each with the state it puts the camera into.

SourceError
├── SourceNotFoundError       no such file, device or path on the camera
├── UnauthorisedError         the camera refuses user name or password
├── UnreachableError          no answer: refused, unknown host, timed out
├── NoVideoStreamError        it answers and can be read, but holds no video
├── UnreadableError           it answers, but what it sends cannot be decoded: empty, truncated, corrupt
├── StalledError              packets stopped coming
└── EndedError                the stream came to its end
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from edge.complaints import Argument, Complaint, ComplaintError
from protocol.messages import CameraState, Text

_USER_INFO = re.compile(r"(?<=://)[^\s'\"<>]*@")
_SECRET_ARGUMENT = re.compile(r"(?i)((?:user|username|usr|login|password|passwd|pass|pwd|token|secret)=)[^&\s'\"]+")


def redact(text: str) -> str:
    """The text with user names and passwords taken out of every address in it.

    PyAV's errors carry the address as it was opened. Rather too much goes than too little: all up to the last `@` of
    an address, and the values of arguments such as `?password=` or `&pwd=`.
    """
    return _SECRET_ARGUMENT.sub(r"\1***", _USER_INFO.sub("***@", text))


def _redacted(problem: Complaint) -> Complaint:
    """An address is never in a template, but always in an argument, so that this holds in every language."""
    arguments = {name: _redacted_argument(value) for name, value in problem.arguments.items()}
    return replace(problem, arguments=arguments)


def _redacted_argument(value: Argument) -> Argument:
    if isinstance(value, Complaint):
        return _redacted(value)
    if isinstance(value, str | PurePath):
        return redact(str(value))
    if isinstance(value, Sequence):
        return [_redacted(one) if isinstance(one, Complaint) else redact(one) for one in value]
    return value


class SourceError(ComplaintError, ValueError):
    """A source cannot be used; one sentence with the address (without credentials), the cause and the remedy."""

    state = CameraState.UNREADABLE

    def __init__(self, problem: Complaint, *, said: Text | None = None) -> None:
        """`said`: the cause for those who read a report in their own language; without it, the state's own words."""
        super().__init__(_redacted(problem))
        self.said = said or Text(id=f"stopped.{self.state}")


class SourceNotFoundError(SourceError):
    """No such file, device or path on the camera."""

    state = CameraState.UNREACHABLE


class UnauthorisedError(SourceError):
    """The camera refuses user name or password."""

    state = CameraState.UNAUTHORISED


class UnreachableError(SourceError):
    """No answer."""

    state = CameraState.UNREACHABLE


class NoVideoStreamError(SourceError):
    """It can be read, but holds no video."""


class UnreadableError(SourceError):
    """What it sends cannot be decoded."""


class StalledError(SourceError):
    """Packets stopped coming."""

    state = CameraState.STALLED


class EndedError(SourceError):
    """The stream came to its end."""

    state = CameraState.ENDED
