"""/api/v1/cases: what people do about alerts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from server.api.alerts import Limit, views
from server.api.views import CaseView, EventView, MoveView, WholeCaseView
from server.cases.actions import LONGEST_NOTE, move
from server.cases.queries import alerts_of, case, cases, history_of
from server.cases.transitions import moves_from
from server.db.tables import Case
from server.db.tables.cases import State
from server.dependencies import CsrfChecked, Database, Now, Operator, ServerContext, SignedIn
from server.ingest.board import BoardEvent, BoardKind
from server.people.person import Person

router = APIRouter(prefix="/api/v1/cases", tags=["cases"])


class MoveRequest(BaseModel):
    """A step to take; `version` is the case's as the caller saw it."""

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
    """One case with its alerts, history and the steps the caller may take."""
    return _whole(db, case(db, case_id), person)


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
    return WholeCaseView(
        **CaseView.model_validate(row).model_dump(),
        alerts=tuple(views(db, alerts_of(db, row.id))),
        history=tuple(EventView.model_validate(line) for line in history_of(db, row.id)),
        moves=tuple(MoveView.model_validate(step) for step in moves_from(row.state, person.role)),
    )
