"""`shouwang-server check` finds what must not be, keeps nobody from writing, and bears what comes meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.cli import app
from server.db.engine import Database
from server.errors import InvariantBroken
from server.evidence.folder import FolderStore
from server.evidence.records import record
from server.settings import Settings
from tests.server.parts import NOW, Box

PIECE = "a" * 64
OTHER = "b" * 64


class Busy(FolderStore):
    """While its names are read, a piece comes and is recorded."""

    def __init__(self, folder: Path, database: Database, node: str) -> None:
        super().__init__(folder)
        self._database, self._node = database, node

    def names(self) -> Iterator[str]:
        with self._database.writing() as db:
            record(db, PIECE, 3, "image/jpeg", self._node, NOW)
            db.commit()
        yield PIECE
        yield OTHER


def test_it_keeps_nobody_from_writing_and_what_comes_meanwhile_is_no_fault(
    settings: Settings, database: Database, box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUWANG_DATA_DIR", str(settings.data_dir))
    if settings.database_url is not None:
        monkeypatch.setenv("SHOUWANG_DATABASE_URL", settings.database_url.get_secret_value())
    monkeypatch.setattr("server.cli.open_store", lambda _: Busy(tmp_path / "evidence", database, box.name))
    looked = CliRunner().invoke(app, ["check"])
    assert isinstance(looked.exception, InvariantBroken)
    assert OTHER in looked.output
    assert PIECE not in looked.output
