"""One camera: its zones over its last picture, and what verdicts have taught its rules, to be taken back."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from protocol.messages import Command
from protocol.topics import Channel
from server.console.pages.cameras import CameraView
from server.console.queries import last_snapshots
from server.console.shell import InShell, render
from server.context import Context as Parts
from server.db.tables import RuleException
from server.db.tables.lessons import Standing
from server.dependencies import Administrator, CsrfChecked, Database, Now, Operator, ServerContext, SignedIn
from server.ingest.board import BoardEvent, BoardKind
from server.lessons import asking
from server.lessons.queries import Exempted, exception, of_camera, refused_of_camera
from server.nodes.queries import camera as camera_by_name
from server.nodes.queries import node as node_by_name

router = APIRouter(include_in_schema=False)

MOST_REFUSED = 5
"""So many that were not made are listed, the newest; each stands on the page of its alert, too."""

Back = Annotated[Literal["alert", "camera"], Form()]
"""The page that the button stood on."""


@dataclass(frozen=True, slots=True)
class Context:
    """One camera and its exceptions."""

    view: CameraView
    standing: tuple[Exempted, ...]
    """Exceptions that are proposed or count, newest first."""
    gone: tuple[Exempted, ...]
    """Those that were taken back, newest first."""
    refused: tuple[Exempted, ...]
    """The newest that were not made."""
    more_refused: bool
    """There are older ones."""


@router.get("/cameras/{node}/{name}")
def page(shell: InShell, person: SignedIn, db: Database, node: str, name: str) -> HTMLResponse:
    """The camera as it is now."""
    camera = camera_by_name(db, node, name)
    sha256, at = last_snapshots(db).get((node, name), (None, None))
    every = of_camera(db, node, name)
    standing = tuple(one for one in every if one.standing is not Standing.GONE)
    gone = tuple(one for one in every if one.standing is Standing.GONE)
    refused = refused_of_camera(db, node, name, MOST_REFUSED + 1)
    view = CameraView(camera, node_by_name(db, node), sha256, at, len(standing))
    more = len(refused) > MOST_REFUSED
    return render("camera.html", shell, Context(view, standing, gone, tuple(refused[:MOST_REFUSED]), more))


@router.post("/exceptions/{node}/{exception_id}/taking-back", dependencies=[CsrfChecked])
def take_back(
    person: Operator, db: Database, context: ServerContext, now: Now, node: str, exception_id: str, back: Back
) -> Response:
    """Asks the node to count again what an exception holds back."""
    asked = exception(db, node, exception_id)
    command = asking.take_back(asked, person, now)
    db.commit()
    return _told(context, asked, command, back)


@router.post("/exceptions/{node}/{exception_id}/acceptance", dependencies=[CsrfChecked])
def accept(
    person: Administrator, db: Database, context: ServerContext, now: Now, node: str, exception_id: str, back: Back
) -> Response:
    """Asks the node to let a proposed exception count."""
    asked = exception(db, node, exception_id)
    command = asking.accept(asked, person, now)
    db.commit()
    return _told(context, asked, command, back)


def _told(context: Parts, asked: RuleException, command: Command, back: str) -> Response:
    context.link.say(asked.node, Channel.COMMANDS, command)
    context.board.publish(BoardEvent(BoardKind.ALERT, str(asked.because)))
    context.board.publish(BoardEvent(BoardKind.NODE, asked.node))
    place = f"/alerts/{asked.because}" if back == "alert" else f"/cameras/{asked.node}/{asked.camera}"
    return RedirectResponse(place, 303)
