"""The cameras: how each does, what it watches, and its zones over the last picture it sent."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from protocol.messages import NodeState, Rations
from server.console.queries import last_snapshots
from server.console.shell import InShell, render
from server.db.tables import Camera, Node
from server.dependencies import Database, SignedIn
from server.lessons.queries import standing_by_camera
from server.nodes.queries import cameras, nodes

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class CameraView:
    """A camera with its node and its last picture."""

    camera: Camera
    node: Node
    snapshot: str | None
    """SHA-256 of the newest snapshot that is here."""
    snapshot_at: datetime | None
    exceptions: int
    """What verdicts have taught it: how many are proposed or count."""

    @property
    def rations(self) -> Rations | None:
        """What its node leaves out of watching it now, as the last health message says."""
        told = (self.camera.health or {}).get("rations")
        return Rations.model_validate(told) if told and self.reachable else None

    @property
    def word(self) -> str:
        """How it does, as the catalogue names it."""
        if self.node.revoked_at is not None:
            return "revoked"
        return self.camera.state if self.camera.state and self.reachable else "unknown"

    @property
    def reachable(self) -> bool:
        """Whether its node is online, so that its state means anything."""
        return self.node.state is NodeState.ONLINE and self.node.revoked_at is None


@dataclass(frozen=True, slots=True)
class Context:
    """All cameras that still exist, by node and name."""

    cameras: tuple[CameraView, ...]


@router.get("/cameras")
def page(shell: InShell, person: SignedIn, db: Database) -> HTMLResponse:
    """All cameras."""
    by_name = {node.name: node for node in nodes(db)}
    pictures, exceptions = last_snapshots(db), standing_by_camera(db)
    views = []
    for camera in cameras(db):
        if camera.removed_at is None:
            key = (camera.node, camera.name)
            sha256, at = pictures.get(key, (None, None))
            views.append(CameraView(camera, by_name[camera.node], sha256, at, exceptions.get(key, 0)))
    return render("cameras.html", shell, Context(tuple(views)))
