"""The last health message, kept as a file beside the outbox, for `shouwang-edge health` and containers."""

from datetime import datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from protocol.messages import Health, encode

FILE = "health.json"
MISSED = 3
"""A node that has left out so many heartbeats does not work."""


def beat(folder: Path, health: Health) -> None:
    """Write it, whole or not at all. A full disk is not worth stopping for: the old file ages and tells."""
    partial = folder / f"{FILE}.partial"
    try:
        partial.write_bytes(encode(health))
        partial.replace(folder / FILE)
    except OSError:
        partial.unlink(missing_ok=True)


def last_beat(folder: Path, every_s: float, now: datetime) -> tuple[Health | None, bool]:
    """The last message, if there is one that can be read, and whether it is fresh enough for a node at work."""
    try:
        health = Health.model_validate_json((folder / FILE).read_bytes())
    except (OSError, ValidationError):
        return None, False
    return health, now - health.at <= timedelta(seconds=MISSED * every_s)
