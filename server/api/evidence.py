"""Evidence: nodes bring it to /api/v1/evidence/{sha256}, people see it at /evidence/{sha256}."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response, StreamingResponse
from starlette.requests import ClientDisconnect
from starlette.types import Scope

from server.clock import utc_now
from server.context import Context
from server.dependencies import ServerContext, SignedIn
from server.errors import NotFound, NotSignedIn, Problem, Unacceptable, WrongMediaType
from server.evidence.records import node_of, record, stored
from server.evidence.uploads import MAGIC, Upload
from server.ingest.board import BoardEvent, BoardKind

WRITE_BYTES = 256 * 1024
LONGEST_SILENCE_S = 60.0
"""A sender that has lost its power does not say goodbye, and would keep its piece from itself for ever."""
UPLOADS = "/api/v1/evidence/"
CONTENT_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})")
RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")
ENDINGS = {"image/jpeg": "jpg", "video/mp4": "mp4", "application/json": "json"}

router = APIRouter(tags=["evidence"])
log = structlog.get_logger()

Sha256 = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


def is_upload(scope: Scope) -> bool:
    """Whether a request brings a piece, whose bytes are read only once its node is known."""
    path: str = scope["path"]
    return scope["method"] == "PUT" and path.startswith(UPLOADS)


def sending_node(request: Request, context: ServerContext) -> str:
    """The node whose bearer token came. Raises NotSignedIn."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn("error.node_token")
    with context.database.reading() as db:
        node = node_of(db, token.strip())
    if node is None:
        raise NotSignedIn("error.node_token")
    return node


SendingNode = Annotated[str, Depends(sending_node)]


@router.head("/api/v1/evidence/{sha256}")
def how_much(context: ServerContext, node: SendingNode, sha256: Sha256) -> Response:
    """How many bytes are here, in Upload-Offset: all of them once the piece is kept, 0 for one not begun."""
    return Response(
        headers={"Upload-Offset": str(_kept_bytes(context, sha256) or context.uploads.offset(node, sha256))}
    )


@router.put("/api/v1/evidence/{sha256}")
async def bring(request: Request, context: ServerContext, node: SendingNode, sha256: Sha256) -> Response:
    """Take a piece, or its rest by Content-Range. 201: kept now; 200: was kept before. See `Uploads` for refusals."""
    if await run_in_threadpool(_kept_bytes, context, sha256):
        return Response(status_code=200)
    try:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip()
        if media_type not in MAGIC:
            raise WrongMediaType("error.media_type", declared=media_type or "?")
        start, length, total = _extent(request)
        with context.uploads.receive(node, sha256, start, length, total) as upload:
            await _fill(upload, request.stream())
            size = await run_in_threadpool(context.uploads.finish, upload, sha256, media_type)
    except Problem as problem:
        context.metrics.evidence_refused.labels(problem.text.id).inc()
        raise
    await run_in_threadpool(_record, context, sha256, size, media_type, node)
    return Response(status_code=201)


@router.get("/evidence/{sha256}")
def see(request: Request, context: ServerContext, _person: SignedIn, sha256: Sha256) -> Response:
    """The bytes of a piece, whole or one range, for who is signed in."""
    with context.database.reading() as db:
        row = stored(db, sha256)
    if row is None:
        raise NotFound("error.no_evidence")
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",  # a browser asks before each look: whoever sits there may have left
        "Content-Disposition": f'inline; filename="{sha256[:16]}.{ENDINGS[row.media_type]}"',
        "ETag": f'"{sha256}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    if sha256 in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    wanted = _wanted(request.headers.get("range"), row.size)
    if wanted is None:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{row.size}"})
    start, length = wanted
    partial = length < row.size
    headers["Content-Length"] = str(length)
    if partial:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{row.size}"
    try:
        pieces = context.evidence.read(sha256, start, length)
    except KeyError:
        raise NotFound("error.no_evidence") from None
    return StreamingResponse(pieces, 206 if partial else 200, headers, row.media_type)


async def _fill(upload: Upload, stream: AsyncIterator[bytes]) -> None:
    """Write what comes, in pieces large enough for a thread to be worth it."""
    waiting = bytearray()
    try:
        async for chunk in _unless_silent(stream):
            waiting += chunk
            if len(waiting) >= WRITE_BYTES:
                await run_in_threadpool(upload.write, bytes(waiting))
                waiting.clear()
    except (ClientDisconnect, TimeoutError):
        log.info("a sender of evidence broke off", missing=upload.missing - len(waiting))
    finally:
        upload.write(bytes(waiting))  # what came before a sender broke off need not come again
    if upload.missing:
        raise Unacceptable("error.incomplete", offset=upload.missing)


async def _unless_silent(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """What comes. Raises TimeoutError once nothing has come for LONGEST_SILENCE_S."""
    while True:
        try:
            async with asyncio.timeout(LONGEST_SILENCE_S):
                chunk = await anext(stream)
        except StopAsyncIteration:
            return
        yield chunk


def _record(context: Context, sha256: str, size: int, media_type: str, node: str) -> None:
    with context.database.writing() as db:
        is_new = record(db, sha256, size, media_type, node, utc_now())
        db.commit()
    if is_new:
        context.metrics.evidence_bytes.inc(size)
        context.board.publish(BoardEvent(BoardKind.EVIDENCE, sha256))


def _kept_bytes(context: Context, sha256: str) -> int | None:
    """The size of a piece that is recorded and whose bytes are really here."""
    with context.database.reading() as db:
        row = stored(db, sha256)
    return row.size if row is not None and context.evidence.size(sha256) == row.size else None


def _extent(request: Request) -> tuple[int, int, int]:
    """Start, length and total of what the request brings."""
    text = request.headers.get("content-length", "")
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise Unacceptable("error.length_needed")
    length = int(text)
    content_range = request.headers.get("content-range")
    if content_range is None:
        return 0, length, length
    match = CONTENT_RANGE.fullmatch(content_range)
    if match is None:
        raise Unacceptable("error.bad_range", offset=0)
    start, end, total = (int(group) for group in match.groups())
    if end - start + 1 != length or end >= total:
        raise Unacceptable("error.bad_range", offset=start)
    return start, length, total


def _wanted(header: str | None, size: int) -> tuple[int, int] | None:
    """Start and length of a range; the whole for none or for one of a kind not served, None for one outside."""
    match = RANGE.fullmatch(header or "")
    if match is None or not any(match.groups()):
        return 0, size
    first, last = match.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    return (start, end - start + 1) if start <= end else None
