"""What is asked about nodes and cameras."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db.tables import Camera, EnrolmentCode, Node
from server.errors import NotFound


def nodes(db: Session) -> list[Node]:
    """All nodes by name, revoked ones too."""
    return list(db.scalars(select(Node).order_by(Node.name)))


def node(db: Session, name: str) -> Node:
    """One node. Raises NotFound."""
    found = db.get(Node, name)
    if found is None:
        raise NotFound("error.no_node", name=name)
    return found


def cameras(db: Session, node: str | None = None) -> list[Camera]:
    """Cameras by node and name; those a node no longer has carry `removed_at`."""
    query = select(Camera).order_by(Camera.node, Camera.name)
    return list(db.scalars(query if node is None else query.where(Camera.node == node)))


def camera(db: Session, node: str, name: str) -> Camera:
    """One camera. Raises NotFound."""
    found = db.get(Camera, (node, name))
    if found is None:
        raise NotFound("error.no_camera", name=name)
    return found


def open_codes(db: Session, now: datetime) -> list[EnrolmentCode]:
    """Enrolment codes that can still be used, newest first; only their hashes are known."""
    return list(
        db.scalars(
            select(EnrolmentCode)
            .where(EnrolmentCode.used_at.is_(None), EnrolmentCode.expires_at > now)
            .order_by(EnrolmentCode.created_at.desc())
        )
    )
