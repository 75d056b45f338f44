"""The stream of what changes, as server-sent events: `GET /events`.

An event says what changed and by which id; the page then asks for what it shows of it, with its own rights and
language. A `beat` every few seconds lets the page tell a quiet hour from a dead line. Nothing is kept for a stream that
was away: at its `hello` a page asks anew for all it shows, at the first one if something has changed since the page was
asked for.
"""

import json
from collections.abc import AsyncIterator, Callable
from typing import Annotated

import anyio
from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from server.clock import monotonic_s, utc_now
from server.dependencies import COOKIE, ServerContext, SignedIn
from server.ingest.board import Board
from server.people.sessions import person_of

BEAT_S = 5.0
RIGHTS_CHECK_S = 30.0
RETRY_MS = 1000

router = APIRouter()

StillSignedIn = Callable[[], bool]


def _still_signed_in(request: Request, context: ServerContext) -> StillSignedIn:
    token = request.cookies.get(COOKIE, "")

    def check() -> bool:
        with context.database.reading() as db:
            return person_of(db, token, utc_now()) is not None

    return check


@router.get("/events", include_in_schema=False)
async def events(
    context: ServerContext, person: SignedIn, still_signed_in: Annotated[StillSignedIn, Depends(_still_signed_in)]
) -> StreamingResponse:
    """Everything the board tells, until the browser goes, the session ends or the server stops."""
    return StreamingResponse(
        stream(context.board, still_signed_in),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def stream(
    board: Board, still_signed_in: StillSignedIn, beat_s: float = BEAT_S, check_s: float = RIGHTS_CHECK_S
) -> AsyncIterator[str]:
    """`hello`, then each change once committed, a `beat` after `beat_s` without one, `bye` at the session's end."""
    async with board.subscribe() as subscription:
        yield f"retry: {RETRY_MS}\n" + _event("hello", {"beat_s": beat_s, "quiet_s": round(board.quiet_s, 3)})
        checked_s = monotonic_s()
        while True:
            try:
                change = await subscription.next(beat_s)
                yield _event(change.kind, {"id": change.id, "revision": change.revision})
            except TimeoutError:
                yield _event("beat", {})
            except StopAsyncIteration:
                return
            if monotonic_s() - checked_s >= check_s:
                checked_s = monotonic_s()
                if not await anyio.to_thread.run_sync(still_signed_in):
                    yield _event("bye", {})
                    return


def _event(name: str, data: dict[str, object]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"
