"""A site for the console's tests: a live server, three people, and a node with three cameras."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import httpx

from protocol.kinds import Kind
from protocol.messages import (
    Alert,
    CameraBirth,
    CameraHealth,
    CameraState,
    Health,
    Learnt,
    LearntException,
    NodeState,
    Status,
)
from protocol.topics import Channel
from server.clock import utc_now
from server.db.tables import Alert as AlertRow
from server.db.tables.people import Role
from server.people.passwords import Passwords
from server.people.users import create_user
from server.settings import EvidenceStoreSettings
from tests.server.console.footage import LINE, ZONE, Piece
from tests.server.live import Live, NodeClient, eventually, running
from tests.server.parts import PASSWORD, Box, enrolled, settings_in

BOOT = "018f0000-0000-7000-8000-000000000001"
PEOPLE = (
    ("viewer", Role.VIEWER, "Viewer"),
    ("operator", Role.OPERATOR, "值班员 Duty officer"),
    ("colleague", Role.OPERATOR, "同事 Colleague"),
    ("admin", Role.ADMINISTRATOR, "Admin"),
)
STATES = (CameraState.WATCHING, CameraState.UNREACHABLE, CameraState.STALLED)


@dataclass(frozen=True, slots=True)
class Site:
    """The running server with its first node."""

    live: Live
    box: Box
    node: NodeClient

    @property
    def address(self) -> str:
        """Of the console."""
        return self.live.settings.address

    def sends(self, alert: Alert, *pieces: Piece) -> Alert:
        """The node sends an alert and its evidence; returns when both are kept."""
        self.node.publishes(Channel.ALERTS, alert)
        for piece in pieces:
            self.brings(piece)
        eventually(lambda: self.revision(alert) >= alert.revision)
        return alert

    def brings(self, piece: Piece) -> None:
        """The node uploads a piece of evidence."""
        headers = {
            "Authorization": f"Bearer {self.box.answer.evidence_token}",
            "Content-Type": piece.about.media_type,
        }
        answer = httpx.put(f"{self.address}/api/v1/evidence/{piece.about.sha256}", content=piece.data, headers=headers)
        assert answer.status_code in (200, 201), answer.text

    def has_learnt(self, *exceptions: LearntException, refused: Sequence[LearntException] = ()) -> None:
        """The node tells what verdicts have taught it: these exceptions and no others, and those that it refused."""
        learnt = Learnt(node=self.box.name, at=utc_now(), exceptions=exceptions, refused=tuple(refused))
        self.node.publishes(Channel.LEARNT, learnt)

    def case_of(self, alert: Alert) -> UUID:
        """The id of the case that an alert belongs to."""
        with self.live.context.database.reading() as db:
            return db.get_one(AlertRow, alert.id).case_id

    def revision(self, alert: Alert) -> int:
        """Of the alert as it is kept, 0 for none."""
        with self.live.context.database.reading() as db:
            row = db.get(AlertRow, alert.id)
            return row.revision if row else 0


def statue(alert: Alert, **changes: object) -> LearntException:
    """What a false verdict on an alert may bring about."""
    fields = {
        "id": alert.id.hex[-12:],
        "camera": alert.camera,
        "rule": alert.rule,
        "rule_kind": alert.kind,
        "since": utc_now(),
        "kind": "place",
        "label": "person",
        "box": (0.52, 0.35, 0.6, 0.75),
        "because": alert.id,
        "would_have_hidden": 0,
        "of": 41,
        **changes,
    }
    return LearntException.model_validate(fields)


def camera(name: str, title: str, zone: str = "Asia/Shanghai") -> CameraBirth:
    """A camera as its node tells of it."""
    return CameraBirth.model_validate(
        {
            "name": name,
            "title": title,
            "width": 640,
            "height": 360,
            "timezone": zone,
            "zones": [ZONE],
            "lines": [LINE],
            "kinds": [Kind.INTRUSION, Kind.LINE_CROSSING, Kind.LOITERING],
        }
    )


CAMERAS = (
    camera("east-gate", "东门 East gate"),
    camera("yard", "自行车棚 Bicycle shed"),
    camera("lift-3", "3 号电梯 Lift 3"),
)


def status(node: str, at: datetime, state: NodeState = NodeState.ONLINE) -> Status:
    """A node's birth certificate, or its farewell."""
    return Status.model_validate(
        {
            "node": node,
            "at": at,
            "boot": BOOT,
            "state": state,
            "title": "门卫室 Gatehouse",
            "software": "0.1.0",
            "model": "yolox-nano@1f2e3d4c5b6a",
            "cameras": [one.model_dump() for one in CAMERAS] if state is NodeState.ONLINE else [],
        }
    )


def health(node: str, at: datetime) -> Health:
    """One camera watches, one cannot be reached, one has stalled."""
    figures = {"frames_per_s": 25.0, "analysed_per_s": 5.0, "detected_per_s": 0.8}
    cameras = [
        CameraHealth.model_validate(
            {"name": one.name, "state": state, "since": at, **(figures if state is CameraState.WATCHING else {})}
        )
        for one, state in zip(CAMERAS, STATES, strict=True)
    ]
    whole = {"uptime_s": 86_400.0, "resident_mb": 214.0, "cpu_percent": 37.0, "cameras": cameras}
    return Health.model_validate({"node": node, "at": at, "boot": BOOT, **whole})


@contextmanager
def first_day(folder: Path) -> Iterator[Live]:
    """A server with PEOPLE (all with PASSWORD), before anything else."""
    with running(settings_in(folder, evidence=EvidenceStoreSettings(least_free_bytes=0))) as live:
        with live.context.database.writing() as db:
            for name, role, display_name in PEOPLE:
                create_user(db, Passwords(), name, PASSWORD, role, utc_now(), display_name)
            db.commit()
        yield live


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """The same with a node that is online."""
    with first_day(folder) as live, online(live, enrolled(live.context.database, live.settings, now=utc_now())) as site:
        yield site


@contextmanager
def online(live: Live, box: Box) -> Iterator[Site]:
    """A node has come up and told of its cameras."""
    with NodeClient(box, live.settings.mqtt.port).ready() as node:
        node.publishes(Channel.STATUS, status(box.name, utc_now()))
        node.publishes(Channel.HEALTH, health(box.name, utc_now()))
        yield Site(live, box, node)
