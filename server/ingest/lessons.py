"""What a node's verdicts have taught it, written to the table of exceptions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from protocol.messages import Learnt, LearntException
from server.db.tables import RuleException


def store_learnt(db: Session, node: str, learnt: Learnt, now: datetime) -> set[UUID]:
    """Write all exceptions of a node; returns the alerts about whose exceptions there is news.

    What it no longer tells of is gone, unless it could not tell of all; what was not made stays not made. Times of
    coming and going are the server's.
    """
    rows = _rows(db, node, learnt)
    news: set[UUID] = set()
    for told, refused in (*((one, False) for one in learnt.exceptions), *((one, True) for one in learnt.refused)):
        row = rows.pop(told.id, None)
        if row is None:
            db.add(RuleException(node=node, heard_at=now, refused=refused, **_columns(told)))
        elif row.gone_at is None and (row.proposed, row.refused) == (told.proposed, refused):
            continue
        else:
            _take_up(row, told, refused, now)
        news.add(told.because)
    for row in rows.values() if not learnt.left_out else ():
        if row.gone_at is None and not row.refused:
            row.gone_at = now
            news.add(row.because)
    db.flush()
    return news


def _rows(db: Session, node: str, learnt: Learnt) -> dict[str, RuleException]:
    """All of a node, by id; of those not made, which gather for years, only what it tells of."""
    ids = [told.id for told in (*learnt.exceptions, *learnt.refused)]
    concerned = or_(RuleException.refused.is_(False), RuleException.id.in_(ids))
    return {row.id: row for row in db.scalars(select(RuleException).where(RuleException.node == node, concerned))}


def _take_up(row: RuleException, told: LearntException, refused: bool, now: datetime) -> None:
    """An exception that counts now, or that is back: somebody has put it into the node's file again.

    What is a proposal again, or is back, nobody has accepted yet: what people said was of its former life.
    """
    if told.proposed or row.gone_at is not None:
        row.accepted_by = row.accepted_at = None
    row.proposed, row.refused = told.proposed, refused
    if row.gone_at is not None:
        row.heard_at, row.gone_at = now, None
        row.taken_back_by = row.taken_back_at = None


def _columns(told: LearntException) -> dict[str, object]:
    return told.model_dump() | {"box": list(told.box) if told.box else None}
