"""Alerts published, committed and receipted, against bare batched inserts of the same rows (aim: at least a third)."""

import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import paho.mqtt.client as mqtt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from sqlalchemy import Connection, Select, insert, select
from sqlalchemy import Table as Rows

from protocol.ids import uuid7
from protocol.kinds import Kind, Phase, Severity
from protocol.messages import (
    Alert,
    Evidence,
    EvidenceKind,
    Fingerprints,
    Outcome,
    Receipt,
    SeenObject,
    Text,
    encode,
    parse,
)
from protocol.parting import part
from protocol.signing import new_key, public_text, sign
from protocol.topics import Channel, topic
from server.clock import utc_now
from server.db import tables
from server.db.engine import Database
from server.db.migration import upgrade
from server.ingest.ingest import ingest
from server.ingest.understand import Incoming
from server.nodes.credentials import hash_password
from server.settings import Settings
from tools.bench.report import number
from tools.bench.result import Absent, Figure, Result, Table, at_least
from tools.mosquitto import SERVER_PASSWORD, mosquitto
from tools.postgres import fresh_database, postgres
from tools.running import free_port, process, wait_until_ready

NODE, PASSWORD = "bench", "bench"
CAMERAS = 20
COUNT, ROUNDS = 2000, 3
PACED, PER_S = 500, 100
BATCH = 200
"""As many rows of alerts are committed at once on both sides."""
PATIENCE_S = 120


@dataclass(frozen=True, slots=True)
class Taken:
    """One database: alerts a second through the whole way and bare, round by round, and ms to the receipt."""

    kind: str
    through: tuple[float, ...]
    bare: tuple[float, ...]
    waits_ms: tuple[float, ...]
    alone: float
    """Alerts a second of the same work without broker and clients, in those of bare inserts."""

    @property
    def ratio(self) -> float:
        """Median over the rounds."""
        return statistics.median(ours / theirs for ours, theirs in zip(self.through, self.bare, strict=True))


def bench() -> Result:
    """Both databases, one after the other."""
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with postgres(folder / "postgres") as server:
                first = measure("PostgreSQL", folder / "p", fresh_database(server), fresh_database(server))
            second = measure("SQLite", folder / "s", f"sqlite:///{folder}/a.db", f"sqlite:///{folder}/b.db")
    except (FileNotFoundError, ImportError) as error:
        raise Absent(str(error)) from None
    return Result(
        "Alerts published, committed and receipted, against bare batched inserts of the same rows",
        f"{COUNT} signed alerts of {CAMERAS} cameras, MQTT 5 with QoS 1 through Mosquitto into `shouwang-server run`, "
        "which checks each signature, finds its case, commits and says the receipt; from the first publish to the last "
        f"receipt. Bare: the rows that came of it (alerts, evidence, histories) by SQLAlchemy's executemany into an "
        f"empty copy of the same tables, {BATCH} alerts a commit. {ROUNDS} rounds in turn after one that is not "
        f"counted; publisher, broker, server and database share the machine. Waits: {PER_S} alerts a second.",
        tuple(
            Figure(f"alerts a second over bare inserts, {taken.kind}", taken.ratio, "×", at_least(0.333))
            for taken in (first, second)
        )
        + tuple(
            Figure(f"alerts a second without broker and clients over bare inserts, {taken.kind}", taken.alone, "×")
            for taken in (first, second)
        )
        + tuple(
            Figure(f"publish to receipt, {name}, {taken.kind}", percentile(taken.waits_ms, share), "ms")
            for taken in (first, second)
            for name, share in (("median", 50), ("95 %", 95))
        ),
        (
            Table(
                "Alerts a second, each round",
                ("", "through the server", "bare inserts"),
                tuple(
                    (taken.kind, ", ".join(map(number, taken.through)), ", ".join(map(number, taken.bare)))
                    for taken in (first, second)
                ),
            ),
        ),
        (
            "Where the server's time goes, by its profile: half of it is to check signatures, which is canonical JSON "
            "(RFC 8785) in Python and then Ed25519. Its MQTT client and the bench's share two cores with it.",
        ),
    )


