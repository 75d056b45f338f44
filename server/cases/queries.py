"""What is asked about alerts and cases. A function costs a fixed number of statements, however long its answer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from protocol.kinds import Kind
from protocol.messages import EvidenceKind, VerdictWord
from server.db.tables import Alert, AlertEvidence, Case, CaseEvent, StoredEvidence, User
from server.db.tables.cases import State
from server.errors import NotFound

PAGE_LENGTH = 50
"""Of what may grow without end: the alerts of a case, and its history."""
MOST_PARAMETERS = 1000


@dataclass(frozen=True, slots=True)
class EvidenceState:
    """A piece of evidence that an alert names, and whether its bytes are here. Sizes in bytes."""

    sha256: str
    kind: EvidenceKind
    media_type: str
    size: int
    starts_at: datetime
    ends_at: datetime
    reencoded: bool
    masks: tuple[str, ...]
    arrived: bool


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of a case's history; `actor` is a display name, None for the system."""

    id: int
    at: datetime
    actor: str | None
    what: dict[str, Any]
    from_state: State | None
    to_state: State | None
    note: str


def recent_alerts(
    db: Session,
    *,
    limit: int = PAGE_LENGTH,
    before: UUID | None = None,
    case: UUID | None = None,
    node: str | None = None,
    camera: str | None = None,
    kind: Kind | None = None,
    verdict: VerdictWord | None = None,
    unjudged: bool = False,
) -> list[Alert]:
    """Newest first by when they first came in, for a node's clock may be wrong; `before` is the last id of a page."""
    query = select(Alert).order_by(Alert.first_received_at.desc(), Alert.id.desc()).limit(limit)
    if before is not None:
        last = alert(db, before)
        query = query.where(tuple_(Alert.first_received_at, Alert.id) < tuple_(last.first_received_at, last.id))
    wanted = (
        (Alert.case_id, case),
        (Alert.node, node),
        (Alert.camera, camera),
        (Alert.kind, kind),
        (Alert.verdict, verdict),
    )
    for column, value in wanted:
        if value is not None:
            query = query.where(column == value)
    if unjudged:
        query = query.where(Alert.verdict.is_(None))
    return list(db.scalars(query))


def alert(db: Session, alert_id: UUID) -> Alert:
    """One alert. Raises NotFound."""
    found = db.get(Alert, alert_id)
    if found is None:
        raise NotFound("error.no_alert", id=str(alert_id))
    return found


def evidence_of(db: Session, alert_ids: Collection[UUID]) -> dict[UUID, list[EvidenceState]]:
    """What each alert's newest revision names: snapshots, then clips, then tracks; an empty list for none.

    One statement, or one for each thousand alerts: a database takes only so many parameters.
    """
    found: dict[UUID, list[EvidenceState]] = {alert_id: [] for alert_id in alert_ids}
    query = (
        select(AlertEvidence, StoredEvidence.sha256)
        .outerjoin(StoredEvidence, StoredEvidence.sha256 == AlertEvidence.sha256)
        .order_by(AlertEvidence.starts_at, AlertEvidence.sha256)
    )
    ids = list(found)
    for start in range(0, len(ids), MOST_PARAMETERS):
        some = AlertEvidence.alert_id.in_(ids[start : start + MOST_PARAMETERS])
        for row, stored in db.execute(query.where(some)):
            found[row.alert_id].append(_state(row, stored is not None))
    order = (EvidenceKind.SNAPSHOT, EvidenceKind.CLIP, EvidenceKind.TRACKS)
    for pieces in found.values():
        pieces.sort(key=lambda piece: order.index(piece.kind))
    return found


def cases(
    db: Session, *, states: Collection[State] | None = None, limit: int = PAGE_LENGTH, before: UUID | None = None
) -> list[Case]:
    """Newest first by when they were opened; `before` is the last id of a page."""
    query = select(Case).order_by(Case.opened_at.desc(), Case.id.desc()).limit(limit)
    if before is not None:
        last = case(db, before)
        query = query.where(tuple_(Case.opened_at, Case.id) < tuple_(last.opened_at, last.id))
    if states is not None:
        query = query.where(Case.state.in_(states))
    return list(db.scalars(query))


def counts_by_state(db: Session) -> dict[State, int]:
    """How many cases are in each state, zeros included."""
    rows = db.execute(select(Case.state, func.count()).group_by(Case.state))
    counted = {row[0]: row[1] for row in rows}
    return {state: counted.get(state, 0) for state in State}


def case(db: Session, case_id: UUID) -> Case:
    """One case. Raises NotFound."""
    found = db.get(Case, case_id)
    if found is None:
        raise NotFound("error.no_case", id=str(case_id))
    return found


def older_alerts(db: Session, last: Alert) -> int:
    """How many alerts of its case came in before one."""
    older = tuple_(Alert.first_received_at, Alert.id) < tuple_(last.first_received_at, last.id)
    return db.scalar(select(func.count()).select_from(Alert).where(Alert.case_id == last.case_id, older)) or 0


def history_of(
    db: Session, case_id: UUID, *, limit: int = PAGE_LENGTH, before: int | None = None
) -> Sequence[HistoryLine]:
    """What happened to a case: its newest lines, oldest first; `before` is the first id of the lines after them."""
    query = (
        select(CaseEvent, User.display_name)
        .outerjoin(User, User.id == CaseEvent.actor)
        .where(CaseEvent.case_id == case_id)
        .order_by(CaseEvent.at.desc(), CaseEvent.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(_before_line(case_id, before))
    rows = db.execute(query).all()
    return [HistoryLine(e.id, e.at, actor, e.what, e.from_state, e.to_state, e.note) for e, actor in reversed(rows)]


def older_lines(db: Session, case_id: UUID, first: HistoryLine) -> int:
    """How many lines of a case's history come before one."""
    query = select(func.count()).select_from(CaseEvent).where(CaseEvent.case_id == case_id)
    return db.scalar(query.where(_before_line(case_id, first.id))) or 0


def _before_line(case_id: UUID, line: int) -> ColumnElement[bool]:
    at = select(CaseEvent.at).where(CaseEvent.id == line, CaseEvent.case_id == case_id).scalar_subquery()
    return tuple_(CaseEvent.at, CaseEvent.id) < tuple_(at, line)


def _state(row: AlertEvidence, arrived: bool) -> EvidenceState:
    return EvidenceState(
        row.sha256,
        row.kind,
        row.media_type,
        row.size,
        row.starts_at,
        row.ends_at,
        row.reencoded,
        tuple(row.masks),
        arrived,
    )
