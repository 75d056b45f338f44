"""What only the pages ask of the database. Each function costs a fixed number of statements."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, not_, select, tuple_
from sqlalchemy.orm import Session

from protocol.kinds import Severity
from protocol.messages import Alert as AlertMessage
from protocol.messages import CameraState, EvidenceKind, NodeState, Rations, parse
from server.cases.queries import EvidenceState, evidence_of
from server.db.tables import Alert, AlertEvidence, Camera, Case, DeadLetter, Node, Snooze, StoredEvidence, User
from server.db.tables.cases import State
from server.snoozes.queries import muted


@dataclass(frozen=True, slots=True)
class Card:
    """An alert with all that a card or a page says of it."""

    alert: Alert
    camera_title: str
    timezone: str
    """IANA name of the camera's zone."""
    case_number: str
    case_state: State
    judged_by: str | None
    """Display name of who gave the verdict."""
    snooze: Snooze | None
    """That its rule was under when it came in."""
    evidence: tuple[EvidenceState, ...]

    def piece(self, kind: EvidenceKind) -> EvidenceState | None:
        """The newest piece of a kind that has arrived, else the newest that is on its way."""
        of_kind = [piece for piece in self.evidence if piece.kind is kind]
        return next((p for p in reversed(of_kind) if p.arrived), of_kind[-1] if of_kind else None)

    @property
    def snapshot(self) -> EvidenceState | None:
        """The picture, here or on its way."""
        return self.piece(EvidenceKind.SNAPSHOT)

    @property
    def clip(self) -> EvidenceState | None:
        """The clip, here or on its way."""
        return self.piece(EvidenceKind.CLIP)

    @property
    def tracks(self) -> EvidenceState | None:
        """The tracks, here or on their way."""
        return self.piece(EvidenceKind.TRACKS)

    @property
    def rations(self) -> Rations | None:
        """What its node left out of watching while it lasted."""
        return parse(AlertMessage, self.alert.payload).rations

    @property
    def objects_fit_snapshot(self) -> bool:
        """Whether the alert's objects are of the moment that the snapshot shows."""
        picture = self.snapshot
        return picture is not None and abs(self.alert.at - picture.starts_at) < timedelta(milliseconds=150)

    @property
    def signature(self) -> str:
        """Changes whenever the card would look different."""
        arrived = sum(piece.arrived for piece in self.evidence)
        return f"{self.alert.revision}.{len(self.evidence)}.{arrived}.{self.alert.verdict or '-'}.{self.case_state}"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the board shows; nothing set shows everything."""

    severities: frozenset[Severity] = frozenset()
    camera: tuple[str, str] | None = None
    """Node and camera."""
    unjudged: bool = False
    snoozed: bool = False
    """Those that snoozes keep off the board, instead of all others."""


def board_cards(db: Session, filters: Filters, now: datetime, limit: int, before: UUID | None = None) -> list[Card]:
    """Newest first by when they came in; `before` is the last id of the page above."""
    query = _filtered(filters, now).limit(limit)
    if before is not None:
        query = query.where(_older_than(db, before))
    return _cards(db, query)


def cards_by_id(db: Session, filters: Filters, now: datetime, ids: Collection[UUID]) -> list[Card]:
    """Those of the alerts that the filters let through, newest first."""
    return _cards(db, _filtered(filters, now).where(Alert.id.in_(ids))) if ids else []


def card(db: Session, alert_id: UUID) -> Card | None:
    """One alert, None if there is none of that id."""
    found = _cards(db, _query().where(Alert.id == alert_id))
    return found[0] if found else None


def cards_of_case(db: Session, case_id: UUID, limit: int, before: UUID | None = None) -> list[Card]:
    """The alerts of a case, newest first; `before` is the last id of the page above."""
    query = _query().where(Alert.case_id == case_id).limit(limit)
    return _cards(db, query if before is None else query.where(_older_than(db, before)))


CardQuery = Select[Alert, str, str, str, State, str, Snooze]


def _query() -> CardQuery:
    return (
        select(Alert, Camera.title, Camera.timezone, Case.number, Case.state, User.display_name, Snooze)
        .join(Camera, and_(Camera.node == Alert.node, Camera.name == Alert.camera))
        .join(Case, Case.id == Alert.case_id)
        .outerjoin(User, User.id == Alert.verdict_by)
        .outerjoin(Snooze, Snooze.id == Alert.snooze_id)
        .order_by(Alert.first_received_at.desc(), Alert.id.desc())
    )


def _filtered(filters: Filters, now: datetime) -> CardQuery:
    query = _query().where(muted(now) if filters.snoozed else not_(muted(now)))
    if filters.severities:
        query = query.where(Alert.severity.in_(filters.severities))
    if filters.camera is not None:
        query = query.where(Alert.node == filters.camera[0], Alert.camera == filters.camera[1])
    if filters.unjudged:
        query = query.where(Alert.verdict.is_(None))
    return query


def _cards(db: Session, query: CardQuery) -> list[Card]:
    rows = db.execute(query).all()
    pieces = evidence_of(db, [row[0].id for row in rows])
    return [
        Card(alert, title, timezone, number, state, name, snooze, tuple(pieces[alert.id]))
        for alert, title, timezone, number, state, name, snooze in rows
    ]


def _older_than(db: Session, alert_id: UUID) -> ColumnElement[bool]:
    came = select(Alert.first_received_at).where(Alert.id == alert_id).scalar_subquery()
    return tuple_(Alert.first_received_at, Alert.id) < tuple_(came, alert_id)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest undecided alerts that came in after and before one."""

    newer: UUID | None
    older: UUID | None


