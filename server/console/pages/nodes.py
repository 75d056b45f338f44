"""The nodes: state, figures, and how new ones join and old ones lose their rights."""

from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from protocol.messages import Health
from server.console.queries import zones_by_node
from server.console.shell import InShell, render
from server.db.tables import Node
from server.dependencies import Administrator, CsrfChecked, Database, Now, ServerContext, SignedIn
from server.ingest.board import BoardEvent, BoardKind
from server.nodes.enrolment import new_code, revoke
from server.nodes.queries import cameras, node, nodes, open_codes

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class NodeView:
    """A node, what it last said of its health, and how many cameras it has."""

    node: Node
    health: Health | None
    cameras: int
    timezone: str
    """IANA name, UTC while no camera tells."""


@dataclass(frozen=True, slots=True)
class Context:
    """All nodes, and for administrators the way to a new one."""

    nodes: tuple[NodeView, ...]
    address: str
    """The server as nodes reach it, for the command: as settings say, or else as this page was reached."""
    waiting_codes: tuple[datetime, ...]
    """When each code that can still be used expires."""
    new_code: str | None = None
    """A code just made; shown this once."""


@router.get("/nodes")
def page(request: Request, shell: InShell, person: SignedIn, db: Database, context: ServerContext) -> HTMLResponse:
    """All nodes."""
    return render("nodes.html", shell, _context(db, _address(request, context), shell.now))


@router.post("/nodes/codes", dependencies=[CsrfChecked])
def make_code(
    request: Request, shell: InShell, person: Administrator, db: Database, context: ServerContext
) -> HTMLResponse:
    """Makes a code and shows it once."""
    code = new_code(db, person, shell.now)
    db.commit()
    page = _context(db, _address(request, context), shell.now, code)
    return render("nodes.html", replace(shell, path="/nodes"), page)


@router.post("/nodes/{name}/revoke", dependencies=[CsrfChecked])
def take_rights(person: Administrator, db: Database, context: ServerContext, now: Now, name: str) -> Response:
    """Takes a node's rights."""
    revoke(db, node(db, name), now)
    db.commit()
    context.board.publish(BoardEvent(BoardKind.NODE, name))
    return RedirectResponse("/nodes", 303)


def _address(request: Request, context: ServerContext) -> str:
    return context.settings.address if context.settings.public_url else str(request.base_url).rstrip("/")


def _context(db: Database, address: str, now: datetime, code: str | None = None) -> Context:
    counts: dict[str, int] = {}
    for camera in cameras(db):
        if camera.removed_at is None:
            counts[camera.node] = counts.get(camera.node, 0) + 1
    zones = zones_by_node(db)
    views = (_view(one, counts.get(one.name, 0), zones.get(one.name, "UTC")) for one in nodes(db))
    waiting = tuple(waiting.expires_at for waiting in open_codes(db, now))
    return Context(tuple(views), address, waiting, code)


def _view(node: Node, cameras: int, timezone: str) -> NodeView:
    return NodeView(node, Health.model_validate(node.health) if node.health else None, cameras, timezone)
