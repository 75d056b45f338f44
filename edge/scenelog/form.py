"""The form of a log file: a line that says what it is, the header, and blocks, each with its length and checksum.

Blocks are only ever appended. A file that ends in the middle of one, because the power went, has lost that one.
"""

import json
import struct
import zlib
from dataclasses import dataclass

SUFFIX = ".scenes"
VERSION = 1
MAGIC = b"SHOUWANG SCENES "
FIRST_LINE = MAGIC + b"%d\n" % VERSION
BLOCK = struct.Struct("<4sIIIIqq")
"""Mark, bytes, checksum, scenes, rows of tracks, first and last time (microseconds since 1970)."""
MARK = b"SWB1"
HEAD = struct.Struct("<II")
"""Bytes and checksum of the header."""
MOST_BLOCK_BYTES = 1 << 26


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known of a block before it is unpacked."""

    length: int
    """Bytes of the block itself."""
    checksum: int
    scenes: int
    rows: int
    first_us: int
    last_us: int

    @classmethod
    def of(cls, packed: bytes | memoryview) -> "Outline | None":
        """Of the bytes before a block; None if they are not."""
        if len(packed) < BLOCK.size:
            return None
        mark, *numbers = BLOCK.unpack_from(packed)
        return cls(*numbers) if mark == MARK and numbers[0] <= MOST_BLOCK_BYTES else None

    def packed(self) -> bytes:
        """As it stands before the block."""
        return BLOCK.pack(MARK, self.length, self.checksum, self.scenes, self.rows, self.first_us, self.last_us)


def opening(header: str) -> bytes:
    """The first bytes of a file."""
    data = zlib.compress(json.dumps(json.loads(header), ensure_ascii=False, sort_keys=True).encode(), 9)
    return FIRST_LINE + HEAD.pack(len(data), zlib.crc32(data)) + data
