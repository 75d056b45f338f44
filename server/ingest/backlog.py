"""The messages that wait for ingest."""

import queue
from collections import Counter

from server.ingest.understand import Incoming

MOST_BYTES = 64 * 1024 * 1024
SHARES = 8
"""One topic takes no more than one of so many, so that whoever says too much does not silence the others."""
OWN_BYTES = 512
"""Of a message, beside its text."""


class Backlog(queue.Queue[Incoming]):
    """Bounded by bytes, not by number, in all and for each topic."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._bytes = 0
        self._bytes_by_topic: Counter[str] = Counter()
        super().__init__(most_bytes)

    def _qsize(self) -> int:
        return self._bytes

    def _put(self, item: Incoming) -> None:
        if self._bytes_by_topic[item.topic] >= self.maxsize / SHARES:
            raise queue.Full
        super()._put(item)
        self._weigh(item, +1)

    def _get(self) -> Incoming:
        item = super()._get()
        self._weigh(item, -1)
        return item

    def _weigh(self, item: Incoming, sign: int) -> None:
        weight = sign * (OWN_BYTES + len(item.topic) + len(item.payload))
        self._bytes += weight
        self._bytes_by_topic[item.topic] += weight
        if not self._bytes_by_topic[item.topic]:
            del self._bytes_by_topic[item.topic]
