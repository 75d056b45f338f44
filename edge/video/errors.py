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

from edge.complaints import Complaint, ComplaintError
from protocol.messages import CameraState, Text


class SourceError(ComplaintError, ValueError):
    """A source cannot be used; one sentence with the address (without credentials), the cause and the remedy."""

    state = CameraState.UNREADABLE

    def __init__(self, problem: Complaint, *, said: Text | None = None) -> None:
        """`said`: the cause for those who read a report in their own language; without it, the state's own words."""
        super().__init__(problem)
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
