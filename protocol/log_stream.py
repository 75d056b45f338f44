"""Where both programs write their logs."""

from contextlib import suppress
from typing import TextIO


class LogStream:
    """A stream whose disk may be full: what it does not take is lost, and whoever writes goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """As many characters as were to be written."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Let them out."""
        with suppress(OSError):
            self._stream.flush()
