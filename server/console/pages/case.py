"""One case: its alerts, what happened when, and the moves that the transition table offers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from protocol.messages import Text
from server.cases.actions import move
from server.cases.queries import HistoryLine, history_of
from server.cases.queries import case as case_by_id
from server.cases.transitions import Move, moves_from
from server.console.queries import Card, cards_of_case
from server.console.shell import InShell, Shell, render
from server.db.tables import Camera, Case
from server.db.tables.cases import State
from server.dependencies import CsrfChecked, Database, Now, Operator, ServerContext, SignedIn
from server.errors import Conflict, Unacceptable
from server.ingest.board import BoardEvent, BoardKind
from server.nodes.queries import camera as camera_by_name

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Context:
    """One case."""

    case: Case
    camera: Camera
    cards: tuple[Card, ...]
    """Its alerts, newest first."""
    history: Sequence[HistoryLine]
    """Oldest first."""
    moves: tuple[Move, ...]
    """What this person may do next; none for a viewer."""
    refusal: Text | None = None
    """Why the move that was asked for was not made."""
    note: str = ""
    """What was typed for the move that was refused, so that nothing is lost."""
    asked: State | None = None
    """The state of the refused move."""


@router.get("/cases/{case_id}")
def page(shell: InShell, person: SignedIn, db: Database, case_id: UUID) -> HTMLResponse:
    """The case as it stands."""
    return render("case.html", shell, _context(shell, db, case_id))


@router.post("/cases/{case_id}/moves", dependencies=[CsrfChecked])
def take_step(
    shell: InShell,
    person: Operator,
    db: Database,
    context: ServerContext,
    now: Now,
    case_id: UUID,
    to: Annotated[State, Form()],
    version: Annotated[int, Form()],
    note: Annotated[str, Form(max_length=10_000)] = "",
) -> Response:
    """Makes a move; one that is refused shows the case as it is now, with the reason and what was typed."""
    try:
        move(db, case_by_id(db, case_id), to, person, now, note, version)
        db.commit()
    except (Conflict, Unacceptable) as problem:
        db.rollback()
        shown = _context(shell, db, case_id, refusal=problem.text, note=note, asked=to)
        return render("case.html", replace(shell, path=f"/cases/{case_id}"), shown, problem.status)
    context.board.publish(BoardEvent(BoardKind.CASE, str(case_id)))
    return RedirectResponse(f"/cases/{case_id}", 303)


def _context(
    shell: Shell, db: Database, case_id: UUID, refusal: Text | None = None, note: str = "", asked: State | None = None
) -> Context:
    case = case_by_id(db, case_id)
    moves = moves_from(case.state, shell.person.role) if shell.person else ()
    return Context(
        case=case,
        camera=camera_by_name(db, case.node, case.camera),
        cards=tuple(cards_of_case(db, case_id)),
        history=history_of(db, case_id),
        moves=moves,
        refusal=refusal,
        note=note,
        asked=asked,
    )
