"""What the server's tests build with: databases, people, and a node that signs as a real one does."""

import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr
from sqlalchemy.orm import Session

from protocol.enrolment import EnrolmentAnswer, EnrolmentRequest
from protocol.messages import Alert, encode
from protocol.signing import new_key, public_text, sign
from protocol.topics import Channel, topic
from server.db.engine import Database
from server.db.tables.people import Role
from server.ingest.understand import Incoming
from server.nodes.enrolment import enrol, new_code
from server.people.passwords import Passwords
from server.people.person import Person, person
from server.people.users import create_user
from server.settings import EvidenceStoreSettings, Http, Mqtt, Settings
from tests.protocol.example import AT, alert

NOW = datetime(2026, 3, 1, 4, 0, 10, tzinfo=UTC)
PASSWORD = "correct horse battery"


def settings_in(folder: Path, database_url: str | None = None, **changes: Any) -> Settings:
    """Settings that keep everything in a folder and listen on free ports."""
    fields: dict[str, Any] = {
        "data_dir": folder,
        "database_url": SecretStr(database_url) if database_url else None,
        "http": Http(port=free_port()),
        "mqtt": Mqtt(port=free_port()),
        "evidence": EvidenceStoreSettings(max_bytes=1024 * 1024, least_free_bytes=0),
        **changes,
    }
    return Settings(**fields)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def somebody(db: Session, role: Role = Role.OPERATOR, name: str = "operator", now: datetime = NOW) -> Person:
    """A new user with PASSWORD."""
    return person(create_user(db, Passwords(), name, PASSWORD, role, now, "Duty desk"), "csrf")


@dataclass(frozen=True, slots=True)
class Box:
    """An enrolled node with its key and accounts."""

    answer: EnrolmentAnswer
    key: Ed25519PrivateKey

    @property
    def name(self) -> str:
        """The node's name."""
        return self.answer.node

    def alert(self, seed: str = "one", at: datetime = AT, **changes: object) -> Alert:
        """A signed alert of this node; `at` is also its beginning unless `began_at` says otherwise."""
        return sign(alert(seed, at, node=self.name, **changes), self.key)

    def says(self, message: Alert | bytes, received_at: datetime = NOW) -> Incoming:
        """The alert as the server hears it."""
        payload = message if isinstance(message, bytes) else encode(message)
        return Incoming(topic(self.name, Channel.ALERTS), payload, received_at)


def enrolled(database: Database, settings: Settings, name: str = "gatehouse", now: datetime = NOW) -> Box:
    """A node that has joined with a code of an administrator."""
    key = new_key()
    with database.writing() as db:
        admin = somebody(db, Role.ADMINISTRATOR, f"admin-{name}", now)
        code = new_code(db, admin, now)
        request = EnrolmentRequest(code=code, node=name, title=f"Box {name}", public_key=public_text(key))
        answer = enrol(db, request, settings, now)
        db.commit()
    return Box(answer, key)


def revisions(box: Box, seed: str, count: int) -> list[Alert]:
    """One alert's life: revision 1 to `count`, half a second apart."""
    first = alert(seed)
    return [
        box.alert(seed, first.at + timedelta(milliseconds=500 * number), id=first.id, revision=number, began_at=AT)
        for number in range(1, count + 1)
    ]
