"""Messages that could not be understood, for administrators."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from server.console.queries import dead_letters, dead_letters_by_reason, zones_by_node
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
    timezone: str
    """IANA name, where its node stands; UTC if nobody knows."""


@dataclass(frozen=True, slots=True)
class Context:
    """The newest refused messages."""

    letters: tuple[Letter, ...]
    counts: dict[str, int]
    """Of all that are kept, by reason, most first."""


@router.get("/dead-letters")
def page(shell: InShell, person: Administrator, db: Database) -> HTMLResponse:
    """The newest refused messages."""
    zones = zones_by_node(db)
    letters = tuple(_letter(row, zones) for row in dead_letters(db, PAGE_LENGTH))
    return render("dead_letters.html", shell, Context(letters, dead_letters_by_reason(db)))


def _letter(row: DeadLetter, zones: dict[str, str]) -> Letter:
    text = row.payload[:SHOWN_BYTES].decode("utf-8", "replace")
    return Letter(row, text, row.size > SHOWN_BYTES, zones.get(row.node or "", "UTC"))
