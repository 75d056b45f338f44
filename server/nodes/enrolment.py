"""How a node joins and leaves: a one-time code is exchanged for accounts, and its key is registered."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from protocol.enrolment import EnrolmentAnswer, EnrolmentRequest
from protocol.signing import BadSignature, public_key
from server.db.tables import EnrolmentCode, Node
from server.errors import NotAllowed, Unacceptable
from server.nodes.credentials import hash_password
from server.people.person import Person
from server.people.sessions import hash_of
from server.settings import EVERY_ADDRESS, Mqtt, Settings

CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_VALID = timedelta(hours=1)


def new_code(db: Session, actor: Person, now: datetime) -> str:
    """A code for one enrolment within the hour. It is shown once: only its hash is kept. The caller commits."""
    letters = [secrets.choice(CODE_ALPHABET) for _ in range(8)]
    code = f"{''.join(letters[:4])}-{''.join(letters[4:])}"
    db.add(EnrolmentCode(code_hash=_hash(code), created_by=actor.id, created_at=now, expires_at=now + CODE_VALID))
    db.flush()
    return code


def enrol(
    db: Session, request: EnrolmentRequest, settings: Settings, now: datetime, reached_at: str | None = None
) -> EnrolmentAnswer:
    """Register a node, or replace the key and accounts of one that is enrolled again. The caller commits.

    `reached_at`: the host by which the node has reached the server. Raises NotAllowed for a code that is unknown, used
    or too old (which of them is not told) and Unacceptable for a key that is none.
    """
    try:
        public_key(request.public_key)
    except BadSignature:
        raise Unacceptable("error.bad_public_key") from None
    _use_code(db, request, now)
    password, token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    node = db.get(Node, request.node)
    if node is None:
        node = Node(name=request.node)
        db.add(node)
    node.title, node.public_key = request.title, request.public_key
    node.mqtt_password_hash, node.evidence_token_hash = hash_password(password), hash_of(token)
    node.enrolled_at, node.revoked_at = now, None
    node.state = node.state_at = None  # it may be another box; whether it watches is known when it says so
    db.flush()
    db.execute(update(EnrolmentCode).where(EnrolmentCode.code_hash == _hash(request.code)).values(node=node.name))
    return EnrolmentAnswer(
        node=node.name,
        mqtt_host=settings.mqtt.public_host or _broker_at(settings.mqtt, reached_at),
        mqtt_port=settings.mqtt.public_port or settings.mqtt.port,
        mqtt_tls=settings.mqtt.tls,
        mqtt_username=node.name,
        mqtt_password=password,
        evidence_token=token,
    )


def revoke(db: Session, node: Node, now: datetime) -> None:
    """Take a node's rights: the broker cuts it off, its alerts and evidence are refused. The caller commits."""
    node.revoked_at = node.revoked_at or now


def _broker_at(mqtt: Mqtt, reached_at: str | None) -> str:
    """Who listens at every address is found where the server itself was."""
    return reached_at if reached_at and mqtt.host in EVERY_ADDRESS else mqtt.host


def _use_code(db: Session, request: EnrolmentRequest, now: datetime) -> None:
    """One statement, so that of two requests with the same code only one finds it unused."""
    used = db.execute(
        update(EnrolmentCode)
        .where(
            EnrolmentCode.code_hash == _hash(request.code),
            EnrolmentCode.used_at.is_(None),
            EnrolmentCode.expires_at > now,
        )
        .values(used_at=now)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise NotAllowed("error.code_unusable")


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