def undecided_around(db: Session, alert: Alert, now: datetime) -> Neighbours:
    """Where «next undecided» leads; never to what is snoozed."""
    undecided = _heard(select(Alert.id), now).where(Alert.verdict.is_(None))
    place, here = tuple_(Alert.first_received_at, Alert.id), tuple_(alert.first_received_at, alert.id)
    newer = undecided.where(place > here).order_by(Alert.first_received_at, Alert.id)
    older = undecided.where(place < here).order_by(Alert.first_received_at.desc(), Alert.id.desc())
    return Neighbours(db.scalar(newer.limit(1)), db.scalar(older.limit(1)))


def undecided_by_severity(db: Session, since: datetime, now: datetime) -> dict[Severity, int]:
    """How many alerts that began since then nobody has judged yet, zeros included; without what is snoozed."""
    rows = db.execute(
        _heard(select(Alert.severity, func.count()), now)
        .where(Alert.began_at >= since, Alert.verdict.is_(None))
        .group_by(Alert.severity)
    )
    return dict.fromkeys(Severity, 0) | dict(rows.all())


Columns = TypeVarTuple("Columns")


def _heard(query: Select[*Columns], now: datetime) -> Select[*Columns]:
    """Of the alerts, those that no snooze keeps off the board."""
    return query.select_from(Alert).outerjoin(Snooze, Snooze.id == Alert.snooze_id).where(not_(muted(now)))


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as a list shows it."""

    case: Case
    camera_title: str
    timezone: str


def case_rows(
    db: Session, *, state: State | None, number: str, limit: int, before: UUID | None = None
) -> Sequence[CaseRow]:
    """Newest first by when they were opened; `number` is any part of a case's number, blank for all."""
    query = (
        select(Case, Camera.title, Camera.timezone)
        .join(Camera, and_(Camera.node == Case.node, Camera.name == Case.camera))
        .order_by(Case.opened_at.desc(), Case.id.desc())
        .limit(limit)
    )
    if state is not None:
        query = query.where(Case.state == state)
    if number:
        query = query.where(Case.number.contains(number, autoescape=True))
    if before is not None:
        opened = select(Case.opened_at).where(Case.id == before).scalar_subquery()
        query = query.where(tuple_(Case.opened_at, Case.id) < tuple_(opened, before))
    return [CaseRow(*row) for row in db.execute(query)]


@dataclass(frozen=True, slots=True)
class Watch:
    """Who watches: a quiet board means something only while cameras do."""

    nodes: int
    """Enrolled and not revoked."""
    cameras: int
    watching: int
    """Cameras whose node is online and that see something now."""


def watch(db: Session) -> Watch:
    """Nodes and cameras as they are now."""
    trusted = Node.revoked_at.is_(None)
    sees = and_(trusted, Node.state == NodeState.ONLINE, Camera.state == CameraState.WATCHING)
    cameras, watching = db.execute(
        select(func.count(), func.count().filter(sees))
        .select_from(Camera)
        .join(Node, Node.name == Camera.node)
        .where(Camera.removed_at.is_(None), trusted)
    ).one()
    nodes = db.scalar(select(func.count()).select_from(Node).where(trusted)) or 0
    return Watch(nodes, cameras, watching)


def zones_by_node(db: Session) -> dict[str, str]:
    """The IANA time zone where each node stands, which is that of its cameras; nodes without cameras are left out."""
    rows = db.execute(select(Camera.node, func.min(Camera.timezone)).group_by(Camera.node))
    return dict(rows.all())


def last_snapshots(db: Session) -> dict[tuple[str, str], tuple[str, datetime]]:
    """SHA-256 and time of the newest snapshot that is here, by node and camera."""
    newest = (
        select(AlertEvidence.sha256)
        .join(Alert, Alert.id == AlertEvidence.alert_id)
        .join(StoredEvidence, StoredEvidence.sha256 == AlertEvidence.sha256)
        .where(Alert.node == Camera.node, Alert.camera == Camera.name, AlertEvidence.kind == EvidenceKind.SNAPSHOT)
        .order_by(Alert.began_at.desc(), AlertEvidence.starts_at.desc())
        .limit(1)
        .correlate(Camera)
        .scalar_subquery()
    )
    found = select(Camera.node, Camera.name, newest.label("sha256")).subquery()
    rows = db.execute(
        select(found.c.node, found.c.name, found.c.sha256, func.max(AlertEvidence.starts_at))
        .join(AlertEvidence, AlertEvidence.sha256 == found.c.sha256)
        .group_by(found.c.node, found.c.name, found.c.sha256)
    )
    return {(node, camera): (sha256, at) for node, camera, sha256, at in rows}


def dead_letters(db: Session, limit: int) -> list[DeadLetter]:
    """Refused messages, newest first."""
    return list(db.scalars(select(DeadLetter).order_by(DeadLetter.received_at.desc()).limit(limit)))


def dead_letters_by_reason(db: Session) -> dict[str, int]:
    """How many of each reason there are, most first."""
    count = func.count().label("count")
    rows = db.execute(select(DeadLetter.reason, count).group_by(DeadLetter.reason).order_by(count.desc()))
    return dict(rows.all())
