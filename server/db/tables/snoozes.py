"""Snoozes: who silenced which rule of which camera, from when until when, and why."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from protocol.kinds import Kind
from server.db.base import Base, Word


class Snooze(Base):
    """One snooze; never deleted, and changed only by ending it. It holds until `ended_at`, else until `until`."""

    __tablename__ = "snoozes"
    __table_args__ = (
        ForeignKeyConstraint(["node", "camera"], ["cameras.node", "cameras.name"]),
        Index("ix_snoozes_until", "until"),
        Index("ix_snoozes_camera", "node", "camera", "until"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    node: Mapped[str] = mapped_column(String(63))
    camera: Mapped[str] = mapped_column(String(63))
    rule: Mapped[str] = mapped_column(String(120))
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    """Of the alert that somebody had enough of; its history tells of the snooze."""
    began_at: Mapped[datetime]
    until: Mapped[datetime]
    began_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[datetime | None]
    """Set when somebody ended it before its time."""
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
