"""The server is killed at random moments under load: in the end each alert is stored once, in one case, noted once."""

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from uuid import UUID

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from sqlalchemy import func, select

from protocol.messages import Alert as SaidAlert
from protocol.messages import Outcome, Receipt, encode, parse
from protocol.parting import part
from protocol.topics import Channel, topic
from server.checks import check
from server.clock import utc_now
from server.db.engine import Database
from server.db.migration import upgrade
from server.db.tables import Alert, AlertEvidence, Case, CaseEvent, CaseNumber, DeadLetter
from server.evidence.folder import FolderStore
from server.settings import Settings
from tests.server.live import eventually
from tests.server.parts import Box, enrolled, settings_in
from tests.system.processes import server
from tools.postgres import fresh_database

CAMERAS = 20
REVISIONS = 3
RESEND_S = 0.3


class Outbox:
    """Says what waits again and again, in no order, until each receipt has come."""

    def __init__(self, box: Box, port: int, alerts: Sequence[SaidAlert], most_in_flight: int) -> None:
        self._most_in_flight = most_in_flight
        self.refused: list[Receipt] = []
        self._topic = topic(box.name, Channel.ALERTS)
        self._waiting = {(alert.id, alert.revision): encode(alert) for alert in alerts}
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv311)
        self._client.username_pw_set(box.name, box.answer.mqtt_password)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe(topic(box.name, Channel.RECEIPTS), qos=1)
        self._client.on_message = lambda _c, _d, message: self._take(parse(Receipt, bytes(message.payload)))
        self._client.connect_async("127.0.0.1", port, 20)
        self._thread = threading.Thread(target=self._send, daemon=True)

    def __enter__(self) -> "Outbox":
        self._client.loop_start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        part(self._client)

    @property
    def waiting(self) -> int:
        """How many revisions have no receipt yet."""
        return len(self._waiting)

    def _take(self, receipt: Receipt) -> None:
        if receipt.outcome is Outcome.REFUSED:
            self.refused.append(receipt)
        with self._lock:
            self._waiting.pop((receipt.alert, receipt.revision), None)

    def _send(self) -> None:
        while not self._stop.wait(RESEND_S):
            with self._lock:
                all_waiting = list(self._waiting.values())
            if self._client.is_connected():
                for payload in random.sample(all_waiting, min(self._most_in_flight, len(all_waiting))):
                    self._client.publish(self._topic, payload, qos=0)


@pytest.fixture(
    params=[
        (40, 2, "sqlite"),
        pytest.param((1000, 15, "sqlite"), marks=[pytest.mark.slow, pytest.mark.timeout(500)]),
        pytest.param((1000, 15, "postgresql"), marks=[pytest.mark.slow, pytest.mark.timeout(500)]),
    ],
    ids=lambda param: f"{param[0]} alerts, {param[1]} kills, {param[2]}",
)
def trial(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[int, int, Settings]:
    alerts, kills, kind = request.param
    url = fresh_database(request.getfixturevalue("postgres")) if kind == "postgresql" else None
    return alerts, kills, settings_in(tmp_path, url)


def test_no_alert_is_lost_or_doubled(trial: tuple[int, int, Settings], tmp_path: Path) -> None:
    count, kills, settings = trial
    with closing(Database(settings.database)) as database:
        upgrade(database)
        kill_and_tell(database, settings, count, kills, tmp_path / "log")


def kill_and_tell(database: Database, settings: Settings, count: int, kills: int, log: Path) -> None:
    box = enrolled(database, settings, now=utc_now())
    began_at = utc_now()
    alerts = [
        box.alert(f"{number}", began_at, camera=f"camera-{number % CAMERAS}", revision=revision)
        for number in range(count)
        for revision in range(1, REVISIONS + 1)
    ]
    chance = random.Random(count)
    at_once = len(alerts) // (2 * kills)
    with server(settings, log) as served, Outbox(box, settings.mqtt.port, alerts, at_once) as outbox:
        for _ in range(kills):
            before = outbox.waiting
            eventually(lambda: outbox.waiting < before, within_s=60)  # noqa: B023 - called before it changes
            time.sleep(chance.uniform(0, 0.05))
            served.kill()
            served.start()
        assert outbox.waiting, "the kills came too late to tell anything"
        eventually(lambda: outbox.waiting == 0, within_s=240)
        assert served.stop() == 0
    assert outbox.refused == []
    assert "Traceback" not in served.said
    assert_once(database, settings, {alert.id for alert in alerts})


def assert_once(database: Database, settings: Settings, ids: set[UUID]) -> None:
    with database.reading() as db:
        assert set(db.scalars(select(Alert.id))) == ids
        assert set(db.scalars(select(Alert.revision))) == {REVISIONS}
        assert db.scalar(select(func.count()).select_from(AlertEvidence)) == len(ids)
        assert db.scalar(select(func.count()).select_from(DeadLetter)) == 0
        joined = Counter(db.scalars(select(Alert.case_id)))
        cases = list(db.scalars(select(Case)))
        assert {case.id: case.alert_count for case in cases} == joined
        assert len(cases) == min(CAMERAS, len(ids))  # one camera, one kind, one minute: one case
        numbers = sorted(case.number for case in cases)
        last = db.scalars(select(CaseNumber)).one()
        assert numbers == [f"{last.year}-{number:06d}" for number in range(1, last.last + 1)]
        for case in cases:
            history = [
                event.what["id"]
                for event in db.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id))
            ]
            assert history == ["event.opened"] + ["event.joined"] * (case.alert_count - 1)
        assert list(check(db, FolderStore(settings.evidence_folder / "kept"))) == []
