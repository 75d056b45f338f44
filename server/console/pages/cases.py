"""The list of cases, by state and number."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from server.cases.queries import counts_by_state
from server.console.queries import CaseRow, case_rows
from server.console.shell import InShell, render
from server.db.tables.cases import State
from server.dependencies import Database, SignedIn

PAGE_LENGTH = 50

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Context:
    """Cases, newest first."""

    rows: tuple[CaseRow, ...]
    state: State | None
    """The one state that is shown; None shows all."""
    number: str
    """The part of a number that is searched for."""
    counts: dict[State, int]
    older: str | None
    """Address of the next page, if there is one."""


@router.get("/cases")
def page(
    shell: InShell,
    person: SignedIn,
    db: Database,
    state: State | None = None,
    q: str = "",
    before: UUID | None = None,
) -> HTMLResponse:
    """The cases of a state, or whose number contains what was typed."""
    number = q.strip()[:16]
    rows = case_rows(db, state=state, number=number, limit=PAGE_LENGTH + 1, before=before)
    older = None
    if len(rows) > PAGE_LENGTH:
        kept = {"state": state, "q": number or None, "before": str(rows[PAGE_LENGTH - 1].case.id)}
        older = "/cases?" + urlencode({name: str(value) for name, value in kept.items() if value is not None})
    return render("cases.html", shell, Context(tuple(rows[:PAGE_LENGTH]), state, number, counts_by_state(db), older))
