"""A whole server on real ports, people with browsers' cookies, and nodes with real MQTT clients."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType

import httpx
import paho.mqtt.client as mqtt
import uvicorn
from fastapi import FastAPI
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from protocol.messages import Alert, Message, Receipt, encode, parse
from protocol.parting import part
from protocol.topics import Channel, split, topic
from server.app import create_app
from server.clock import utc_now
from server.context import Context
from server.db.engine import Database
from server.db.tables.people import Role
from server.dependencies import COOKIE
from server.people.passwords import Passwords
from server.people.sessions import LoggedIn, log_in
from server.settings import Settings
from tests.server.parts import PASSWORD, Box, somebody


@dataclass(frozen=True, slots=True)
class Live:
    """A running server."""

    app: FastAPI
    settings: Settings

    @property
    def context(self) -> Context:
        """Its parts."""
        context: Context = self.app.state.context
        return context

    def session(self, name: str) -> LoggedIn:
        """A new session of somebody who has PASSWORD."""
        return session(self.context.database, name)

    @contextmanager
    def browser(self, role: Role = Role.OPERATOR) -> Iterator[httpx.Client]:
        """An HTTP client of somebody new who is logged in, with his CSRF token set."""
        with browser(self.context.database, self.settings, role) as client:
            yield client


def session(database: Database, name: str) -> LoggedIn:
    """A new session of somebody who has PASSWORD."""
    entered = log_in(database, Passwords(), name, PASSWORD, "test", utc_now(), 1)
    assert isinstance(entered, LoggedIn)
    return entered


@contextmanager
def browser(database: Database, settings: Settings, role: Role = Role.OPERATOR) -> Iterator[httpx.Client]:
    """An HTTP client of somebody new who is logged in at the server with this database, with his CSRF token set."""
    name = f"{role}-{time.monotonic_ns()}"
    with database.writing() as db:
        somebody(db, role, name, utc_now())
        db.commit()
    entered = session(database, name)
    with httpx.Client(
        base_url=settings.address,
        cookies={COOKIE: entered.token},
        headers={"X-CSRF-Token": entered.person.csrf_token},
    ) as client:
        yield client


@contextmanager
def running(settings: Settings) -> Iterator[Live]:
    """The server from its start, when it is ready, to its stop."""
    app = create_app(settings)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.http.host,
            port=settings.http.port,
            log_level="error",
            ws="none",
            timeout_graceful_shutdown=2,
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    eventually(lambda: httpx.get(f"{settings.address}/readyz").status_code == 200)
    try:
        yield Live(app, settings)
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        assert not thread.is_alive()


def eventually(holds: Callable[[], bool], within_s: float = 15) -> None:
    """Wait until a condition holds; connection errors count as not yet."""
    end_s = time.monotonic() + within_s
    while True:
        try:
            if holds():
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < end_s, "it did not come to hold"
        time.sleep(0.02)


class NodeClient:
    """A box's MQTT connection; `heard` collects (channel, payload)."""

    def __init__(
        self,
        box: Box,
        port: int,
        *,
        password: str | None = None,
        client_id: str = "",
        will: str | None = None,
        will_says: bytes = b"will",
        keepalive_s: int = 20,
        version: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv311,
    ) -> None:
        self.box = box
        self.heard: queue.Queue[tuple[Channel, bytes]] = queue.Queue()
        self.connected: queue.Queue[bool] = queue.Queue()
        self.granted: queue.Queue[bool] = queue.Queue()
        self.lost = threading.Event()
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=version)
        self.client.username_pw_set(box.name, password if password is not None else box.answer.mqtt_password)
        if will:
            self.client.will_set(will, will_says, qos=1)
        self.client.on_connect = lambda _c, _d, _f, code, _p: self.connected.put(not code.is_failure)
        self.client.on_subscribe = lambda _c, _d, _m, codes, _p: self.granted.put(not codes[0].is_failure)
        self.client.on_disconnect = lambda *_: self.lost.set()
        self.client.on_message = lambda _c, _d, m: self.heard.put((split(m.topic)[1], bytes(m.payload)))
        self.client.connect("127.0.0.1", port, keepalive_s)
        self.client.loop_start()

    def __enter__(self) -> "NodeClient":
        return self

    def __exit__(self, _t: type[BaseException] | None, _e: BaseException | None, _b: TracebackType | None) -> None:
        part(self.client)

    def came_in(self) -> bool:
        """Whether the broker took the log-in."""
        return self.connected.get(timeout=10)

    def subscribes(self, pattern: str) -> bool:
        """Whether the broker granted the subscription."""
        self.client.subscribe(pattern, qos=1)
        return self.granted.get(timeout=10)

    def ready(self) -> "NodeClient":
        """Log in and subscribe to receipts, verdicts and commands."""
        assert self.came_in()
        for channel in (Channel.RECEIPTS, Channel.VERDICTS, Channel.COMMANDS):
            assert self.subscribes(topic(self.box.name, channel))
        return self

    def says(self, alert: Alert) -> None:
        """Publish an alert."""
        self.client.publish(topic(self.box.name, Channel.ALERTS), encode(alert), qos=1)

    def publishes(self, channel: Channel, message: Message | bytes, within_s: float = 20) -> None:
        """Publish on any channel and wait until the broker has it."""
        payload = message if isinstance(message, bytes) else encode(message)
        self.client.publish(topic(self.box.name, channel), payload, qos=1).wait_for_publish(within_s)

    def receipts(self, count: int, within_s: float = 20) -> list[Receipt]:
        """The next receipts."""
        return [parse(Receipt, self.heard.get(timeout=within_s)[1]) for _ in range(count)]
