"""Power cuts: edge and server are killed at random moments under load; in the end every alert is there, once."""

import random
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from edge.uplink.credentials import Credentials
from server.db.engine import Database
from server.db.migration import upgrade
from server.db.tables import Alert, AlertEvidence, Case, CaseEvent, DeadLetter, StoredEvidence
from server.settings import Settings
from tests.server.parts import enrolled, settings_in
from tests.system.processes import Running, server

LEAST_S, MOST_S = 0.5, 4.0
"""Between two kills; a server needs about two seconds until it takes messages."""


@pytest.mark.parametrize(
    ("count", "kills"),
    [(120, 3), pytest.param(1000, 16, marks=[pytest.mark.slow, pytest.mark.timeout(400)])],
)
def test_no_alert_is_lost_or_doubled(tmp_path: Path, count: int, kills: int) -> None:
    settings = settings_in(tmp_path / "server")
    database = prepared(settings, tmp_path)
    chance = random.Random(count)
    sender = Running([sys.executable, "-m", "tests.system.sender", str(tmp_path), str(count)], tmp_path / "sender.log")
    with server(settings, tmp_path / "server.log") as served, sender:
        for _ in range(kills):
            time.sleep(chance.uniform(LEAST_S, MOST_S))
            victim = chance.choice([served, sender])
            if victim.alive:
                victim.kill()
                victim.start()
        if not sender.alive:
            sender.start()
        assert sender.ended(within_s=120) == 0, sender.said[-2000:]
    assert_everything_is_there_once(database, count)


def prepared(settings: Settings, folder: Path) -> Database:
    """A database with an enrolled node, whose credentials lie in `folder`."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    upgrade(database)
    box = enrolled(database, settings)
    Credentials.of(settings.address, box.answer, box.key).save(folder)
    return database


def assert_everything_is_there_once(database: Database, count: int) -> None:
    """Alerts at their last revision with their evidence, each in one case, and each noted once in its history."""
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Alert)) == count
        assert db.scalars(select(Alert.revision).distinct()).all() == [2]
        assert db.scalar(select(func.count()).select_from(AlertEvidence)) == count
        assert db.scalar(select(func.count()).select_from(StoredEvidence)) == count
        assert db.scalar(select(func.count()).select_from(DeadLetter)) == 0
        assert set(db.scalars(select(Alert.case_id))) == set(db.scalars(select(Case.id)))
        assert db.scalar(select(func.sum(Case.alert_count))) == count
        came = [
            event for event in db.scalars(select(CaseEvent)) if event.what["id"] in ("event.opened", "event.joined")
        ]
        assert len(came) == count
        assert sum(event.what["id"] == "event.opened" for event in came) == len(set(db.scalars(select(Case.id))))
