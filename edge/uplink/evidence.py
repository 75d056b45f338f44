"""Evidence to the server over HTTPS: by hash, resumed where it broke off, forgotten when the server has it."""

import threading

import httpx
import structlog

from edge.outbox import Outbox, OutboxError, WaitingEvidence
from edge.uplink.credentials import Credentials

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
REFUSALS = (400, 413, 415, 422)
"""Of a whole piece. The rest of one is sent again from the start: what the server had of it may have been spoilt."""
SET_ASIDE = 100
"""Pieces the server will not take are set aside until the next start, so that they hold up nothing."""

log = structlog.get_logger()


class EvidenceLink:
    """One thread, one piece at a time: snapshots before tracks before clips."""

    def __init__(self, credentials: Credentials, outbox: Outbox) -> None:
        self._outbox = outbox
        self._client = httpx.Client(
            base_url=credentials.server,
            headers={"Authorization": f"Bearer {credentials.evidence_token.get_secret_value()}"},
            timeout=httpx.Timeout(10, read=60, write=60),
        )
        self._stop = threading.Event()
        self.wake = threading.Event()
        """Set when new evidence waits."""
        self._refused: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="uplink-evidence", daemon=True)

    def start(self) -> None:
        """Begin to upload."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; a piece on its way is resumed at the next start."""
        self._stop.set()
        self.wake.set()
        self._thread.join(timeout=10)
        self._client.close()

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stop.is_set():
            try:
                piece = self._outbox.waiting_evidence(skip=frozenset(self._refused))
                if piece is None:
                    self.wake.wait(timeout=5)
                    self.wake.clear()
                    continue
                self._upload(piece)
                pause_s = FIRST_PAUSE_S
            except (httpx.HTTPError, OSError, OutboxError) as error:
                log.warning("evidence waits", why=str(error), again_in_s=pause_s)
                self._stop.wait(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _upload(self, piece: WaitingEvidence) -> None:
        """Send what the server does not have yet. Raises httpx.HTTPError if it should be tried again."""
        path = f"/api/v1/evidence/{piece.sha256}"
        head = self._client.head(path)
        offset = min(int(head.headers.get("Upload-Offset", 0)), len(piece.data)) if head.is_success else 0
        if head.is_success and offset == len(piece.data):
            self._outbox.uploaded(piece.sha256)
            return
        headers = {"Content-Type": piece.media_type}
        if offset:
            headers["Content-Range"] = f"bytes {offset}-{len(piece.data) - 1}/{len(piece.data)}"
        answer = self._client.put(path, content=piece.data[offset:], headers=headers)
        if answer.is_success:
            self._outbox.uploaded(piece.sha256)
        elif answer.status_code in REFUSALS and not offset and len(self._refused) < SET_ASIDE:
            log.error("server refuses evidence", sha256=piece.sha256[:12], status=answer.status_code)
            self._refused.add(piece.sha256)
        else:
            answer.raise_for_status()
            raise httpx.HTTPError(f"HTTP {answer.status_code}")
