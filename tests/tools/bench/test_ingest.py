"""The benchmark of ingest does what it says: every alert is receipted, and the same rows are inserted bare."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from server.db.engine import Database
from server.db.tables import Alert, AlertEvidence, CaseEvent
from tools.bench import ingest
from tools.mosquitto import program


def test_both_sides_store_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        program("mosquitto")
    except FileNotFoundError as error:
        pytest.skip(str(error))
    for name, value in {"COUNT": 30, "ROUNDS": 1, "PACED": 5, "BATCH": 7}.items():
        monkeypatch.setattr(ingest, name, value)
    ours, copy = (f"sqlite:///{tmp_path}/{name}.db" for name in ("ours", "copy"))
    taken = ingest.measure("SQLite", tmp_path / "server", ours, copy)
    assert (len(taken.through), len(taken.bare), len(taken.waits_ms)) == (1, 1, 5)
    assert taken.alone > 0
    for url, alerts in ((ours, 30 + 30 + 5 + 30), (copy, 30)):
        with closing(Database(url)) as database, database.reading() as db:
            for rows in (Alert, AlertEvidence, CaseEvent):
                assert db.scalar(select(func.count()).select_from(rows)) == alerts