def measure(kind: str, folder: Path, url: str, copy_url: str) -> Taken:
    """A server on one database, and a bare copy of it."""
    key = new_key()
    with closing(Database(sqlalchemy(url))) as database, closing(Database(sqlalchemy(copy_url))) as copy:
        for place in (database, copy):
            upgrade(place)
        join(database, key)
        through, bare = [], []
        with server(folder, url) as port, closing(Node(port)) as node:
            for _ in range(ROUNDS + 1):
                alerts = make(key, COUNT)
                through.append(COUNT / node.says(alerts))
                bare.append(COUNT / insert_bare(database, copy, [alert.id for alert in alerts]))
            node.says(make(key, PACED), PER_S)
        alone = statistics.median(taken_alone(database, key) for _ in range(ROUNDS)) / statistics.median(bare[1:])
        waits_ms = tuple(1000 * wait for wait in node.waits_s)
        return Taken(kind, tuple(through[1:]), tuple(bare[1:]), waits_ms, alone)


def taken_alone(database: Database, key: Ed25519PrivateKey) -> float:
    """Alerts a second that go in where no broker brings them: understood, routed, committed, their receipts made."""
    settings = Settings()
    came = [Incoming(topic(NODE, Channel.ALERTS), encode(alert), utc_now(), 0.0, False) for alert in make(key, COUNT)]
    start_s = time.perf_counter()
    for first in range(0, COUNT, BATCH):
        taken = ingest(database, came[first : first + BATCH], settings, utc_now())
        for _, _, message in taken.to_nodes:
            encode(message)
    return COUNT / (time.perf_counter() - start_s)


