"""The live board: alerts as they come in, and the cards that its script asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse

from protocol.kinds import Severity
from server.cases.queries import counts_by_state
from server.console.queries import Card, Filters, Watch, board_cards, cards_by_id, undecided_by_severity, watch
from server.console.shell import InShell, render
from server.db.tables import Camera
from server.dependencies import Database, Now, SignedIn
from server.nodes.queries import cameras
from server.snoozes.queries import SnoozeRow, snoozes

PAGE_LENGTH = 48
SUMMARY = timedelta(hours=24)
MOST_IDS = 100
MOST_SNOOZES = 20

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Context:
    """The board."""

    cards: tuple[Card, ...]
    filters: Filters
    cameras: tuple[Camera, ...]
    """To choose from; those that still exist."""
    undecided: dict[Severity, int]
    """Not judged yet, of the last 24 hours, most severe first."""
    older: str | None
    """Address of the next page, if there is one."""
    query: str
    """The filters as a query string, without the question mark."""
    is_older: bool
    """Whether this is a later page, where new alerts do not belong."""
    watch: Watch
    snoozes: tuple[SnoozeRow, ...]
    """Those that hold now."""
    first_steps: bool
    """Whether nothing has ever been raised here: the page then tells what to do first."""


@dataclass(frozen=True, slots=True)
class CardsContext:
    """Some cards, and what stands above them, as in Context."""

    cards: tuple[Card, ...]
    undecided: dict[Severity, int]
    watch: Watch
    snoozes: tuple[SnoozeRow, ...]


def _filters(
    severity: Annotated[list[Severity] | None, Query()] = None,
    camera: str = "",
    unjudged: bool = False,
    snoozed: bool = False,
) -> Filters:
    node, _, name = camera.partition("/")
    return Filters(frozenset(severity or ()), (node, name) if name else None, unjudged, snoozed)


InFilters = Annotated[Filters, Depends(_filters)]


@router.get("/")
def page(
    shell: InShell, person: SignedIn, db: Database, now: Now, filters: InFilters, before: UUID | None = None
) -> HTMLResponse:
    """The newest alerts that the filters let through."""
    cards = board_cards(db, filters, now, PAGE_LENGTH + 1, before)
    shown = tuple(cards[:PAGE_LENGTH])
    query = query_of(filters)
    older = (
        f"/?{urlencode({'before': str(shown[-1].alert.id)})}&{query}".rstrip("&") if len(cards) > PAGE_LENGTH else None
    )
    context = Context(
        cards=shown,
        filters=filters,
        cameras=tuple(camera for camera in cameras(db) if camera.removed_at is None),
        undecided=_undecided(db, now),
        older=older,
        query=query,
        is_older=before is not None,
        watch=watch(db),
        snoozes=_snoozes(db, now),
        first_steps=not cards and not query and before is None and not any(counts_by_state(db).values()),
    )
    return render("board.html", shell, context)


@router.get("/board/cards")
def some_cards(
    shell: InShell,
    person: SignedIn,
    db: Database,
    now: Now,
    filters: InFilters,
    id: Annotated[list[UUID] | None, Query(max_length=MOST_IDS)] = None,
) -> HTMLResponse:
    """The cards of these alerts, without those that the filters hide; with no id, the numbers above them alone."""
    return render("partials/board_update.html", shell, cards_context(db, cards_by_id(db, filters, now, id or ()), now))


def cards_context(db: Database, cards: Sequence[Card], now: datetime) -> CardsContext:
    """Some cards, with the numbers above them as they are now."""
    return CardsContext(tuple(cards), _undecided(db, now), watch(db), _snoozes(db, now))


def _snoozes(db: Database, now: datetime) -> tuple[SnoozeRow, ...]:
    return tuple(snoozes(db, now, limit=MOST_SNOOZES, holding_only=True))


def _undecided(db: Database, now: datetime) -> dict[Severity, int]:
    counts = undecided_by_severity(db, now - SUMMARY, now)
    return {severity: counts[severity] for severity in reversed(Severity)}


def query_of(filters: Filters) -> str:
    """The filters as they stand in an address."""
    pairs = [("severity", str(severity)) for severity in Severity if severity in filters.severities]
    if filters.camera is not None:
        pairs.append(("camera", "/".join(filters.camera)))
    if filters.unjudged:
        pairs.append(("unjudged", "true"))
    if filters.snoozed:
        pairs.append(("snoozed", "true"))
    return urlencode(pairs)
