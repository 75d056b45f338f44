"""Logging in and out. The cookie holds 256 random bits, the database only their SHA-256."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as DatabaseSession

from server.db.engine import Database
from server.db.tables import Session, User
from server.people.attempts import forget_attempts, note_attempt, seconds_to_wait, stand_in_line
from server.people.passwords import MOST_LENGTH, Passwords
from server.people.person import Person, person


class RefusalReason(StrEnum):
    """Why a log-in failed. Which of name and password was wrong is not told."""

    WRONG = "wrong"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A new session; the token goes into the cookie and is kept nowhere else."""

    token: str
    person: Person
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """No session; for TOO_MANY with the seconds to wait."""

    reason: RefusalReason
    retry_after_s: int = 0


def log_in(
    database: Database, passwords: Passwords, name: str, password: str, address: str, now: datetime, hours: float
) -> LoggedIn | Refused:
    """Check a password and open a session of so many hours; commits by itself.

    The attempt is written before the password is checked, so that parallel guesses count too, and the slow check
    holds no transaction.
    """
    name = name.strip().lower()[:60]
    with database.writing() as db:
        stand_in_line(db, name, address)
        wait_s = seconds_to_wait(db, name, address, now)
        if wait_s:
            return Refused(RefusalReason.TOO_MANY, wait_s)
        note_attempt(db, name, address, now)
        user = db.scalar(select(User).where(User.name == name, User.disabled_at.is_(None)))
        db.commit()
    if not passwords.fits(password[:MOST_LENGTH], user.password_hash if user else None) or user is None:
        return Refused(RefusalReason.WRONG)
    token, csrf_token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    expires_at = now + timedelta(hours=hours)
    with database.writing() as db:
        forget_attempts(db, name, now)
        db.execute(delete(Session).where(Session.expires_at < now))
        db.add(
            Session(
                token_hash=hash_of(token), user_id=user.id, csrf_token=csrf_token, created_at=now, expires_at=expires_at
            )
        )
        db.commit()
    return LoggedIn(token, person(user, csrf_token), expires_at)


def log_out(db: DatabaseSession, token: str) -> None:
    """End a session; one that is over already is no mistake. The caller commits."""
    db.execute(delete(Session).where(Session.token_hash == hash_of(token)))


def person_of(db: DatabaseSession, token: str, now: datetime) -> Person | None:
    """Who holds this token, unless the session is over or the user disabled."""
    row = db.execute(
        select(User, Session.csrf_token)
        .join(Session, Session.user_id == User.id)
        .where(Session.token_hash == hash_of(token), Session.expires_at > now, User.disabled_at.is_(None))
    ).first()
    return person(*row) if row else None


def hash_of(token: str) -> str:
    """SHA-256 of a random token. It has 256 bits, so a slow hash would gain nothing."""
    return hashlib.sha256(token.encode()).hexdigest()
