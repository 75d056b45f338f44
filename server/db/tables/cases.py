"""Cases: what people do about one or more alerts, and what happened when."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from protocol.kinds import Kind, Severity
from server.db.base import Base, Word


class State(StrEnum):
    """The states of a case; server/cases/transitions.py says where each leads."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    PAUSED = "paused"
    RESOLVED = "resolved"
    CLOSED = "closed"
    DECLINED = "declined"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


class Case(Base):
    """One case. `number` is what people say on the phone: year and a running number, 2026-000123."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_state", "state", "opened_at"),
        Index("ix_cases_opened", "opened_at", "id"),
        Index("ix_cases_routing", "node", "camera", "last_alert_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[State] = mapped_column(Word(State))
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    severity: Mapped[Severity] = mapped_column(Word(Severity))
    node: Mapped[str] = mapped_column(String(63))
    camera: Mapped[str] = mapped_column(String(63))
    zone: Mapped[str | None] = mapped_column(String(120))
    opened_at: Mapped[datetime]
    last_alert_at: Mapped[datetime]
    """Scene time of its newest alert; the routing rule joins by it."""
    updated_at: Mapped[datetime]
    alert_count: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str] = mapped_column(Text, default="")
    """What was done, or why it was declined, in the words of who said so."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts what people do, so that alerts that join or go on make nobody's step too late. Writers lock the row."""


class CaseNumber(Base):
    """The last running number given in a year; its row is the queue in which new cases stand."""

    __tablename__ = "case_numbers"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class CaseEvent(Base):
    """One line of a case's history; never changed, never deleted."""

    __tablename__ = "case_events"
    __table_args__ = (Index("ix_case_events_case", "case_id", "at"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    """A running number: several lines may carry the same time."""
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    at: Mapped[datetime]
    actor: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """None: the system itself."""
    what: Mapped[dict[str, Any]]
    """{id, arguments} of the catalogues."""
    from_state: Mapped[State | None] = mapped_column(Word(State))
    to_state: Mapped[State | None] = mapped_column(Word(State))
    note: Mapped[str] = mapped_column(Text, default="")
