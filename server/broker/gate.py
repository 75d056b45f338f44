"""Who may log in to the embedded broker, and what each may say and hear there."""

import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy import select

from protocol.topics import may_publish, may_subscribe
from server.db.engine import Database
from server.db.tables import Node
from server.nodes.credentials import password_fits

SERVER = "SERVER"
"""The listener's own account; no node can be called so, for their names are in small letters."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A log-in that was right; a node's with the hash that its password fitted."""

    account: str
    password_hash: str | None


class Gate:
    """Answers from the table of nodes. The server's own password is made anew at each start and kept nowhere."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.server_password = secrets.token_urlsafe(32)

    def admit(self, username: str | None, password: str | None, will_topic: str | None) -> Entry | None:
        """Whose log-in this is, None if it is not right; nor is one whose last will goes where it may not publish.

        Asks the database: call it from a thread.
        """
        if not username or not password:
            return None
        if username == SERVER:
            fits = hmac.compare_digest(password.encode(), self.server_password.encode())
            return Entry(SERVER, None) if fits else None
        password_hash = self._valid_hash(username)
        if password_hash is None or not password_fits(password, password_hash):
            return None
        allowed = will_topic is None or may_publish(username, will_topic)
        return Entry(username, password_hash) if allowed else None

    def _valid_hash(self, name: str) -> str | None:
        """Of one node's password; None if there is no such node, or it was revoked."""
        with self._database.reading() as db:
            return db.scalar(select(Node.mqtt_password_hash).where(Node.name == name, Node.revoked_at.is_(None)))

    def valid_hashes(self) -> dict[str, str]:
        """The password's hash of every node that is not revoked."""
        with self._database.reading() as db:
            rows = db.execute(select(Node.name, Node.mqtt_password_hash).where(Node.revoked_at.is_(None)))
            return {row.name: row.mqtt_password_hash for row in rows}

    @staticmethod
    def may_say(username: str | None, topic: str) -> bool:
        """Whether an account may publish to a topic."""
        if username == SERVER:
            return True
        return username is not None and may_publish(username, topic)

    @staticmethod
    def may_hear(username: str | None, pattern: str) -> bool:
        """Whether an account may subscribe to a pattern, or be sent what was said on a topic."""
        if username == SERVER:
            return True
        return username is not None and may_subscribe(username, pattern)
