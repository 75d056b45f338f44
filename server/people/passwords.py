"""Passwords: argon2id hashes, generated words, and a check that takes as long for users who do not exist."""

import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST_LENGTH = 10
MOST_LENGTH = 200
ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without characters that look alike."""


class Passwords:
    """Hashes and checks. At most two at a time: each takes 64 MiB, and a flood of log-ins must not take the rest."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._slots = threading.BoundedSemaphore(2)
        self._nobody = self._hasher.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """An argon2id hash with its own salt."""
        with self._slots:
            return self._hasher.hash(password)

    def fits(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is right; for no hash at all (no such user) it is false after the same time."""
        with self._slots:
            try:
                return self._hasher.verify(password_hash or self._nobody, password) and password_hash is not None
            except (VerificationError, InvalidHashError):
                return False


def generate(length: int = 16) -> str:
    """A random password that can be typed from paper: about 92 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
