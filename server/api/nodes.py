"""/api/v1/nodes, /cameras, /enrolment-codes, /enrolments and /dead-letters."""

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import select

from protocol.enrolment import EnrolmentAnswer, EnrolmentRequest
from server.api.alerts import Limit
from server.api.views import CameraView, DeadLetterView, NodeView
from server.db.tables import DeadLetter
from server.dependencies import Administrator, CsrfChecked, Database, Now, ServerContext, SignedIn, address_of
from server.errors import NotAllowed, TooMany
from server.ingest.board import BoardEvent, BoardKind
from server.nodes.enrolment import enrol, new_code, revoke
from server.nodes.queries import cameras, node, nodes
from server.people.attempts import note_attempt, seconds_to_wait, stand_in_line

router = APIRouter(prefix="/api/v1", tags=["nodes"])

ENROLMENT = "(enrolment)"
"""Stands for a user's name where failed enrolments are counted; no user can be called so."""


class CodeAnswer(BaseModel):
    """A one-time enrolment code, shown once."""

    code: str


@router.get("/nodes")
def list_nodes(db: Database, _person: SignedIn) -> list[NodeView]:
    """All nodes by name."""
    return [NodeView.model_validate(row) for row in nodes(db)]


@router.get("/cameras")
def list_cameras(db: Database, _person: SignedIn, node: str | None = None) -> list[CameraView]:
    """All cameras, or one node's."""
    return [CameraView.model_validate(row) for row in cameras(db, node)]


@router.post("/nodes/{name}/revocation", dependencies=[CsrfChecked])
def revoke_node(db: Database, context: ServerContext, _person: Administrator, now: Now, name: str) -> NodeView:
    """Take a node's rights; the embedded broker cuts it off within seconds."""
    row = node(db, name)
    revoke(db, row, now)
    db.commit()
    context.board.publish(BoardEvent(BoardKind.NODE, name))
    return NodeView.model_validate(row)


@router.post("/enrolment-codes", status_code=201, dependencies=[CsrfChecked])
def make_code(db: Database, person: Administrator, now: Now) -> CodeAnswer:
    """A code for one enrolment within the hour."""
    code = new_code(db, person, now)
    db.commit()
    return CodeAnswer(code=code)


@router.post("/enrolments", status_code=201)
def enrol_node(
    http: Request, db: Database, context: ServerContext, now: Now, request: EnrolmentRequest
) -> EnrolmentAnswer:
    """Exchange a code for accounts. Wrong codes are counted by address."""
    address = address_of(http)
    stand_in_line(db, ENROLMENT, address)
    wait_s = seconds_to_wait(db, None, address, now)
    if wait_s:
        raise TooMany("error.too_many_attempts", wait_s)
    try:
        answer = enrol(db, request, context.settings, now, http.url.hostname)
    except NotAllowed:  # nothing has been written; a rollback would let the next one in before this one counts
        note_attempt(db, ENROLMENT, address, now)
        db.commit()
        raise
    db.commit()
    context.board.publish(BoardEvent(BoardKind.NODE, answer.node))
    return answer


@router.get("/dead-letters")
def list_dead_letters(
    db: Database, _person: Administrator, limit: Limit = 50, reason: str | None = None
) -> list[DeadLetterView]:
    """Messages that could not be understood, newest first."""
    query = select(DeadLetter).order_by(DeadLetter.received_at.desc(), DeadLetter.id.desc()).limit(limit)
    if reason is not None:
        query = query.where(DeadLetter.reason == reason)
    return [
        DeadLetterView(
            id=row.id,
            received_at=row.received_at,
            topic=row.topic,
            node=row.node,
            reason=row.reason,
            detail=row.detail,
            size=row.size,
            payload=row.payload.decode("utf-8", "backslashreplace"),
        )
        for row in db.scalars(query)
    ]
