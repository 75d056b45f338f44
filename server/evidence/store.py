"""What a store of evidence can do; a folder and an object store each do it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol


class EvidenceStore(Protocol):
    """Keeps whole, verified pieces by the SHA-256 of their bytes. Thread-safe."""

    def size(self, sha256: str) -> int | None:
        """Bytes of a piece that is here, None of one that is not. Raises Unreachable when the store does not answer."""
        ...

    def keep(self, sha256: str, path: Path, media_type: str) -> None:
        """Take over a file whose bytes were verified; it is here durably when this returns, and `path` is gone.

        Raises NoSpace when the store is full and Unreachable when it does not answer.
        """
        ...

    def read(self, sha256: str, start: int, length: int) -> Iterator[bytes]:
        """The bytes from `start`, `length` of them, in pieces of moderate size.

        Raises KeyError if not here and Unreachable when the store does not answer.
        """
        ...

    def names(self) -> Iterator[str]:
        """The SHA-256 of everything here. Raises Unreachable when the store does not answer."""
        ...
