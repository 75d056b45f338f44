"""UUIDv7 identifiers (RFC 9562, section 5.7): 48 bits of milliseconds, then 74 bits that make them unique."""

import hashlib
import os
from datetime import UTC, datetime
from uuid import UUID

_VERSION_7 = 0x7 << 76
_VARIANT_RFC = 0b10 << 62


def uuid7(at: datetime, seed: str | None = None) -> UUID:
    """The id of something that came to be `at` (an aware time).

    With a `seed` the id is a pure function of time and seed, so that a replay gives the same ids; without one the
    74 free bits are random. Ids sort by time to the millisecond. Raises ValueError for a time without zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"uuid7 needs a time with a zone, got {at.isoformat()}")
    milliseconds = int(at.timestamp() * 1000)
    free = os.urandom(10) if seed is None else hashlib.sha256(seed.encode()).digest()[:10]
    bits = int.from_bytes(free, "big")
    rand_a = (bits >> 62) & 0xFFF
    rand_b = bits & ((1 << 62) - 1)
    return UUID(int=(milliseconds << 80) | _VERSION_7 | (rand_a << 64) | _VARIANT_RFC | rand_b)


def time_of(identifier: UUID) -> datetime:
    """The UTC time, to the millisecond, that a UUIDv7 carries. Raises ValueError for other versions."""
    if identifier.version != 7:
        raise ValueError(f"{identifier} is a version {identifier.version} UUID, expected version 7")
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC)
