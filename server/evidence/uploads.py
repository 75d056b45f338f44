"""Evidence on its way in: unfinished files per node, continued where they broke off, verified before they are kept."""

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from server.clock import utc_now
from server.errors import Conflict, NoSpace, TooLarge, Unacceptable, WrongMediaType
from server.evidence.store import EvidenceStore
from server.folders import need_folder

MAGIC: dict[str, tuple[int, tuple[bytes, ...]]] = {
    "image/jpeg": (0, (b"\xff\xd8\xff",)),
    "video/mp4": (4, (b"ftyp",)),
    "application/json": (0, (b"{", b"[")),
}
"""What the bytes of each media type have where."""
ABANDONED_AFTER = timedelta(days=7)


class Uploads:
    """A folder of unfinished pieces. A node's unfinished piece is its own: nobody else can spoil it."""

    def __init__(self, folder: Path, store: EvidenceStore, most_bytes: int, least_free_bytes: int) -> None:
        """Raises ConfigurationError for a folder that cannot be written to."""
        need_folder(folder, "evidence.folder or data_dir")
        self._folder, self._store = folder, store
        self.most_bytes, self._least_free_bytes = most_bytes, least_free_bytes

    def offset(self, node: str, sha256: str) -> int:
        """From where an unfinished piece goes on: its last byte is asked for again, for only a kept piece is whole.

        All bytes may be here of a piece that the store did not take; a node that was told so would forget it.
        """
        try:
            return max(0, self._path(node, sha256).stat().st_size - 1)
        except FileNotFoundError:
            return 0

    @contextmanager
    def receive(self, node: str, sha256: str, start: int, length: int, total: int) -> Iterator["Upload"]:
        """Open an unfinished piece to append `length` bytes at `start`; one upload of a piece at a time.

        Raises TooLarge, NoSpace, Unacceptable for a start that does not continue what is here, and Conflict while
        another upload of it goes on. Bytes received stay here when the sender breaks off.
        """
        if total > self.most_bytes:
            raise TooLarge("error.too_large", most_bytes=self.most_bytes)
        if not self._has_room(length):
            self.forget_abandoned(utc_now())
        self._need_room(length)
        with self._open(node, sha256) as file:
            here = os.fstat(file.fileno()).st_size
            if start > here or start + length != total:
                raise Unacceptable("error.bad_range", offset=here)
            file.truncate(start)
            yield Upload(file, self._path(node, sha256), length, self._need_room)

    def finish(self, upload: "Upload", sha256: str, media_type: str) -> int:
        """Verify all bytes and keep them; returns their number. Bytes that do not fit are deleted.

        Raises Unacceptable for another hash and WrongMediaType for bytes that are not what they are said to be.
        """
        upload.sync()
        try:
            _check_media_type(upload.path, media_type)
            with upload.path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if digest != sha256:
                raise Unacceptable("error.hash")
        except (Unacceptable, WrongMediaType):
            upload.path.unlink()
            raise
        size = upload.path.stat().st_size
        self._store.keep(sha256, upload.path, media_type)
        return size

    def forget_abandoned(self, now: datetime) -> int:
        """Delete unfinished pieces that nobody has continued for a week; returns how many."""
        oldest = (now - ABANDONED_AFTER).timestamp()
        old = [path for path in self._folder.iterdir() if _is_older(path, oldest)]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _has_room(self, length: int) -> bool:
        return shutil.disk_usage(self._folder).free >= self._least_free_bytes + length

    def _need_room(self, length: int) -> None:
        """Raises NoSpace where so many bytes would be of the disk's last ones."""
        if not self._has_room(length):
            raise NoSpace("error.no_space")

    @contextmanager
    def _open(self, node: str, sha256: str) -> Iterator[BinaryIO]:
        path = self._path(node, sha256)
        try:
            with path.open("ab") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    raise Conflict("error.busy") from None
                if not _is_at(file, path):  # another upload has finished it meanwhile: these bytes are kept by now
                    raise Conflict("error.busy")
                yield file
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise NoSpace("error.no_space") from None
            raise

    def _path(self, node: str, sha256: str) -> Path:
        return self._folder / f"{node}.{sha256}"


class Upload:
    """An unfinished piece while its bytes come in."""

    def __init__(self, file: BinaryIO, path: Path, length: int, need_room: Callable[[int], None]) -> None:
        self._file, self.path, self.missing, self._need_room = file, path, length, need_room

    def write(self, data: bytes) -> None:
        """Append. Raises Unacceptable for more bytes than were announced, NoSpace once others have taken the room."""
        if len(data) > self.missing:
            raise Unacceptable("error.bad_range", offset=self._file.tell())
        if data:
            self._need_room(len(data))
        self._file.write(data)
        self.missing -= len(data)

    def sync(self) -> None:
        """Onto the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())


def _is_older(path: Path, oldest: float) -> bool:
    try:
        return path.stat().st_mtime < oldest
    except FileNotFoundError:  # it was finished meanwhile
        return False


def _is_at(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _check_media_type(path: Path, media_type: str) -> None:
    offset, magics = MAGIC.get(media_type, (0, ()))
    with path.open("rb") as file:
        head = file.read(16)
    if not any(head[offset:].startswith(magic) for magic in magics):
        raise WrongMediaType("error.media_type", declared=media_type)
