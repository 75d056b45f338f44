"""From report to outbox: signed, put, and held in memory while the disk takes nothing."""

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.alerts.life import Report
from edge.clock import monotonic_s
from edge.outbox import Outbox, OutboxError
from protocol.messages import Alert, RefusedMessage, encode, parse
from protocol.signing import BadSignature, sign, verify

MOST_HELD_BYTES = 64_000_000
"""Evidence held in memory while the disk is full; beyond it the oldest evidence is given up, never its alert."""
RETRY_S = 2.0

log = structlog.get_logger()


class Keeper:
    """Used by one thread. Reports reach the outbox in the order in which they came. One key signs all that waits."""

    def __init__(
        self,
        outbox: Outbox,
        key: Ed25519PrivateKey,
        kept: Callable[[Report], None],
        most_held_bytes: int = MOST_HELD_BYTES,
    ) -> None:
        """`kept` hears of each signed report that the outbox has; that it cannot write (OSError) is no matter."""
        self._outbox, self._key, self._kept = outbox, key, kept
        self._most_held_bytes = most_held_bytes
        self._held: deque[Report] = deque()
        self._due_s = 0.0
        self._sign_again()

    @property
    def holds(self) -> int:
        """Reports that the disk has not taken."""
        return len(self._held)

    def keep(self, reports: Iterable[Report]) -> None:
        """Sign and put. What the disk does not take waits for `retry`."""
        self._held.extend(replace(report, alert=sign(report.alert, self._key)) for report in reports)
        self.retry()

    def retry(self) -> None:
        """Put what waits, oldest first; a disk that took nothing is left alone for a while."""
        while self._held and monotonic_s() >= self._due_s:
            report = self._held[0]
            try:
                self._outbox.put(report.alert, report.pieces)
            except OutboxError as error:
                self._due_s = monotonic_s() + RETRY_S
                log.error("alerts cannot be kept", why=str(error), waiting=len(self._held))
                self._give_up_evidence()
                return
            self._held.popleft()
            with suppress(OSError):  # it is told as a line in a file whose disk is full, say; the outbox has it
                self._kept(report)

    def _sign_again(self) -> None:
        """What waits from before the node was enrolled again bears a key that the server no longer takes."""
        try:
            count = self._outbox.try_again(self._fitting)
        except OutboxError as error:
            log.error("what waits cannot be signed again", why=str(error))
            return
        if count:
            log.warning("signed again, for the node has a new key", alerts=count)

    def _fitting(self, payload: bytes) -> bytes:
        """The alert signed by the present key; nothing else in it changes."""
        try:
            alert = parse(Alert, payload)
            verify(payload, self._key.public_key())
        except BadSignature:
            return encode(sign(alert, self._key))
        except RefusedMessage as error:  # written by another version; the server has the last word on it
            log.error("a waiting alert cannot be read", why=str(error))
        return payload

    def _give_up_evidence(self) -> None:
        held_bytes = sum(len(piece.data) for report in self._held for piece in report.pieces)
        for number, report in enumerate(self._held):
            if held_bytes <= self._most_held_bytes:
                return
            if report.pieces:
                held_bytes -= sum(len(piece.data) for piece in report.pieces)
                self._held[number] = replace(report, pieces=())
                log.error("evidence given up, no disk and no memory for it", alert=str(report.alert.id))
