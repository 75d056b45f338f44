"""Which evidence has arrived, by the database."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from server.db.tables import Node, StoredEvidence
from server.people.sessions import hash_of


def stored(db: Session, sha256: str) -> StoredEvidence | None:
    """The record of a piece that has arrived."""
    return db.get(StoredEvidence, sha256)


def record(db: Session, sha256: str, size: int, media_type: str, node: str, now: datetime) -> bool:
    """Note that a piece has arrived; False if that was noted before, or at once by another. The caller commits."""
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    noted = insert(StoredEvidence).values(sha256=sha256, size=size, media_type=media_type, node=node, stored_at=now)
    return db.scalar(noted.on_conflict_do_nothing().returning(StoredEvidence.sha256)) is not None


def node_of(db: Session, token: str) -> str | None:
    """The node that holds this evidence token, unless it was revoked.

    Looked up by the token's SHA-256, so that how long it takes tells nothing about the token.
    """
    return db.scalar(select(Node.name).where(Node.evidence_token_hash == hash_of(token), Node.revoked_at.is_(None)))
