"""The exceptions that verdicts have made on the nodes, those that were not made, and what people asked for them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from protocol.kinds import Kind
from protocol.messages import ExceptionKind
from server.db.base import Base, Word


class Standing(StrEnum):
    """How it is with an exception."""

    PROPOSED = "proposed"
    ACCEPTING = "accepting"
    """Somebody has accepted it; its node has not said so yet."""
    IN_FORCE = "in_force"
    GOING = "going"
    """Somebody has taken it back; its node has not said so yet."""
    GONE = "gone"
    REFUSED = "refused"
    """Not made: it would have hidden something that was called real."""


class RuleException(Base):
    """One exception of one rule, as its node tells of it. Never deleted: who took what back when is to be known."""

    __tablename__ = "rule_exceptions"
    __table_args__ = (
        Index("ix_rule_exceptions_camera", "node", "camera"),
        Index("ix_rule_exceptions_because", "because"),
    )

    node: Mapped[str] = mapped_column(ForeignKey("nodes.name"), primary_key=True)
    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    camera: Mapped[str] = mapped_column(String(63))
    rule: Mapped[str] = mapped_column(String(120))
    rule_kind: Mapped[Kind] = mapped_column(Word(Kind))
    since: Mapped[datetime]
    kind: Mapped[ExceptionKind] = mapped_column(Word(ExceptionKind))
    label: Mapped[str] = mapped_column(String(120))
    box: Mapped[list[Any] | None]
    score: Mapped[float | None]
    because: Mapped[UUID]
    """The alert that was called false; it may be older than all that is kept here."""
    would_have_hidden: Mapped[int]
    of: Mapped[int]
    proposed: Mapped[bool]
    refused: Mapped[bool] = mapped_column(default=False)
    """Tried and not made; it holds nothing back."""
    heard_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    """When its node no longer told of it."""
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    accepted_at: Mapped[datetime | None]
    taken_back_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    taken_back_at: Mapped[datetime | None]

    @property
    def standing(self) -> Standing:
        """What holds of it now."""
        if self.refused:
            return Standing.REFUSED
        if self.gone_at is not None:
            return Standing.GONE
        if self.taken_back_at is not None:
            return Standing.GOING
        if self.proposed:
            return Standing.PROPOSED if self.accepted_at is None else Standing.ACCEPTING
        return Standing.IN_FORCE
