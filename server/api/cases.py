"""/api/v1/cases: what people do about alerts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from server.api.alerts import Limit, views
from server.api.views import AlertView, CaseView, EventView, MoveView, WholeCaseView
from server.cases.actions import LONGEST_NOTE, move
from server.cases.queries import case, cases, history_of, older_alerts, older_lines, recent_alerts
from server.cases.transitions import moves_from
from server.db.tables import Case
from server.db.tables.cases import State
from server.dependencies import CsrfChecked, Database, LineId, Now, Operator, ServerContext, SignedIn
from server.ingest.board import BoardEvent, BoardKind
from server.people.person import Person

router = APIRouter(prefix="/api/v1/cases", tags=["cases"])


class MoveRequest(BaseModel):
    """A step to take; with `version`, the case's as the caller saw it, it is refused if people did more meanwhile.

    A case's version counts the steps and verdicts of people; alerts that join it or go on leave it as it is.
    """

    to: State
    note: str = Field(default="", max_length=LONGEST_NOTE)
    version: int | None = None


@router.get("")
def list_cases(
    db: Database,
    _person: SignedIn,
    state: Annotated[list[State] | None, Query()] = None,
    limit: Limit = 50,
    before: UUID | None = None,
) -> list[CaseView]:
    """Newest first; the last id of a page is `before` of the next."""
    return [CaseView.model_validate(row) for row in cases(db, states=state, limit=limit, before=before)]


@router.get("/{case_id}")
def one_case(db: Database, person: SignedIn, case_id: UUID) -> WholeCaseView:
    """One case with its newest alerts, the end of its history and the steps the caller may take."""
    return _whole(db, case(db, case_id), person)


@router.get("/{case_id}/alerts")
def alerts_of_case(
    db: Database, _person: SignedIn, case_id: UUID, limit: Limit = 50, before: UUID | None = None
) -> list[AlertView]:
    """The alerts of a case, newest first; the last id of a page is `before` of the next."""
    return views(db, recent_alerts(db, case=case(db, case_id).id, limit=limit, before=before))


@router.get("/{case_id}/history")
def history_of_case(
    db: Database, _person: SignedIn, case_id: UUID, limit: Limit = 50, before: LineId | None = None
) -> list[EventView]:
    """What happened to a case, newest first; the last id of a page is `before` of the next."""
    lines = history_of(db, case(db, case_id).id, limit=limit, before=before)
    return [EventView.model_validate(line) for line in reversed(lines)]


@router.post("/{case_id}/moves", dependencies=[CsrfChecked])
def take_step(
    db: Database, context: ServerContext, person: Operator, now: Now, case_id: UUID, request: MoveRequest
) -> WholeCaseView:
    """Take a step of the transition table."""
    row = case(db, case_id)
    move(db, row, request.to, person, now, request.note, request.version)
    db.commit()
    context.board.publish(BoardEvent(BoardKind.CASE, str(row.id), row.version))
    return _whole(db, row, person)


def _whole(db: Session, row: Case, person: Person) -> WholeCaseView:
    alerts, history = recent_alerts(db, case=row.id), history_of(db, row.id)
    return WholeCaseView(
        **CaseView.model_validate(row).model_dump(),
        alerts=tuple(reversed(views(db, alerts))),
        older_alerts=older_alerts(db, alerts[-1]),
        history=tuple(EventView.model_validate(line) for line in history),
        older_history=older_lines(db, row.id, history[0]),
        moves=tuple(MoveView.model_validate(step) for step in moves_from(row.state, person.role)),
    )
