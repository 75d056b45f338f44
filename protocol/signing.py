"""Ed25519 signatures (RFC 8032) over the canonical JSON form (RFC 8785) of an alert, its evidence hashes included.

The signature covers every field but `signature` itself, as sent. A receiver verifies the JSON it received, not its own
reading of it, so that fields of a newer sender stay covered.
"""

import base64
import json
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from protocol.messages import Alert, encode


class BadSignature(ValueError):
    """The signature is missing, malformed, or not the registered key's."""


def canonical(document: dict[str, Any]) -> bytes:
    """The RFC 8785 bytes of a message without its signature. Raises ValueError for what JSON cannot carry exactly."""
    return rfc8785.dumps({name: value for name, value in document.items() if name != "signature"})


def sign(alert: Alert, key: Ed25519PrivateKey) -> Alert:
    """The alert with its signature by `key`."""
    signature = key.sign(canonical(json.loads(encode(alert))))
    return alert.model_copy(update={"signature": base64.b64encode(signature).decode()})


def verify(payload: bytes, key: Ed25519PublicKey) -> None:
    """Check the signature of an alert as it came over the wire. Raises BadSignature."""
    document = json.loads(payload)
    text = document.get("signature")
    if not isinstance(text, str):
        raise BadSignature("the alert carries no signature")
    try:
        signature = base64.b64decode(text, validate=True)
        if base64.b64encode(signature).decode() != text:
            raise ValueError("two texts would stand for one signature")
        key.verify(signature, canonical(document))
    except (InvalidSignature, ValueError, rfc8785.CanonicalizationError):
        raise BadSignature("the signature does not fit the alert and the key registered for its node") from None


def new_key() -> Ed25519PrivateKey:
    """A fresh private key; it never leaves the node."""
    return Ed25519PrivateKey.generate()


def public_text(key: Ed25519PrivateKey) -> str:
    """The public half as base64 of its 32 raw bytes, as registered at enrolment."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def public_key(text: str) -> Ed25519PublicKey:
    """Read `public_text`. Raises BadSignature if it is no Ed25519 key."""
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
    except ValueError:
        raise BadSignature("not an Ed25519 public key: expected base64 of 32 bytes") from None
