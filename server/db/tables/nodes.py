"""Nodes, their cameras, and the codes by which new ones join."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from protocol.messages import CameraState, NodeState
from server.db.base import Base, Word


class Node(Base):
    """One box. Exists from its enrolment on; `state` is None until its first birth certificate."""

    __tablename__ = "nodes"

    name: Mapped[str] = mapped_column(String(63), primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    public_key: Mapped[str] = mapped_column(String(64))
    mqtt_password_hash: Mapped[str] = mapped_column(String(200))
    evidence_token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    enrolled_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    state: Mapped[NodeState | None] = mapped_column(Word(NodeState))
    state_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    boot: Mapped[UUID | None]
    software: Mapped[str] = mapped_column(String(40), default="")
    configuration: Mapped[str | None] = mapped_column(String(64))
    model: Mapped[str | None] = mapped_column(String(120))
    health: Mapped[dict[str, Any] | None]
    """The last health message as JSON."""


class Camera(Base):
    """One camera of a node, as its last birth certificate and health message tell."""

    __tablename__ = "cameras"

    node: Mapped[str] = mapped_column(ForeignKey("nodes.name"), primary_key=True)
    name: Mapped[str] = mapped_column(String(63), primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    timezone: Mapped[str] = mapped_column(String(60), default="UTC")
    zones: Mapped[list[Any]]
    """[{name, polygon}] as in protocol.messages.Zone."""
    lines: Mapped[list[Any]]
    kinds: Mapped[list[Any]]
    state: Mapped[CameraState | None] = mapped_column(Word(CameraState))
    state_since: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    health: Mapped[dict[str, Any] | None]
    removed_at: Mapped[datetime | None]
    """Set when a later birth certificate no longer names it."""


class EnrolmentCode(Base):
    """A one-time code, kept as a hash; valid until `expires_at` and unused."""

    __tablename__ = "enrolment_codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    node: Mapped[str | None] = mapped_column(ForeignKey("nodes.name"))
