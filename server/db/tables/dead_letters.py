"""Messages that could not be understood, with the reason, for a person to look at."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base


class DeadLetter(Base):
    """One refused message; `payload` holds its first 64 KiB."""

    __tablename__ = "dead_letters"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    topic: Mapped[str] = mapped_column(String(200))
    node: Mapped[str | None] = mapped_column(String(63))
    reason: Mapped[str] = mapped_column(String(40))
    """One word for counting, see server/ingest/understand.py."""
    detail: Mapped[str] = mapped_column(Text)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
