"""/api/v1/snoozes: which rules staff silences, and ending that; it begins at /api/v1/alerts/{id}/snooze."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from server.api.views import SnoozeView
from server.dependencies import CsrfChecked, Database, Now, Operator, ServerContext, SignedIn
from server.ingest.board import BoardEvent, BoardKind
from server.snoozes.actions import end
from server.snoozes.queries import snooze, snooze_row, snoozes

router = APIRouter(prefix="/api/v1/snoozes", tags=["snoozes"])


@router.get("")
def list_snoozes(
    db: Database, _person: SignedIn, now: Now, limit: Annotated[int, Query(ge=1, le=200)] = 50, holds: bool = False
) -> list[SnoozeView]:
    """Those that hold first, then the newest; with `holds` only the former."""
    return [SnoozeView.of(row) for row in snoozes(db, now, limit=limit, holding_only=holds)]


@router.post("/{snooze_id}/end", dependencies=[CsrfChecked])
def finish(db: Database, context: ServerContext, person: Operator, now: Now, snooze_id: UUID) -> SnoozeView:
    """End one before its time."""
    ending = snooze(db, snooze_id)
    end(db, ending, person, now)
    db.commit()
    context.board.publish(BoardEvent(BoardKind.SNOOZE, str(ending.id)))
    context.board.publish(BoardEvent(BoardKind.CASE, str(ending.case_id)))
    return SnoozeView.of(snooze_row(db, ending, now))