def sqlalchemy(url: str) -> str:
    """The address with the driver that the server uses."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


@contextmanager
def server(folder: Path, url: str) -> Iterator[int]:
    """`shouwang-server run` beside Mosquitto; yields the broker's port once the node's account is known there."""
    with mosquitto(folder / "mosquitto", free_port(21883)) as broker:
        http = free_port(28080)
        environment = {
            **os.environ,
            "SHOUWANG_DATA_DIR": str(folder),
            "SHOUWANG_DATABASE_URL": url,
            "SHOUWANG_HTTP__PORT": str(http),
            "SHOUWANG_MQTT__BROKER": "external",
            "SHOUWANG_MQTT__PORT": str(broker.port),
            "SHOUWANG_MQTT__USERNAME": "SERVER",
            "SHOUWANG_MQTT__PASSWORD": SERVER_PASSWORD,
            "SHOUWANG_MQTT__PASSWORD_FILE": str(broker.passwords),
        }
        with process("shouwang-server", "run", environment=environment, log=folder / "server.log") as running:
            wait_until_ready(f"http://127.0.0.1:{http}", running, folder / "server.log")
            while f"{NODE}:" not in broker.passwords.read_text():
                time.sleep(0.05)
            time.sleep(0.5)  # Mosquitto reads its accounts
            yield broker.port


class Node:
    """Publishes alerts and counts receipts."""

    def __init__(self, port: int) -> None:
        self.waits_s: list[float] = []
        """From each publish of the last lot to its receipt."""
        self._said_s: dict[UUID, float] = {}
        self._ready, self._done = threading.Event(), threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        self._client.username_pw_set(NODE, PASSWORD)
        self._client.on_connect = lambda client, *_: client.subscribe(topic(NODE, Channel.RECEIPTS), qos=1)
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = lambda _c, _d, message: self._take(bytes(message.payload))
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        if not self._ready.wait(PATIENCE_S):
            raise TimeoutError("the broker does not let the node in")

    def close(self) -> None:
        """End the connection."""
        part(self._client)

    def says(self, alerts: Sequence[Alert], per_s: float | None = None) -> float:
        """Publish all, as fast as it goes or so many a second; returns the seconds until the last receipt."""
        payloads = [(alert.id, encode(alert)) for alert in alerts]
        self.waits_s, self._left = [], len(alerts)
        self._done.clear()
        start_s = time.perf_counter()
        for index, (name, payload) in enumerate(payloads):
            if per_s is not None:
                time.sleep(max(0.0, start_s + index / per_s - time.perf_counter()))
            self._said_s[name] = time.perf_counter()
            self._client.publish(topic(NODE, Channel.ALERTS), payload, qos=1)
        if not self._done.wait(PATIENCE_S):
            raise TimeoutError(f"{self._left} receipts did not come within {PATIENCE_S} s")
        return time.perf_counter() - start_s

    def _take(self, payload: bytes) -> None:
        receipt = parse(Receipt, payload)
        if receipt.outcome is not Outcome.STORED:
            raise RuntimeError(f"an alert was {receipt.outcome}")
        self.waits_s.append(time.perf_counter() - self._said_s.pop(receipt.alert))
        self._left -= 1
        if self._left == 0:
            self._done.set()


def join(database: Database, key: Ed25519PrivateKey) -> None:
    """Register the node that publishes."""
    with database.writing() as db:
        db.add(
            tables.Node(
                name=NODE,
                title="Bench",
                public_key=public_text(key),
                mqtt_password_hash=hash_password(PASSWORD),
                evidence_token_hash="",
                enrolled_at=datetime.now(UTC),
            )
        )
        db.commit()


def make(key: Ed25519PrivateKey, count: int) -> list[Alert]:
    """Signed alerts of now, as a camera at a gate makes them."""
    now = datetime.now(UTC)
    return [
        sign(_alert(now + timedelta(milliseconds=index), f"camera-{index % CAMERAS}"), key) for index in range(count)
    ]


def _alert(at: datetime, camera: str) -> Alert:
    name = uuid7(at)
    return Alert(
        id=name,
        revision=1,
        node=NODE,
        camera=camera,
        rule="bays",
        kind=Kind.INTRUSION,
        severity=Severity.HIGH,
        phase=Phase.BEGIN,
        zone="bays",
        began_at=at,
        at=at,
        reason=Text(
            id="reason.intrusion.begin",
            arguments={"label": "label.person", "zone": "bays", "dwell_s": 0.5, "limit_s": 0.5},
        ),
        objects=(SeenObject(track=1, label="person", score=0.9, box=(0.1, 0.2, 0.3, 0.4)),),
        evidence=(
            Evidence(
                sha256=(name.hex * 2)[:64],
                kind=EvidenceKind.SNAPSHOT,
                media_type="image/jpeg",
                size=10,
                from_=at,
                to=at,
            ),
        ),
        fingerprints=Fingerprints(model="m@1", configuration="1" * 64, rule="2" * 64, software="0.1.0"),
    )


def insert_bare(database: Database, copy: Database, ids: Sequence[UUID]) -> float:
    """Insert what came of these alerts into the copy, batch by batch; returns the seconds of that alone."""
    made, evidence, history = (table(kind) for kind in (tables.Alert, tables.AlertEvidence, tables.CaseEvent))
    with database.engine.connect() as source:
        alerts = _rows(source, select(made).where(made.c.id.in_(ids)).order_by(made.c.id))
        pieces = _rows(source, select(evidence).where(evidence.c.alert_id.in_(ids)).order_by(evidence.c.alert_id))
        lines = _rows(source, select(history).order_by(history.c.id.desc()).limit(len(ids)))
        parents = [
            (parent, _rows(source, select(parent)))
            for parent in (table(kind) for kind in (tables.Node, tables.Camera, tables.Case))
        ]
    with copy.engine.execution_options(writing=True).begin() as target:
        for child in (history, evidence, made, *(parent for parent, _ in reversed(parents))):
            target.execute(child.delete())
        for parent, rows in parents:
            target.execute(insert(parent), rows)
    start_s = time.perf_counter()
    for first in range(0, len(alerts), BATCH):
        with copy.engine.execution_options(writing=True).begin() as target:
            for child, rows in ((made, alerts), (evidence, pieces), (history, lines)):
                target.execute(insert(child), rows[first : first + BATCH])
    return time.perf_counter() - start_s


def _rows(source: Connection, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in source.execute(query).mappings()]


def table(kind: type[Any]) -> Rows:
    """A mapped class's table."""
    found = kind.__table__
    assert isinstance(found, Rows)
    return found


def percentile(values: Sequence[float], share: int) -> float:
    """The value below which so many per cent lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


if __name__ == "__main__":
    print(bench())
