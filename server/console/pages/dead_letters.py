"""Messages that could not be understood, for administrators."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from server.console.queries import dead_letters, dead_letters_by_reason
from server.console.shell import InShell, render
from server.db.tables import DeadLetter
from server.dependencies import Administrator, Database

PAGE_LENGTH = 100
SHOWN_BYTES = 2000

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """A refused message with the beginning of its bytes as text."""

    letter: DeadLetter
    text: str
    cut: bool
    """Whether there is more of it."""


@dataclass(frozen=True, slots=True)
class Context:
    """The newest refused messages."""

    letters: tuple[Letter, ...]
    counts: dict[str, int]
    """Of all that are kept, by reason, most first."""


@router.get("/dead-letters")
def page(shell: InShell, person: Administrator, db: Database) -> HTMLResponse:
    """The newest refused messages."""
    letters = tuple(
        Letter(row, row.payload[:SHOWN_BYTES].decode("utf-8", "replace"), row.size > SHOWN_BYTES)
        for row in dead_letters(db, PAGE_LENGTH)
    )
    return render("dead_letters.html", shell, Context(letters, dead_letters_by_reason(db)))
