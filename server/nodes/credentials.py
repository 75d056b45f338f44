"""The hash of a node's MQTT password, in Mosquitto's own format, so that one hash serves every broker.

`$7$ITERATIONS$SALT$HASH`: PBKDF2 with SHA-512, base64. The passwords are 256 random bits made at enrolment, so a slow
hash would protect nothing more; Mosquitto's customary 101 iterations keep a storm of reconnects cheap.
"""

import base64
import hashlib
import hmac
import os

ITERATIONS = 101


def hash_password(password: str) -> str:
    """A salted hash."""
    salt = os.urandom(12)
    return f"$7${ITERATIONS}${_text(salt)}${_text(_derive(password, salt, ITERATIONS))}"


def password_fits(password: str, password_hash: str) -> bool:
    """Whether the password has this hash; compares in constant time. False for a hash of another form."""
    try:
        _, form, iterations, salt, expected = password_hash.split("$")
        derived = _derive(password, base64.b64decode(salt), int(iterations))
        return form == "7" and hmac.compare_digest(derived, base64.b64decode(expected))
    except ValueError:
        return False


def _derive(password: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", password.encode(), salt, iterations)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
