"""Several servers at one database, locks and lost connections: stored once, receipted only when committed."""

import queue
import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select, text

from protocol.messages import Alert as SaidAlert
from protocol.messages import Outcome, Receipt
from server.checks import check
from server.clock import utc_now
from server.db.engine import Database
from server.db.tables import Alert, AlertEvidence, Case, CaseEvent
from server.evidence.folder import FolderStore
from server.ingest.ingest import TRY_AGAIN, ingest
from server.settings import Settings
from tests.server.live import NodeClient, running
from tests.server.parts import NOW, Box, enrolled, revisions

SERVERS = 4


def take(database: Database, batch: Sequence[SaidAlert], settings: Settings, box: Box) -> list[Receipt]:
    """As a listener does: the same batch again while the database is busy."""
    while True:
        try:
            taken = ingest(database, [box.says(message) for message in batch], settings, NOW)
            return [message for _, _, message in taken.to_nodes if isinstance(message, Receipt)]
        except TRY_AGAIN:
            time.sleep(random.uniform(0, 0.02))


@pytest.mark.parametrize("batch", [1, 7])
def test_servers_that_hear_the_same_at_once_store_it_once(
    database: Database, settings: Settings, box: Box, batch: int
) -> None:
    said = [message for number in range(12) for message in revisions(box, f"{number}", 3)]
    answers: queue.Queue[list[Receipt]] = queue.Queue()
    together = threading.Barrier(SERVERS)

    def serve(chance: random.Random) -> None:
        mine = chance.sample(said, len(said))
        together.wait()
        for start in range(0, len(mine), batch):
            answers.put(take(database, mine[start : start + batch], settings, box))

    servers = [threading.Thread(target=serve, args=(random.Random(number),)) for number in range(SERVERS)]
    for server in servers:
        server.start()
    for server in servers:
        server.join()
    receipts = [receipt for _ in range(answers.qsize()) for receipt in answers.get()]
    assert len(receipts) == SERVERS * len(said)
    assert {receipt.outcome for receipt in receipts} <= {Outcome.STORED, Outcome.KNOWN}
    ended = [receipt.alert for receipt in receipts if (receipt.revision, receipt.outcome) == (3, Outcome.STORED)]
    assert len(ended) == len(set(ended)) == 12
    assert_once(database, settings, 12, revision=3)


def test_new_cameras_that_come_from_two_servers_at_once_cost_no_alert(
    database: Database, settings: Settings, box: Box
) -> None:
    for number in range(15):
        alerts = [box.alert(f"{number} {server}", camera=f"new-{number}") for server in range(SERVERS)]
        together = threading.Barrier(SERVERS)
        answers: queue.Queue[Receipt] = queue.Queue()

        def serve(alert: SaidAlert, ready: threading.Barrier, answered: queue.Queue[Receipt]) -> None:
            ready.wait()
            answered.put(take(database, [alert], settings, box)[0])

        servers = [threading.Thread(target=serve, args=(alert, together, answers)) for alert in alerts]
        for server in servers:
            server.start()
        for server in servers:
            server.join()
        assert [answers.get().outcome for _ in alerts] == [Outcome.STORED] * SERVERS
    assert_once(database, settings, 15 * SERVERS, revision=1)


def assert_once(database: Database, settings: Settings, count: int, revision: int) -> None:
    """So many alerts at this revision, their evidence, each noted once in the history of its one case."""
    with database.reading() as db:
        assert list(db.scalars(select(Alert.revision))) == [revision] * count
        assert db.scalar(select(func.count()).select_from(AlertEvidence)) == count
        assert db.scalar(select(func.sum(Case.alert_count))) == count
        assert db.scalar(select(func.count()).select_from(CaseEvent)) == count
        assert list(check(db, FolderStore(settings.evidence_folder))) == []


@contextmanager
def nobody_writes(database: Database) -> Iterator[None]:
    with database.writing() as db:
        db.execute(text("SELECT 1" if database.is_sqlite else "LOCK TABLE alerts IN EXCLUSIVE MODE"))
        yield


def test_the_receipt_waits_for_the_commit(settings: Settings) -> None:
    with running(settings) as live:
        box = enrolled(live.context.database, settings, now=utc_now())
        alert = box.alert("one", utc_now())
        with NodeClient(box, settings.mqtt.port).ready() as node:
            with nobody_writes(live.context.database):
                node.says(alert)
                with pytest.raises(queue.Empty):
                    node.receipts(1, within_s=1)
            assert node.receipts(1)[0].outcome is Outcome.STORED
            with live.context.database.reading() as db:
                assert db.get(Alert, alert.id) is not None


def test_connections_that_the_database_ends_cost_nothing(postgres_settings: Settings) -> None:
    settings = postgres_settings
    with running(settings) as live:
        box = enrolled(live.context.database, settings, now=utc_now())
        alerts = [box.alert(f"{number}", utc_now()) for number in range(300)]
        with NodeClient(box, settings.mqtt.port).ready() as node:
            for number, alert in enumerate(alerts):
                node.says(alert)
                if number % 50 == 25:
                    end_connections(live.context.database)
            assert {receipt.alert for receipt in node.receipts(300)} == {alert.id for alert in alerts}
        assert_once(live.context.database, settings, 300, revision=1)


def end_connections(database: Database) -> None:
    with database.engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
