"""The last health message, kept as a file beside the outbox, for `shouwang-edge health` and containers."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from edge.clock import SinceBoot, since_boot
from protocol.messages import Health, encode

FILE = "health.json"
MISSED = 3
"""A node that has left out so many heartbeats does not work."""
JITTER_S = 1.0
"""By so much a message may be newer than the time at which somebody began to read it."""


class Beat(Health):
    """What the file holds: the message, and when it was written by a clock that nobody sets."""

    written: SinceBoot | None = None


def beat(folder: Path, health: Health) -> None:
    """Write it, whole or not at all. A full disk is not worth stopping for: the old file ages and tells."""
    partial = folder / f"{FILE}.partial"
    written = Beat(**dict(health), written=since_boot())
    try:
        partial.write_bytes(encode(written))
        partial.replace(folder / FILE)
    except OSError:
        with suppress(OSError):  # a disk that has gone read-only does not let go of it either
            partial.unlink(missing_ok=True)


def last_beat(folder: Path, every_s: float, now: datetime) -> tuple[Health | None, bool]:
    """The last message, if there is one that can be read, and whether it is fresh enough for a node at work."""
    try:
        last = Beat.model_validate_json((folder / FILE).read_bytes())
    except (OSError, ValidationError):
        return None, False
    return last, -JITTER_S <= _age_s(last, now) <= MISSED * every_s


def _age_s(last: Beat, now: datetime) -> float:
    """By the kernel's clock within one boot; else by the wall clock, which may have been set since."""
    here = since_boot()
    if here is not None and last.written is not None and last.written.boot == here.boot:
        return here.seconds - last.written.seconds
    return (now - last.at).total_seconds()
