"""Evidence in a folder: two levels of hash prefixes, one file per piece, readable by the server only."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

from server.errors import NoSpace
from server.folders import need_folder

PIECE_BYTES = 256 * 1024
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class FolderStore:
    """Files named by their SHA-256; a file is here whole or not at all."""

    def __init__(self, folder: Path) -> None:
        """Raises ConfigurationError for a folder that cannot be written to."""
        need_folder(folder, "evidence.folder or data_dir")
        self._folder = folder

    def size(self, sha256: str) -> int | None:
        """Bytes of a piece, None if it is not here."""
        try:
            return self._path(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def keep(self, sha256: str, path: Path, media_type: str) -> None:
        """Rename a finished file into place and make the name durable. Raises NoSpace."""
        target = self._path(sha256)
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
            path.replace(target)
            _sync_folder(target.parent)
        except OSError as error:
            if error.errno in FULL:
                raise NoSpace("error.no_space") from None
            raise

    def read(self, sha256: str, start: int, length: int) -> Iterator[bytes]:
        """The bytes from `start`. Raises KeyError if the piece is not here."""
        path = self._path(sha256)
        if not path.is_file():
            raise KeyError(sha256)
        return _pieces(path, start, length)

    def names(self) -> Iterator[str]:
        """The SHA-256 of everything here."""
        return (path.name for path in self._folder.glob("??/??/*") if path.is_file())

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256[2:4] / sha256


def _pieces(path: Path, start: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as file:  # only once somebody reads: a browser may be gone before
        file.seek(start)
        while length > 0 and (piece := file.read(min(PIECE_BYTES, length))):
            length -= len(piece)
            yield piece


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
