"""The server away at the start, and away for a while: every alert arrives, once, over embedded broker and Mosquitto."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from protocol.messages import Alert
from server.db.engine import Database
from server.db.tables import Alert as Row
from server.settings import Settings
from tests.server.live import eventually, running
from tests.server.mosquitto import mosquitto
from tests.server.parts import settings_in
from tests.system.sender import Sender
from tests.system.test_killed import assert_everything_is_there_once, prepared


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path / "server")


@pytest.fixture
def database(settings: Settings, tmp_path: Path) -> Iterator[Database]:
    opened = prepared(settings, tmp_path)
    yield opened
    opened.close()


def send(sender: Sender, count: int, first: int = 0) -> list[Alert]:
    return [sender.sends(number, datetime.now(UTC)) for number in range(first, first + count)]


def stored(database: Database) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(Row)) or 0


def test_a_server_that_is_down_at_the_start_gets_everything_when_it_comes(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    with Sender(tmp_path) as sender:
        send(sender, 30)
        assert not sender.messages.online
        with running(settings):
            eventually(lambda: sender.empty, within_s=60)
    assert_everything_is_there_once(database, 30)


def test_what_happens_while_the_server_is_away_arrives_when_it_is_back(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    with Sender(tmp_path) as sender:
        with running(settings):
            send(sender, 10)
            eventually(lambda: sender.empty, within_s=30)
        send(sender, 10, first=10)
        eventually(lambda: not sender.messages.online)
        send(sender, 10, first=20)
        with running(settings):
            eventually(lambda: sender.empty, within_s=60)
    assert_everything_is_there_once(database, 30)


def test_a_disk_that_takes_nothing_for_a_while_ends_neither_messages_nor_uploads(
    settings: Settings, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.uplink.messages.RESEND_S", 0.5)
    with Sender(tmp_path) as sender:
        send(sender, 5)
        sender.outbox._db.execute("PRAGMA query_only = ON")
        with running(settings):
            eventually(lambda: stored(database) == 5, within_s=30)
            time.sleep(2)  # receipts and uploads find a disk that takes nothing
            assert not sender.outbox.empty
            sender.outbox._db.execute("PRAGMA query_only = OFF")
            eventually(lambda: sender.empty, within_s=60)
    assert_everything_is_there_once(database, 5)


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_a_minute_without_server(settings: Settings, database: Database, tmp_path: Path) -> None:
    with Sender(tmp_path) as sender:
        with running(settings):
            send(sender, 20)
        end_s, number = time.monotonic() + 60, 20
        while time.monotonic() < end_s:
            send(sender, 1, first=number)
            number += 1
            time.sleep(0.25)
        with running(settings):
            eventually(lambda: sender.empty, within_s=90)
    assert_everything_is_there_once(database, number)


def test_a_verdict_given_in_the_console_reaches_the_node(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    with running(settings) as live, Sender(tmp_path) as sender:
        (alert,) = send(sender, 1)
        eventually(lambda: sender.empty, within_s=30)
        with live.browser() as browser:
            answer = browser.post(f"/api/v1/alerts/{alert.id}/verdict", json={"verdict": "real"})
            assert answer.is_success, answer.text
        eventually(lambda: sender.verdicts == [alert.id])


def test_a_full_disk_holds_alerts_in_memory_until_there_is_room(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    with running(settings), Sender(tmp_path) as sender:
        pages = sender.outbox._read("PRAGMA page_count")[0][0]
        sender.outbox._db.execute(f"PRAGMA max_page_count = {pages}")
        send(sender, 5)
        assert sender.keeper.holds > 0
        sender.outbox._db.execute("PRAGMA max_page_count = 1000000")

        def retried() -> bool:
            sender.keeper.retry()
            return sender.empty

        eventually(retried, within_s=30)
    assert_everything_is_there_once(database, 5)


@pytest.mark.parametrize(
    "away_s", [2.0, pytest.param(60.0, marks=[pytest.mark.slow, pytest.mark.timeout(240)])], ids="{:.0f} s away".format
)
def test_a_broker_that_dies_and_comes_back_doubles_nothing_and_is_spoken_to_in_mqtt_5(
    tmp_path: Path, away_s: float
) -> None:
    with mosquitto(tmp_path / "mosquitto") as broker:
        settings = settings_in(tmp_path / "server", mqtt=broker.settings)
        database = prepared(settings, tmp_path)
        with running(settings), Sender(tmp_path) as sender:
            send(sender, 20)
            eventually(lambda: sender.empty, within_s=60)
            assert "as shouwang-gatehouse (p5," in broker.said  # as Mosquitto logs a client of MQTT 5
            send(sender, 20, first=20)
            broker.stop()
            send(sender, 20, first=40)
            time.sleep(away_s)
            broker.start()
            eventually(lambda: sender.empty, within_s=90)
        assert_everything_is_there_once(database, 60)
        database.close()
