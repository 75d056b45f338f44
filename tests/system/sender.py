"""A node without cameras, to be killed: real outbox, signature and uplink, with alerts made from numbers.

`python -m tests.system.sender FOLDER COUNT` puts alerts 0 … COUNT-1 (a begin with a snapshot, then an end each), waits
until the server has everything, and ends. Started again it goes on with the first alert that it may not have put.
"""

import sys
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import cv2
import numpy as np

from edge.alerts.evidence import Piece
from edge.alerts.life import Report
from edge.birth import Identity
from edge.keeping import Keeper
from edge.outbox import Outbox, OutboxSettings
from edge.uplink.credentials import FILE, Credentials
from edge.uplink.evidence import EvidenceLink
from edge.uplink.messages import MessageLink
from protocol.ids import uuid7
from protocol.kinds import Phase
from protocol.messages import Alert, Command, Evidence, EvidenceKind, NodeState, Verdict
from tests.protocol.example import alert

PAUSE_S = 0.004


class Sender:
    """Keeper, outbox and both links of a node."""

    def __init__(self, folder: Path, credentials: Credentials | None = None) -> None:
        self.credentials = credentials or Credentials.model_validate_json((folder / FILE).read_bytes())
        self.outbox = Outbox(folder / "outbox.sqlite", OutboxSettings())
        now = datetime.now(UTC)
        self._identity = Identity(self.credentials.node, "Sender", uuid7(now), "none@0")
        self.verdicts: list[UUID] = []
        self.messages = MessageLink(
            self.credentials,
            self.outbox,
            lambda: self._identity.status(NodeState.ONLINE, datetime.now(UTC)),
            self._identity.status(NodeState.LOST, now),
            self._hear,
        )
        self.evidence = EvidenceLink(self.credentials, self.outbox)
        self.keeper = Keeper(self.outbox, self.credentials.key, lambda _: self.evidence.wake.set())

    def __enter__(self) -> "Sender":
        self.messages.start()
        self.evidence.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.messages.stop(self._identity.status(NodeState.OFFLINE, datetime.now(UTC)))
        self.evidence.stop()
        self.outbox.close()

    def _hear(self, word: Verdict | Command) -> None:
        if isinstance(word, Verdict):
            self.verdicts.append(word.alert)

    def sends(self, number: int, began_at: datetime) -> Alert:
        """Begin and end of one alert."""
        picture = snapshot(number, began_at)
        begin = numbered(self.credentials.node, number, began_at, picture)
        end = begin.model_copy(
            update={"revision": 2, "phase": Phase.END, "at": begin.at, "ended_at": begin.at + timedelta(seconds=1)}
        )
        self.keeper.keep([Report(begin, (picture,)), Report(end)])
        return begin

    @property
    def empty(self) -> bool:
        """Whether the server has everything."""
        return not self.keeper.holds and self.outbox.empty


def numbered(node: str, number: int, began_at: datetime, picture: Piece) -> Alert:
    """Alert of a number: always the same id, at one of twenty cameras."""
    return alert(
        f"alert {number}",
        began_at,
        id=uuid7(began_at, f"alert {number}"),
        node=node,
        camera=f"camera-{number % 20}",
        evidence=(picture.about,),
    )


def snapshot(number: int, at: datetime) -> Piece:
    """A small picture that no other number has."""
    picture = np.full((32, 64, 3), 40, np.uint8)
    cv2.putText(picture, str(number), (2, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255))
    jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
    comment = b"\xff\xfe\x00\x0a" + f"{number:08d}".encode()  # makes the bytes its own, however the digits come out
    data = jpeg[:2] + comment + jpeg[2:]
    about = Evidence(
        sha256=sha256(data).hexdigest(),
        kind=EvidenceKind.SNAPSHOT,
        media_type="image/jpeg",
        size=len(data),
        from_=at,
        to=at,
    )
    return Piece(about, data)


def main() -> None:
    """Send, wait, end."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    started = folder / "started"
    progress = folder / "progress"
    if not started.exists():
        started.write_text(datetime.now(UTC).isoformat())
    began = datetime.fromisoformat(started.read_text())
    with Sender(folder) as sender:
        for number in range(int(progress.read_text()) if progress.exists() else 0, count):
            sender.sends(number, began + timedelta(milliseconds=number))
            partial = progress.with_suffix(".partial")
            partial.write_text(str(number + 1))
            partial.replace(progress)
            time.sleep(PAUSE_S)
        while not sender.empty:
            time.sleep(0.05)


if __name__ == "__main__":
    main()
