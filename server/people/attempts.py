"""Failed attempts, by name and by address, and how long to wait after too many."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from protocol.ids import uuid7
from server.db.tables import LoginAttempt

WINDOW = timedelta(minutes=15)
MOST_BY_NAME = 5
MOST_BY_ADDRESS = 20


def stand_in_line(db: Session, name: str, address: str) -> None:
    """Let guesses that come at once wait for one another until each is committed, or none would count the others.

    On SQLite they do so already, for there is one writer. First by address, then by name, so that no two wait for each
    other.
    """
    if db.get_bind().dialect.name == "postgresql":
        for key in (f"address {address}", f"name {name}"):
            db.execute(select(func.pg_advisory_xact_lock(func.hashtext(key))))


def seconds_to_wait(db: Session, name: str | None, address: str, now: datetime) -> int:
    """Seconds until another attempt is allowed, 0 if now. Without a name only the address counts."""
    wait_s = _wait_s(db, LoginAttempt.address == address, MOST_BY_ADDRESS, now)
    if name is not None:
        wait_s = max(wait_s, _wait_s(db, LoginAttempt.name == name, MOST_BY_NAME, now))
    return wait_s


def note_attempt(db: Session, name: str, address: str, now: datetime) -> None:
    """Count an attempt; the caller commits."""
    db.add(LoginAttempt(id=uuid7(now), at=now, name=name, address=address))
    db.flush()


def forget_attempts(db: Session, name: str, now: datetime) -> None:
    """After success: this name's attempts, and all that are too old to count. The caller commits."""
    db.execute(delete(LoginAttempt).where((LoginAttempt.name == name) | (LoginAttempt.at < now - WINDOW)))


def _wait_s(db: Session, whose: ColumnElement[bool], most: int, now: datetime) -> int:
    count, oldest = db.execute(
        select(func.count(), func.min(LoginAttempt.at)).where(whose, LoginAttempt.at > now - WINDOW)
    ).one()
    return max(1, int((oldest + WINDOW - now).total_seconds()) + 1) if count >= most else 0
