"""/api/v1/alerts: what was seen, and the verdict of staff."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from protocol.kinds import Kind
from protocol.messages import VerdictWord
from protocol.topics import Channel
from server.api.views import AlertView, EvidenceView, SnoozeView
from server.cases.actions import LONGEST_VERDICT_NOTE, give_verdict
from server.cases.queries import alert, evidence_of, recent_alerts
from server.db.tables import Alert
from server.dependencies import CsrfChecked, Database, Now, Operator, ServerContext, SignedIn
from server.ingest.board import BoardEvent, BoardKind
from server.snoozes.actions import LONGEST_REASON, begin
from server.snoozes.queries import snooze_row
from server.snoozes.spans import Span

router = APIRouter(prefix="/api/v1/alerts", tags=["alerts"])

Limit = Annotated[int, Query(ge=1, le=200)]


class SnoozeRequest(BaseModel):
    """For how long a rule is silenced, and why."""

    span: Span
    reason: str = Field(max_length=LONGEST_REASON)


class VerdictRequest(BaseModel):
    """What staff says of an alert."""

    verdict: VerdictWord
    note: str = Field(default="", max_length=LONGEST_VERDICT_NOTE)


def views(db: Session, alerts: list[Alert]) -> list[AlertView]:
    """Alerts with their evidence, in two statements for any number."""
    evidence = evidence_of(db, [row.id for row in alerts])
    return [
        AlertView.model_validate(row).model_copy(
            update={"evidence": tuple(EvidenceView.model_validate(piece) for piece in evidence[row.id])}
        )
        for row in alerts
    ]


@router.get("")
def list_alerts(
    db: Database,
    _person: SignedIn,
    limit: Limit = 50,
    before: UUID | None = None,
    node: str | None = None,
    camera: str | None = None,
    kind: Kind | None = None,
    verdict: VerdictWord | None = None,
    unjudged: bool = False,
) -> list[AlertView]:
    """Newest first; the last id of a page is `before` of the next."""
    found = recent_alerts(
        db, limit=limit, before=before, node=node, camera=camera, kind=kind, verdict=verdict, unjudged=unjudged
    )
    return views(db, found)


@router.get("/{alert_id}")
def one_alert(db: Database, _person: SignedIn, alert_id: UUID) -> AlertView:
    """One alert."""
    return views(db, [alert(db, alert_id)])[0]


@router.post("/{alert_id}/verdict", dependencies=[CsrfChecked])
def judge(
    db: Database, context: ServerContext, person: Operator, now: Now, alert_id: UUID, request: VerdictRequest
) -> AlertView:
    """Real or false. Accepts or declines the case as far as that follows; the node is told."""
    row = alert(db, alert_id)
    verdict = give_verdict(db, row, request.verdict, person, now, request.note)
    db.commit()
    context.link.say(row.node, Channel.VERDICTS, verdict)
    context.board.publish(BoardEvent(BoardKind.ALERT, str(row.id), row.revision))
    context.board.publish(BoardEvent(BoardKind.CASE, str(row.case_id)))
    return views(db, [row])[0]


@router.post("/{alert_id}/snooze", dependencies=[CsrfChecked], status_code=201)
def snooze(
    db: Database, context: ServerContext, person: Operator, now: Now, alert_id: UUID, request: SnoozeRequest
) -> SnoozeView:
    """Silence the rule that raised it: its alerts are kept, but stay off the board."""
    row = alert(db, alert_id)
    begun = begin(db, row, request.span, request.reason, person, now)
    db.commit()
    context.board.publish(BoardEvent(BoardKind.SNOOZE, str(begun.id)))
    context.board.publish(BoardEvent(BoardKind.CASE, str(row.case_id)))
    return SnoozeView.of(snooze_row(db, begun, now))
