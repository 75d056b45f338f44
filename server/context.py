"""What request handlers need, built once at start and put on `app.state.context`."""

from dataclasses import dataclass

from server.db.engine import Database
from server.evidence.store import EvidenceStore
from server.evidence.uploads import Uploads
from server.ingest.board import Board
from server.ingest.link import Link
from server.metrics import Metrics
from server.people.passwords import Passwords
from server.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """The server's parts; each is thread-safe."""

    settings: Settings
    database: Database
    evidence: EvidenceStore
    uploads: Uploads
    board: Board
    metrics: Metrics
    passwords: Passwords
    link: Link
    """To the nodes: `link.say(node, channel, message)` publishes, at best effort, after a commit."""
