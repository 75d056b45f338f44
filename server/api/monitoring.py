"""/healthz, /readyz and /metrics: for whoever watches the watchers."""

import ipaddress
import secrets

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from server.context import Context
from server.db.tables import Node
from server.dependencies import ServerContext, address_of
from server.errors import NotAllowed

router = APIRouter(tags=["monitoring"])


@router.get("/healthz")
def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
def ready(context: ServerContext) -> JSONResponse:
    """200 when the database answers and the broker has us, 503 with what is missing otherwise."""
    checks = {"database": _database_answers(context), "broker": context.link.online}
    return JSONResponse(checks, 200 if all(checks.values()) else 503)


@router.get("/metrics")
def metrics(request: Request, context: ServerContext) -> Response:
    """For Prometheus: from loopback, or from anywhere with the token of settings."""
    if not _may_read(request, context):
        raise NotAllowed("error.unlisted")
    context.metrics.subscribers.set(context.board.subscribers)
    with context.database.reading() as db:
        counts = db.execute(select(Node.state, func.count()).where(Node.revoked_at.is_(None)).group_by(Node.state))
        context.metrics.nodes.clear()
        for state, count in counts:
            context.metrics.nodes.labels(state or "enrolled").set(count)
    return Response(generate_latest(context.metrics.registry), media_type=CONTENT_TYPE_LATEST)


def _database_answers(context: Context) -> bool:
    try:
        context.database.ping()
    except SQLAlchemyError:
        return False
    return True


def _may_read(request: Request, context: Context) -> bool:
    token = context.settings.metrics_token
    if token is not None:
        said = request.headers.get("authorization", "")
        return secrets.compare_digest(said.encode(), f"Bearer {token.get_secret_value()}".encode())
    try:
        return ipaddress.ip_address(address_of(request)).is_loopback
    except ValueError:
        return False
