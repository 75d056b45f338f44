"""The only place in the edge that asks what time it is. Rules and alerts take theirs from the scene."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def utc_now() -> datetime:
    """Wall clock, aware, UTC."""
    return datetime.now(UTC)


def monotonic_s() -> float:
    """Seconds on a clock that never goes back; for durations and timeouts."""
    return time.monotonic()


class SinceBoot(NamedTuple):
    """Seconds since the kernel started, also of sleep; they can be compared within one boot, whoever sets the clock."""

    boot: str
    seconds: float


def since_boot() -> SinceBoot | None:
    """Now; None where the kernel does not tell its boots apart."""
    try:
        return SinceBoot(_BOOT_ID.read_text("ascii").strip(), time.clock_gettime(time.CLOCK_BOOTTIME))
    except (OSError, ValueError):
        return None
