"""What must always hold in database and evidence store; `shouwang-server check` tells what does not."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from protocol.messages import Text
from server.db.tables import Alert, Case, CaseEvent, StoredEvidence
from server.evidence.store import EvidenceStore


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that must not be, and the remedy: texts of the catalogue."""

    what: Text
    remedy: Text


def _found(name: str, **arguments: str | int) -> Finding:
    return Finding(Text(id=f"check.{name}", arguments=dict(arguments)), Text(id=f"check.{name}.remedy"))


def check(db: Session, store: EvidenceStore, *, deep: bool = False) -> Iterator[Finding]:
    """All findings; `deep` reads every piece of evidence and compares its hash with its name."""
    yield from _cases(db)
    yield from _evidence(db, store, deep)


def _cases(db: Session) -> Iterator[Finding]:
    counted = select(Alert.case_id, func.count().label("alerts")).group_by(Alert.case_id).subquery()
    rows = db.execute(
        select(Case.number, Case.alert_count, func.coalesce(counted.c.alerts, 0))
        .outerjoin(counted, counted.c.case_id == Case.id)
        .where(Case.alert_count != func.coalesce(counted.c.alerts, 0))
    )
    for number, said, real in rows:
        yield _found("case_alerts", number=number, said=said, real=real)
    without_history = db.scalars(
        select(Case.number).where(~select(CaseEvent.id).where(CaseEvent.case_id == Case.id).exists())
    )
    for number in without_history:
        yield _found("case_history", number=number)


def _evidence(db: Session, store: EvidenceStore, deep: bool) -> Iterator[Finding]:
    recorded: set[str] = set()
    for sha256, size in db.execute(
        select(StoredEvidence.sha256, StoredEvidence.size).execution_options(yield_per=1000)
    ):
        recorded.add(sha256)
        here = store.size(sha256)
        if here is None:
            yield _found("evidence_gone", sha256=sha256)
        elif here != size:
            yield _found("evidence_size", sha256=sha256, here=here, recorded=size)
        elif deep and _hash(store, sha256, size) != sha256:
            yield _found("evidence_altered", sha256=sha256)
    for name in store.names():
        if name not in recorded and not _recorded_since(db, name):
            yield _found("evidence_unrecorded", sha256=name)


def _recorded_since(db: Session, sha256: str) -> bool:
    """Whether a piece came, and was recorded, while others were looked at."""
    db.rollback()  # what has been committed since is seen by a new transaction only
    return db.get(StoredEvidence, sha256) is not None


def _hash(store: EvidenceStore, sha256: str, size: int) -> str:
    digest = hashlib.sha256()
    for piece in store.read(sha256, 0, size):
        digest.update(piece)
    return digest.hexdigest()
