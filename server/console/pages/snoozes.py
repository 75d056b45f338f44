"""The snoozes: which rules are silenced now, and which were, by whom, why and for how long."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from server.console.shell import InShell, render
from server.dependencies import CsrfChecked, Database, Now, Operator, ServerContext, SignedIn
from server.ingest.board import BoardEvent, BoardKind
from server.snoozes.actions import end
from server.snoozes.queries import SnoozeRow, snooze, snoozes

MOST = 200

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Context:
    """Those that hold first, then the newest."""

    snoozes: tuple[SnoozeRow, ...]


@router.get("/snoozes")
def page(shell: InShell, person: SignedIn, db: Database, now: Now) -> HTMLResponse:
    """All of them, up to MOST."""
    return render("snoozes.html", shell, Context(tuple(snoozes(db, now, limit=MOST))))


@router.post("/snoozes/{snooze_id}/end", dependencies=[CsrfChecked])
def finish(
    request: Request, person: Operator, db: Database, context: ServerContext, now: Now, snooze_id: UUID
) -> Response:
    """Ends one before its time. A page's script needs no answer: the stream of changes tells it."""
    ending = snooze(db, snooze_id)
    end(db, ending, person, now)
    db.commit()
    context.board.publish(BoardEvent(BoardKind.SNOOZE, str(ending.id)))
    context.board.publish(BoardEvent(BoardKind.CASE, str(ending.case_id)))
    return Response(status_code=204) if "hx-request" in request.headers else RedirectResponse("/snoozes", 303)
