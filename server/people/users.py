"""Users: made and disabled by an administrator at the command line."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as DatabaseSession

from protocol.ids import uuid7
from server.db.tables import Session, User
from server.db.tables.people import Role
from server.errors import UsageError
from server.people.passwords import LEAST_LENGTH, MOST_LENGTH, Passwords

MOST_DISPLAYED = 120
"""Characters of the name that others see."""


def create_user(
    db: DatabaseSession,
    passwords: Passwords,
    name: str,
    password: str,
    role: Role,
    now: datetime,
    display_name: str = "",
) -> User:
    """A new user; the caller commits. Raises UsageError for a name or a password that cannot be, or a name taken."""
    name = name.strip().lower()
    if not 1 <= len(name) <= 60 or not name.isprintable() or " " in name:
        raise UsageError("account.bad_name", name=name)
    if len(display_name) > MOST_DISPLAYED or not display_name.isprintable():
        raise UsageError("account.bad_display_name", most=MOST_DISPLAYED)
    if not LEAST_LENGTH <= len(password) <= MOST_LENGTH:
        raise UsageError("account.bad_password", least=LEAST_LENGTH, most=MOST_LENGTH)
    if user_named(db, name) is not None:
        raise UsageError("account.taken", name=name)
    user = User(
        id=uuid7(now),
        name=name,
        display_name=display_name or name,
        password_hash=passwords.hash(password),
        role=role,
        created_at=now,
    )
    db.add(user)
    db.flush()
    return user


def users(db: DatabaseSession) -> list[User]:
    """All users by name."""
    return list(db.scalars(select(User).order_by(User.name)))


def user_named(db: DatabaseSession, name: str) -> User | None:
    """The user of that name."""
    return db.scalar(select(User).where(User.name == name.strip().lower()))


def disable(db: DatabaseSession, name: str, now: datetime) -> None:
    """Take a user's rights and end his sessions; the caller commits. Raises UsageError for an unknown name."""
    user = user_named(db, name)
    if user is None:
        raise UsageError("account.unknown", name=name)
    user.disabled_at = user.disabled_at or now
    db.execute(delete(Session).where(Session.user_id == user.id))


def set_locale(db: DatabaseSession, user_name: str, locale: str) -> None:
    """Remember the language a user has chosen; the caller commits."""
    user = user_named(db, user_name)
    if user is not None:
        user.locale = locale
