"""Every verdict that a node has heard, one message a line: what `whatif --verdicts` reads."""

from pathlib import Path
from uuid import UUID

import structlog

from protocol.messages import Verdict, encode

FILE = "verdicts.jsonl"
"""Beside the lessons. Only ever added to; a line has some 120 bytes, so that ten thousand verdicts take 1 MB."""

log = structlog.get_logger()


class VerdictFile:
    """Used by one thread. A disk that takes nothing is told of; the verdict is heard all the same."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._last: dict[UUID, Verdict] = {}

    def add(self, verdict: Verdict) -> None:
        """Write it, unless it is the one heard last of its alert: after a break the server says verdicts again."""
        if self._last.get(verdict.alert) == verdict:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                file.write(encode(verdict) + b"\n")
        except OSError as error:
            log.error("a verdict could not be written", file=str(self._path), why=error.strerror)
            return
        self._last[verdict.alert] = verdict
