"""What must always hold in database and evidence store; `shouwang-server check` tells what does not."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.db.tables import Alert, Case, CaseEvent, StoredEvidence
from server.evidence.store import EvidenceStore


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that must not be, and the remedy."""

    what: str
    remedy: str


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
        yield Finding(f"case {number} says {said} alerts and has {real}", "restore the database from its backup")
    without_history = db.scalars(
        select(Case.number).where(~select(CaseEvent.id).where(CaseEvent.case_id == Case.id).exists())
    )
    for number in without_history:
        yield Finding(f"case {number} has no history", "restore the database from its backup")


def _evidence(db: Session, store: EvidenceStore, deep: bool) -> Iterator[Finding]:
    recorded: set[str] = set()
    for sha256, size in db.execute(
        select(StoredEvidence.sha256, StoredEvidence.size).execution_options(yield_per=1000)
    ):
        recorded.add(sha256)
        here = store.size(sha256)
        if here is None:
            yield Finding(f"evidence {sha256} is recorded but its bytes are gone", "restore the store from its backup")
        elif here != size:
            yield Finding(f"evidence {sha256} has {here} bytes, {size} are recorded", "restore it from the backup")
        elif deep and _hash(store, sha256, size) != sha256:
            yield Finding(
                f"evidence {sha256} was altered: its bytes hash to something else", "restore it, find out who"
            )
    for name in store.names():
        if name not in recorded:
            yield Finding(
                f"evidence {name} is kept but not recorded", "harmless: its node brings it again; or delete it"
            )


def _hash(store: EvidenceStore, sha256: str, size: int) -> str:
    digest = hashlib.sha256()
    for piece in store.read(sha256, 0, size):
        digest.update(piece)
    return digest.hexdigest()
