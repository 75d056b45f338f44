"""Sends what a replay finds to the server, through outbox and uplink as a node at work does."""

import time
from pathlib import Path
from types import TracebackType

from edge.alerts.life import Report
from edge.birth import Identity
from edge.clock import monotonic_s, utc_now
from edge.complaints import Complaint, ComplaintError, complaint
from edge.config import CameraConfig, LoadedNode
from edge.keeping import Keeper
from edge.outbox import Outbox
from edge.uplink.credentials import load_credentials
from edge.uplink.evidence import EvidenceLink
from edge.uplink.messages import MessageLink
from protocol.ids import uuid7
from protocol.messages import NodeState, OutboxHealth, Status

PATIENCE_S = 60.0
"""How long the server may take nothing before the sending is given up; what is left waits in the outbox."""


class PublishError(ComplaintError):
    """The server did not take everything; the text says what waits, where, and what to do."""


class Publisher:
    """A context: on leaving it waits until the server has everything. Raises CredentialsError, OutboxError."""

    def __init__(
        self, node: LoadedNode, camera: CameraConfig, model: str, folder: Path, patience_s: float = PATIENCE_S
    ) -> None:
        """`folder` keeps the outbox, so that a second try sends what the first could not."""
        credentials = load_credentials(node.folder / node.node.data_dir, node.node.name)
        identity = Identity(credentials.node, node.node.shown_title, uuid7(utc_now()), model)
        self._identity, self._camera, self._patience_s = identity, camera, patience_s
        self._path = folder / "outbox.sqlite"
        self._outbox = Outbox(self._path, node.node.outbox)
        self._messages = MessageLink(credentials, self._outbox, self._birth, identity.status(NodeState.LOST, utc_now()))
        self._evidence = EvidenceLink(credentials, self._outbox)
        self._keeper = Keeper(self._outbox, credentials.key, lambda _: self._evidence.wake.set())

    def add(self, report: Report) -> None:
        """One revision."""
        self._keeper.keep([report])

    def __enter__(self) -> "Publisher":
        self._messages.start()
        self._evidence.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._wait()
        finally:
            self._messages.stop(self._identity.status(NodeState.OFFLINE, utc_now()))
            self._evidence.stop()
            self._outbox.close()

    def _wait(self) -> None:
        """Raises PublishError if nothing goes on for `patience_s`."""
        before, since_s = self._outbox.health(), monotonic_s()
        while (health := self._outbox.health()).waiting_alerts or health.waiting_evidence:
            if health != before:
                before, since_s = health, monotonic_s()
            if monotonic_s() - since_s > self._patience_s:
                raise PublishError(self._left(health))
            time.sleep(0.05)

    def _left(self, health: OutboxHealth) -> Complaint:
        alerts, evidence = health.waiting_alerts, health.waiting_evidence
        return complaint("publish.waiting", path=self._path, alerts=alerts, evidence=evidence)

    def _birth(self) -> Status:
        return self._identity.status(NodeState.ONLINE, utc_now(), [(self._camera, (0, 0))])
