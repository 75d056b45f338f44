"""What nodes say of themselves: births, deaths, last wills and health, written to the tables of nodes and cameras."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocol.messages import CameraBirth, Health, NodeState, Status, Verdict
from server.db.tables import Alert, Camera, Node

OVERLAP = timedelta(minutes=2)
"""Verdicts said so shortly before a node was last heard of may have missed it."""
SILENCE = timedelta(minutes=2)
"""Who speaks of his health again after so long, without having been born again, kept the broker that we had lost."""


def store_status(db: Session, node: Node, status: Status, retained: bool, now: datetime) -> list[Verdict]:
    """Write a birth, death or last will; returns the verdicts that were said while the node was away.

    The last will of an earlier process, come after the birth of a newer one, changes nothing. Times are the server's:
    a node's clock may be wrong.
    """
    if status.state is not NodeState.ONLINE and node.boot is not None and status.boot != node.boot:
        return []
    missed: list[Verdict] = []
    if status.state is NodeState.ONLINE:
        if not retained:
            missed = _missed_verdicts(db, node)
            node.last_seen_at = now
        node.title = status.title or node.title
        node.boot, node.software = status.boot, status.software
        node.configuration, node.model = status.configuration, status.model
        _replace_cameras(db, node.name, status.cameras, now)
    if node.state is not status.state or (status.state is NodeState.ONLINE and not retained):
        node.state, node.state_at = status.state, now
    return missed


def store_health(db: Session, node: Node, health: Health, now: datetime) -> list[Verdict]:
    """Write a health message; whoever speaks is online. Returns the verdicts that were said while he was not heard."""
    silent = node.last_seen_at is not None and now - node.last_seen_at >= SILENCE
    missed = _missed_verdicts(db, node) if silent else []
    node.last_seen_at = now
    node.health = health.model_dump(mode="json")
    if node.state is not NodeState.ONLINE:
        node.state, node.state_at = NodeState.ONLINE, now
    rows = {row.name: row for row in db.scalars(select(Camera).where(Camera.node == node.name))}
    for camera in health.cameras:
        row = rows.get(camera.name)
        if row is None:
            row = Camera(node=node.name, name=camera.name, title=camera.name, zones=[], lines=[], kinds=[])
            db.add(row)
        if row.state is not camera.state:
            row.state, row.state_since = camera.state, min(camera.since, now)
        row.last_seen_at = now
        row.health = camera.model_dump(mode="json")
    return missed


def _replace_cameras(db: Session, node: str, births: tuple[CameraBirth, ...], now: datetime) -> None:
    rows = {row.name: row for row in db.scalars(select(Camera).where(Camera.node == node))}
    for birth in births:
        row = rows.pop(birth.name, None)
        if row is None:
            row = Camera(node=node, name=birth.name)
            db.add(row)
        row.title, row.timezone, row.removed_at = birth.title, birth.timezone, None
        row.width, row.height = birth.width or row.width or 0, birth.height or row.height or 0
        row.zones = [zone.model_dump(mode="json") for zone in birth.zones]
        row.lines = [line.model_dump(mode="json") for line in birth.lines]
        row.kinds = [str(kind) for kind in birth.kinds]
    for row in rows.values():
        row.removed_at = row.removed_at or now


def _missed_verdicts(db: Session, node: Node) -> list[Verdict]:
    if node.last_seen_at is None:
        return []
    rows = db.execute(
        select(Alert.id, Alert.verdict, Alert.verdict_at, Alert.verdict_note)
        .where(Alert.node == node.name, Alert.verdict_at >= node.last_seen_at - OVERLAP)
        .order_by(Alert.verdict_at)
    )
    return [Verdict(alert=alert, verdict=word, at=at, note=note) for alert, word, at, note in rows]
