"""Two servers that share a folder of unfinished pieces: what one has kept, the other does not touch."""

import fcntl
import hashlib
from pathlib import Path

import pytest

from server.errors import Conflict
from server.evidence.folder import FolderStore
from server.evidence.uploads import Uploads

DATA = b'{"tracks": []}' * 100
NAME = hashlib.sha256(DATA).hexdigest()


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
