"""Unfinished pieces: what another server has kept is left alone, and the disk's last bytes are nobody's."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest

from server.errors import Conflict, NoSpace
from server.evidence.folder import FolderStore
from server.evidence.uploads import ABANDONED_AFTER, Uploads

DATA = b'{"tracks": []}' * 100
NAME = hashlib.sha256(DATA).hexdigest()
MOST_BYTES, LEAST_FREE_BYTES = 10**6, 10**6


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Says how many bytes the disk of `tmp_path` holds."""

    def holds(size: int) -> None:
        def usage(_folder: Path) -> SimpleNamespace:
            return SimpleNamespace(free=size - sum(p.stat().st_size for p in tmp_path.rglob("*") if p.is_file()))

        monkeypatch.setattr(shutil, "disk_usage", usage)

    return holds


def test_a_piece_that_was_finished_between_opening_and_locking_is_not_cut_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FolderStore(tmp_path / "kept")
    fast, slow = (Uploads(tmp_path / "unfinished", store, 10**6, 0) for _ in range(2))
    taking = fast.receive("gatehouse", NAME, 0, len(DATA), len(DATA))
    upload = taking.__enter__()
    upload.write(DATA)
    real = fcntl.flock

    def finished_meanwhile(file: object, how: int) -> None:
        fast.finish(upload, NAME, "application/json")
        taking.__exit__(None, None, None)
        real(file, how)  # type: ignore[arg-type]

    monkeypatch.setattr(fcntl, "flock", finished_meanwhile)
    with pytest.raises(Conflict), slow.receive("gatehouse", NAME, 0, len(DATA), len(DATA)):
        pass
    assert store.size(NAME) == len(DATA)


def test_pieces_that_come_at_once_leave_the_disk_its_last_bytes_too(
    tmp_path: Path, disk: Callable[[int], None]
) -> None:
    uploads = Uploads(tmp_path / "unfinished", FolderStore(tmp_path / "kept"), MOST_BYTES, LEAST_FREE_BYTES)
    disk(LEAST_FREE_BYTES + MOST_BYTES)
    with ExitStack() as coming:
        first, second = (
            coming.enter_context(uploads.receive(node, NAME, 0, MOST_BYTES, MOST_BYTES)) for node in ("gate", "yard")
        )
        first.write(bytes(MOST_BYTES - 1))
        with pytest.raises(NoSpace):
            second.write(bytes(MOST_BYTES))
        disk(0)
        first.write(b"")  # what has come already is not refused


def test_what_nobody_has_continued_for_a_week_makes_room(tmp_path: Path, disk: Callable[[int], None]) -> None:
    uploads = Uploads(tmp_path / "unfinished", FolderStore(tmp_path / "kept"), MOST_BYTES, LEAST_FREE_BYTES)
    fresh, old = (tmp_path / "unfinished" / f"yard.{sha256}" for sha256 in ("1" * 64, "2" * 64))
    for path in (fresh, old):
        path.write_bytes(bytes(MOST_BYTES))
    disk(LEAST_FREE_BYTES + MOST_BYTES + len(DATA))
    with pytest.raises(NoSpace), uploads.receive("gate", NAME, 0, len(DATA), len(DATA)):
        pass
    week_ago = old.stat().st_mtime - ABANDONED_AFTER.total_seconds() - 60
    os.utime(old, (week_ago, week_ago))
    with uploads.receive("gate", NAME, 0, len(DATA), len(DATA)) as upload:
        upload.write(DATA)
        assert uploads.finish(upload, NAME, "application/json") == len(DATA)
    assert [path.exists() for path in (fresh, old)] == [True, False]
