"""One case: its alerts, what happened when, and the moves that the transition table offers."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from protocol.messages import Text
from server.cases.actions import move
from server.cases.queries import PAGE_LENGTH, HistoryLine, history_of, older_alerts, older_lines
from server.cases.queries import case as case_by_id
from server.cases.transitions import Move, moves_from
from server.console.queries import Card, cards_of_case
from server.console.shell import InShell, Shell, render
from server.db.tables import Camera, Case
from server.db.tables.cases import State
from server.dependencies import CsrfChecked, Database, LineId, Now, Operator, ServerContext, SignedIn
from server.errors import Conflict, Unacceptable
from server.ingest.board import BoardEvent, BoardKind
from server.nodes.queries import camera as camera_by_name

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of what grows without end a page shows."""

    before: UUID | None = None
    """The last alert of the page above; None for the newest."""
    earlier: int | None = None
    """The last line of the history above; None for the newest."""


NEWEST = Part()


@dataclass(frozen=True, slots=True)
class Older:
    """What a page leaves out below."""

    count: int
    address: str
    """Of the page with the next of them."""


@dataclass(frozen=True, slots=True)
class Context:
    """One case."""

    case: Case
    camera: Camera
    cards: tuple[Card, ...]
    """Its alerts, newest first."""
    older_cards: Older | None
    history: Sequence[HistoryLine]
    """Oldest first."""
    older_history: Older | None
    part: Part
    address: str
    """Of this page, to ask for it again; that of a refused move cannot be asked for."""
    moves: tuple[Move, ...]
    """What this person may do next; none for a viewer."""
    refusal: Text | None = None
    """Why the move that was asked for was not made."""
    note: str = ""
    """What was typed for the move that was refused, so that nothing is lost."""
    asked: State | None = None
    """The state of the refused move."""


@router.get("/cases/{case_id}")
def page(
    shell: InShell,
    person: SignedIn,
    db: Database,
    case_id: UUID,
    before: UUID | None = None,
    earlier: LineId | None = None,
) -> HTMLResponse:
    """The case as it stands, with its newest alerts and the end of its history, or with older ones."""
    return render("case.html", shell, _context(shell, db, case_id, Part(before, earlier)))


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
        shown = replace(_context(shell, db, case_id, NEWEST), refusal=problem.text, note=note, asked=to)
        return render("case.html", replace(shell, path=f"/cases/{case_id}"), shown, problem.status)
    context.board.publish(BoardEvent(BoardKind.CASE, str(case_id)))
    return RedirectResponse(f"/cases/{case_id}", 303)


def _context(shell: Shell, db: Database, case_id: UUID, part: Part) -> Context:
    case = case_by_id(db, case_id)
    cards = cards_of_case(db, case_id, PAGE_LENGTH, part.before)
    history = history_of(db, case_id, before=part.earlier)
    more_cards = older_alerts(db, cards[-1].alert) if cards else 0
    more_history = older_lines(db, case_id, history[0]) if history else 0
    return Context(
        case=case,
        camera=camera_by_name(db, case.node, case.camera),
        cards=tuple(cards),
        older_cards=Older(more_cards, _address(case_id, Part(cards[-1].alert.id))) if more_cards else None,
        history=history,
        older_history=Older(more_history, _address(case_id, Part(None, history[0].id))) if more_history else None,
        part=part,
        address=_address(case_id, part),
        moves=moves_from(case.state, shell.person.role) if shell.person else (),
    )


def _address(case_id: UUID, part: Part) -> str:
    last = {name: value for name, value in asdict(part).items() if value is not None}
    return f"/cases/{case_id}" + (f"?{urlencode(last)}" if last else "")
