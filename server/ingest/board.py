"""The live board's fan-out: committed changes, from any thread, to every open event stream."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum

from server.clock import monotonic_s

QUEUE_LENGTH = 256


class BoardKind(StrEnum):
    """What changed; RELOAD tells a subscriber that it missed something."""

    ALERT = "alert"
    CASE = "case"
    NODE = "node"
    EVIDENCE = "evidence"
    SNOOZE = "snooze"
    RELOAD = "reload"


@dataclass(frozen=True, slots=True)
class BoardEvent:
    """That something changed; the page asks for it by its id (alert's or case's UUID, node's name, sha256)."""

    kind: BoardKind
    id: str
    revision: int = 0


class Board:
    """Every subscriber has a queue of its own, bounded; one that is too slow gets RELOAD instead of what it missed.

    Lives in the process, lost at restart: subscribers reconnect and reload.
    """

    def __init__(self) -> None:
        self._subscribers: set[Subscription] = set()
        self._lock = threading.Lock()
        self._published_s = monotonic_s()

    def publish(self, event: BoardEvent) -> None:
        """Tell every subscriber. From any thread, after the commit; never waits."""
        with self._lock:
            self._published_s = monotonic_s()
            for subscriber in self._subscribers:
                subscriber.offer(event)

    @property
    def quiet_s(self) -> float:
        """For how long nothing has changed, or the server has run if nothing has."""
        return monotonic_s() - self._published_s

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator["Subscription"]:
        """Inside the block: an asynchronous iterator of all that is published from now on."""
        subscription = Subscription(asyncio.get_running_loop())
        with self._lock:
            self._subscribers.add(subscription)
        try:
            yield subscription
        finally:
            with self._lock:
                self._subscribers.discard(subscription)

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        with self._lock:
            for subscriber in self._subscribers:
                subscriber.offer(None)

    @property
    def subscribers(self) -> int:
        """How many streams are open."""
        return len(self._subscribers)


class Subscription:
    """One reader's view of the board; iterate it in the event loop that subscribed. None in the queue ends it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._queue: asyncio.Queue[BoardEvent | None] = asyncio.Queue(QUEUE_LENGTH)

    def offer(self, event: BoardEvent | None) -> None:
        """Hand over an event from any thread."""
        try:
            self._loop.call_soon_threadsafe(self._put, event)
        except RuntimeError:  # the loop has closed: nobody reads any more
            return

    def _put(self, event: BoardEvent | None) -> None:
        if self._queue.full():
            while not self._queue.empty():
                self._queue.get_nowait()
            self._queue.put_nowait(BoardEvent(BoardKind.RELOAD, ""))
        self._queue.put_nowait(event)

    async def next(self, timeout_s: float) -> BoardEvent:
        """The next event. Raises TimeoutError when none came for so long, StopAsyncIteration at the server's end."""
        return await asyncio.wait_for(self.__anext__(), timeout_s)

    def __aiter__(self) -> "Subscription":
        return self

    async def __anext__(self) -> BoardEvent:
        event = await self._queue.get()
        if event is None:
            raise StopAsyncIteration
        return event
