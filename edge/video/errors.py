"""What can go wrong with a source, each with the state it puts the camera into.

SourceError
├── SourceNotFoundError       no such file or device
├── UnauthorisedError         the camera refuses user name or password
├── UnreachableError          no answer: refused, unknown host, timed out
├── UnreadableError           it answers, but with no video that can be decoded
├── StalledError              packets stopped coming
└── EndedError                the stream came to its end
"""

import re

from protocol.messages import CameraState

_CREDENTIALS = re.compile(r"(?<=://)[^/@\s'\"]*@")


def redact(text: str) -> str:
    """The text with every user name and password of an address taken out; PyAV's errors carry them."""
    return _CREDENTIALS.sub("***@", text)


class SourceError(Exception):
    """A source cannot be used; one sentence with the address (without credentials), the cause and the remedy."""

    state = CameraState.UNREADABLE

    def __init__(self, text: str) -> None:
        super().__init__(redact(text))


class SourceNotFoundError(SourceError):
    """No such file or device."""

    state = CameraState.UNREACHABLE


class UnauthorisedError(SourceError):
    """The camera refuses user name or password."""

    state = CameraState.UNAUTHORISED


class UnreachableError(SourceError):
    """No answer."""

    state = CameraState.UNREACHABLE


class UnreadableError(SourceError):
    """It answers, but with no video that can be decoded."""


class StalledError(SourceError):
    """Packets stopped coming."""

    state = CameraState.STALLED


class EndedError(SourceError):
    """The stream came to its end."""

    state = CameraState.ENDED
