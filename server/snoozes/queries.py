"""What is asked about snoozes. A function costs a fixed number of statements, however long its answer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from protocol.kinds import Kind
from server.db.tables import Alert, Camera, Snooze, User
from server.errors import NotFound

RuleKey = tuple[str, str, str, Kind]
"""Node, camera, name and kind of a rule: all that an alert tells of it."""


@dataclass(frozen=True, slots=True)
class SnoozeRow:
    """A snooze with what people are told of it."""

    snooze: Snooze
    camera_title: str
    timezone: str
    """IANA name of the camera's zone."""
    began_by: str
    """Display name."""
    ended_by: str | None
    alerts: int
    """That came in meanwhile."""
    holds: bool


def holding(snooze: Snooze, now: datetime) -> bool:
    """Whether it still silences its rule."""
    return snooze.ended_at is None and now < snooze.until


def holds(now: datetime) -> ColumnElement[bool]:
    """The same, for a query."""
    return and_(Snooze.ended_at.is_(None), Snooze.until > now)


def muted(now: datetime) -> ColumnElement[bool]:
    """Whether an alert stays off the board, for a query that joins each alert with its snooze, if it has one.

    It came in while its rule was snoozed, and that still is so, or it was over before the snooze was.
    """
    over_before = and_(Alert.ended_at.is_not(None), Alert.ended_at <= func.coalesce(Snooze.ended_at, Snooze.until))
    return func.coalesce(or_(holds(now), over_before), False)


def snooze(db: Session, snooze_id: UUID) -> Snooze:
    """One snooze. Raises NotFound."""
    found = db.get(Snooze, snooze_id)
    if found is None:
        raise NotFound("error.no_snooze", id=str(snooze_id))
    return found


def snooze_of(db: Session, alert: Alert, now: datetime) -> Snooze | None:
    """The one that silences an alert's rule now, if any."""
    return db.scalars(
        select(Snooze).where(
            Snooze.node == alert.node,
            Snooze.camera == alert.camera,
            Snooze.rule == alert.rule,
            Snooze.kind == alert.kind,
            holds(now),
        )
    ).first()


def snoozed_rules(db: Session, cameras: Collection[tuple[str, str]], now: datetime) -> dict[RuleKey, UUID]:
    """The rules of some cameras (node, name) that are snoozed now, and by which snooze."""
    rows = db.execute(
        select(Snooze.node, Snooze.camera, Snooze.rule, Snooze.kind, Snooze.id).where(
            tuple_(Snooze.node, Snooze.camera).in_(sorted(cameras)), holds(now)
        )
    )
    return {(node, camera, rule, kind): snooze_id for node, camera, rule, kind, snooze_id in rows}


def snoozes(db: Session, now: datetime, *, limit: int, holding_only: bool = False) -> list[SnoozeRow]:
    """Those that hold first, then the newest."""
    query = _rows().order_by(holds(now).desc(), Snooze.began_at.desc(), Snooze.id).limit(limit)
    return _read(db, query.where(holds(now)) if holding_only else query, now)


def snooze_row(db: Session, one: Snooze, now: datetime) -> SnoozeRow:
    """One snooze with what people are told of it."""
    return _read(db, _rows().where(Snooze.id == one.id), now)[0]


Rows = Select[Snooze, str, str, str, str, int]


def _rows() -> Rows:
    beginner, ender = aliased(User), aliased(User)
    alerts = (
        select(func.count()).select_from(Alert).where(Alert.snooze_id == Snooze.id).correlate(Snooze).scalar_subquery()
    )
    return (
        select(Snooze, Camera.title, Camera.timezone, beginner.display_name, ender.display_name, alerts)
        .join(Camera, and_(Camera.node == Snooze.node, Camera.name == Snooze.camera))
        .join(beginner, beginner.id == Snooze.began_by)
        .outerjoin(ender, ender.id == Snooze.ended_by)
    )


def _read(db: Session, query: Rows, now: datetime) -> list[SnoozeRow]:
    return [SnoozeRow(*row, holds=holding(row[0], now)) for row in db.execute(query)]
