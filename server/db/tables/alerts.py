"""Alerts with their highest revision, and the evidence they name."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from protocol.kinds import Kind, Phase, Severity
from protocol.messages import EvidenceKind, VerdictWord
from server.db.base import Base, Word


class Alert(Base):
    """One alert at its highest revision. Columns are what lists sort and filter by; `payload` is the signed truth."""

    __tablename__ = "alerts"
    __table_args__ = (
        ForeignKeyConstraint(["node", "camera"], ["cameras.node", "cameras.name"]),
        Index("ix_alerts_began_at", "began_at"),
        Index("ix_alerts_first_received", "first_received_at", "id"),
        Index("ix_alerts_case_id", "case_id"),
        Index("ix_alerts_camera", "node", "camera", "began_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
    node: Mapped[str] = mapped_column(String(63))
    camera: Mapped[str] = mapped_column(String(63))
    rule: Mapped[str] = mapped_column(String(120))
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    severity: Mapped[Severity] = mapped_column(Word(Severity))
    phase: Mapped[Phase] = mapped_column(Word(Phase))
    zone: Mapped[str | None] = mapped_column(String(120))
    began_at: Mapped[datetime]
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    uncertainty_ms: Mapped[int] = mapped_column(default=0)
    reason: Mapped[dict[str, Any]]
    """{id, arguments} as in protocol.messages.Text."""
    objects: Mapped[list[Any]]
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    """The message as it came, so that its signature can be checked at any time."""
    first_received_at: Mapped[datetime]
    received_at: Mapped[datetime]
    clock_suspect: Mapped[bool] = mapped_column(default=False)
    """The node's clock and ours disagreed by more than settings allow when it came."""
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    snooze_id: Mapped[UUID | None] = mapped_column(index=True)
    """The snooze that its rule was under when it came in; without a foreign key, which SQLite adds to no table."""
    verdict: Mapped[VerdictWord | None] = mapped_column(Word(VerdictWord))
    verdict_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    verdict_at: Mapped[datetime | None]
    verdict_note: Mapped[str] = mapped_column(Text, default="")


class AlertEvidence(Base):
    """That an alert names a piece of evidence; the bytes may still be on their way."""

    __tablename__ = "alert_evidence"

    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alerts.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    kind: Mapped[EvidenceKind] = mapped_column(Word(EvidenceKind))
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reencoded: Mapped[bool] = mapped_column(default=False)
    masks: Mapped[list[Any]]


class StoredEvidence(Base):
    """Bytes that have arrived and hash to their name."""

    __tablename__ = "stored_evidence"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(60))
    node: Mapped[str] = mapped_column(ForeignKey("nodes.name"))
    stored_at: Mapped[datetime]
