"""What can go wrong, by kind, with the HTTP status each becomes and the exit code each ends a command with.

ServerError                   carries a catalogue text
├── Problem                   what a request asked for cannot be done
│   ├── NotSignedIn     401
│   ├── NotAllowed      403
│   ├── NotFound        404
│   ├── Conflict        409   the thing has another state than the caller thinks
│   ├── TooLarge        413
│   ├── WrongMediaType  415
│   ├── Unacceptable    422
│   ├── TooMany         429   carries retry_after_s
│   ├── Away            503   the database or the store does not answer
│   └── NoSpace         507
├── UsageError          exit 2
├── ConfigurationError  exit 3
├── Unreachable         exit 4   database, broker or object store
└── InvariantBroken     exit 1   `check` found something
"""

from typing import ClassVar

from protocol.messages import Text
from protocol.sentences import ENGLISH
from server.sentences import WrongFields, sentence


class ServerError(Exception):
    """Anything the server refuses or fails at on purpose; `told` says why in any language, `str` in English."""

    exit_code: ClassVar[int] = 1

    def __init__(
        self, message_id: str, wrong: WrongFields | None = None, **arguments: str | int | float | bool
    ) -> None:
        """`wrong` becomes the argument `places`."""
        super().__init__(message_id)
        self._id, self._wrong, self._arguments = message_id, wrong, arguments

    @property
    def text(self) -> Text:
        """Why, its arguments in English."""
        return self.text_in(ENGLISH)

    def text_in(self, language: str) -> Text:
        """Why, with arguments as they are told in a language."""
        places = {} if self._wrong is None else {"places": self._wrong.told(language)}
        return Text(id=self._id, arguments=self._arguments | places)

    def told(self, language: str) -> str:
        """Why, in a language."""
        return sentence(self.text_in(language), language)

    def __str__(self) -> str:
        return self.told(ENGLISH)


class Problem(ServerError):
    """A request that cannot be met."""

    status: ClassVar[int] = 500


class NotSignedIn(Problem):
    """Nobody, or nobody any more, stands behind the request."""

    status = 401


class NotAllowed(Problem):
    """The person or node may not do this."""

    status = 403


class NotFound(Problem):
    """There is no such thing."""

    status = 404


class Conflict(Problem):
    """The thing is in another state than the caller thinks."""

    status = 409


class TooLarge(Problem):
    """More bytes than are taken."""

    status = 413


class WrongMediaType(Problem):
    """The bytes are not what they are said to be."""

    status = 415


class Unacceptable(Problem):
    """The request is understood and wrong."""

    status = 422


class TooMany(Problem):
    """Too often; try again after `retry_after_s`."""

    status = 429

    def __init__(self, message_id: str, retry_after_s: int) -> None:
        super().__init__(message_id, retry_after_s=retry_after_s)
        self.retry_after_s = retry_after_s


class Away(Problem):
    """The database or the store does not answer; try again."""

    status = 503


class NoSpace(Problem):
    """The store is full; the sender keeps its bytes and tries again."""

    status = 507


class UsageError(ServerError):
    """A command was asked for something it cannot do."""

    exit_code = 2


class ConfigurationError(ServerError):
    """A setting is wrong; the text names it and the remedy."""

    exit_code = 3


class Unreachable(ServerError):
    """The database, the broker or the object store does not answer."""

    exit_code = 4


class InvariantBroken(ServerError):
    """`check` found something that must not be."""

    exit_code = 1
