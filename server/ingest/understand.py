"""From bytes on a topic to a message that may be acted on, or to a named refusal. Pure; the heart of ingest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field, ValidationError

from protocol.messages import (
    MAX_MESSAGE_BYTES,
    Alert,
    Health,
    Learnt,
    Message,
    Outcome,
    Receipt,
    RefusedMessage,
    Status,
    Text,
    parse,
)
from protocol.signing import BadSignature, public_key, verify
from protocol.topics import CHANNELS, Channel, split


class Reason(StrEnum):
    """Why a message was refused; the word for log, metric and dead letter."""

    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    FUTURE_VERSION = "future_version"
    INVALID = "invalid"
    BAD_SIGNATURE = "bad_signature"
    FOREIGN_PREFIX = "foreign_prefix"
    FOREIGN_ID = "foreign_id"
    UNKNOWN_NODE = "unknown_node"
    REVOKED_NODE = "revoked_node"
    UNKNOWN_TOPIC = "unknown_topic"
    NOT_STORABLE = "not_storable"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as the broker handed it over; `retained` if it was said before we came. `arrived_s` is monotonic."""

    topic: str
    payload: bytes
    received_at: datetime
    arrived_s: float = 0.0
    retained: bool = False


@dataclass(frozen=True, slots=True)
class Registration:
    """What is known of a node that matters here."""

    public_key: str
    revoked: bool


@dataclass(frozen=True, slots=True)
class Understood:
    """A message that is right in itself."""

    incoming: Incoming
    node: str
    message: Alert | Status | Health | Learnt


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that is not taken, with a receipt where the alert and its revision could be read."""

    incoming: Incoming
    node: str | None
    reason: Reason
    detail: str
    receipt: Receipt | None = None


def understand(incoming: Incoming, nodes: Mapping[str, Registration]) -> Understood | Refusal:
    """Check topic, size, form, version, sender and signature, in this order."""
    try:
        node, channel = split(incoming.topic)
    except ValueError as error:
        return Refusal(incoming, None, Reason.UNKNOWN_TOPIC, str(error))
    if not CHANNELS[channel].from_node:
        return Refusal(incoming, node, Reason.UNKNOWN_TOPIC, f"nodes do not speak on «{channel}»")
    registration = nodes.get(node)
    if registration is None:
        return Refusal(incoming, None, Reason.UNKNOWN_NODE, f"no node «{node}» is enrolled")
    if registration.revoked:
        return Refusal(incoming, node, Reason.REVOKED_NODE, f"node «{node}» was revoked")
    try:
        message = _parse(channel, incoming.payload)
        if message.node != node:
            detail = f"the message says node «{message.node}», its topic «{node}»"
            return _refusal(incoming, node, Reason.FOREIGN_PREFIX, detail)
        if isinstance(message, Alert):
            verify(incoming.payload, public_key(registration.public_key))
    except RefusedMessage as error:
        return _refusal(incoming, node, Reason(error.reason), str(error))
    except BadSignature as error:
        return _refusal(incoming, node, Reason.BAD_SIGNATURE, str(error))
    return Understood(incoming, node, message)


def refused(understood: Understood, reason: Reason, detail: str) -> Refusal:
    """A message that is right in itself but cannot be stored."""
    return _refusal(understood.incoming, understood.node, reason, detail)


def _parse(channel: Channel, payload: bytes) -> Alert | Status | Health | Learnt:
    message: Message = parse(CHANNELS[channel].message, payload)
    if b"\\u0000" in payload:
        raise RefusedMessage("invalid", "a text holds the character U+0000, which databases cannot keep")
    assert isinstance(message, Alert | Status | Health | Learnt)  # noqa: S101 - `from_node` was checked
    return message


class _Key(BaseModel):
    id: UUID
    revision: int = Field(ge=1)


def _refusal(incoming: Incoming, node: str, reason: Reason, detail: str) -> Refusal:
    return Refusal(incoming, node, reason, detail, _receipt(incoming, reason))


def _receipt(incoming: Incoming, reason: Reason) -> Receipt | None:
    if len(incoming.payload) > MAX_MESSAGE_BYTES or split(incoming.topic)[1] is not Channel.ALERTS:
        return None
    try:
        key = _Key.model_validate_json(incoming.payload)
    except ValidationError:
        return None
    return Receipt(alert=key.id, revision=key.revision, outcome=Outcome.REFUSED, reason=Text(id=f"refused.{reason}"))
