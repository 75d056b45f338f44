"""amqtt as the embedded broker, in a thread with an event loop of its own.

amqtt 0.12 is made stricter in twelve places, each of which has a test:

- It looks up, changes and deletes sessions by client id before it has checked the password; here nobody touches a
  session before he is known, and a client's id is always its account's name.
- It broadcasts last wills without asking whether the topic is allowed; here that is part of the log-in.
- It keeps sessions for the absent; here it does not, for our receipts repeat what was missed.
- It reads a log-in of MQTT 5 as one of 3.1.1 and waits for bytes that never come; here a refusal answers it at once.
- It waits for ever for who has fallen silent; here his connection ends after one and a half times his keep-alive, as
  the standard has it, and his last will is said.
- It listens for silence only between two packets; here also in the middle of one.
- It takes packets of up to 256 MiB; here of twice our largest message.
- It keeps the place of a connection for ever that ends before the log-in in another way than it expects, by a reset for
  one; here whatever ends a connection frees its place.
- It forgets that it has ended a connection which is only just coming in; here that one ends as soon as it has.
- It may subscribe a connection that has lost its place already, and then take the next one for subscribed; here only
  the present one can subscribe.
- It leaves open, when it stops, who has not logged in yet; here it ends every connection.
- It says goodbye to one after the other for as long as each takes, and a peer that is gone takes long; here to all at
  once, and nobody is waited for long.
"""

import asyncio
import math
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any
from weakref import WeakSet

import structlog
from amqtt.adapters import BufferReader, StreamReaderAdapter, StreamWriterAdapter
from amqtt.broker import Broker
from amqtt.contexts import Action, BrokerConfig, ListenerConfig
from amqtt.errors import AMQTTError, BrokerError
from amqtt.mqtt.connack import (
    NOT_AUTHORIZED,
    SERVER_UNAVAILABLE,
    UNACCEPTABLE_PROTOCOL_VERSION,
    ConnackPacket,
)
from amqtt.mqtt.packet import CONNECT, MQTTFixedHeader
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.session import Session
from sqlalchemy.exc import SQLAlchemyError

from protocol.messages import MAX_MESSAGE_BYTES
from server.broker.gate import SERVER, Gate
from server.errors import ConfigurationError, Unreachable
from server.listening import listen
from server.settings import Mqtt

MOST_CONNECTIONS = 2000
LOGIN_WITHIN_S = 10
GOODBYE_WITHIN_S = 5
"""What a peer has not taken by then he does not get any more."""
LARGEST_LOGIN_BYTES = 64 * 1024
"""A last will is part of it."""
LARGEST_PACKET_BYTES = 2 * MAX_MESSAGE_BYTES
"""What is a little too large is refused by ingest with its reason."""
OUR_VERSION = 4
"""What CONNECT calls MQTT 3.1.1; MQTT 5 is 5."""
NOT_SUBSCRIBED = 0x80
"""What SUBACK calls a subscription that was not granted."""
RECHECK_S = 2.0
"""So soon is a node cut off that was revoked or enrolled anew."""

log = structlog.get_logger()


class PacketReader(StreamReaderAdapter):  # type: ignore[misc]  # amqtt's classes carry no types for mypy
    """What a peer says: no packet larger than any of ours is, and no silence longer than his keep-alive."""

    keep_alive_s: float | None = None
    """None before the log-in, which has its own limit, and for who wants none."""
    _ended = False

    async def read(self, n: int = -1) -> bytes:
        """The next n bytes. Raises ValueError for too many, upon which amqtt ends the connection; TimeoutError."""
        if n > LARGEST_PACKET_BYTES:
            raise ValueError(f"a packet of more than {LARGEST_PACKET_BYTES} bytes")
        if self._ended:
            return b""
        async with asyncio.timeout(self.keep_alive_s):
            data: bytes = await super().read(n)
        return data

    def feed_eof(self) -> None:
        """No more bytes are heard; half a packet that is there already would be taken for whole ones."""
        self._ended = True


class PacketWriter(StreamWriterAdapter):  # type: ignore[misc]
    """What a peer is told."""

    async def close(self) -> None:
        """Say goodbye and end the connection. It ends, too, when the peer has gone or does not listen."""
        if self.is_closed:
            return
        try:
            with suppress(Exception):  # it raises once more whatever has ended the connection
                async with asyncio.timeout(GOODBYE_WITHIN_S):
                    await super().close()
        finally:
            self._writer.transport.abort()


class NodeHandler(BrokerProtocolHandler):  # type: ignore[misc]
    """One connection, which ends when its node has been silent for too long, or has been cut off."""

    _ended = False

    async def start(self) -> None:
        """Hear and answer, unless it was cut off while it was coming in: else nobody would know of it any more."""
        await super().start()
        if self._ended:
            await self.handle_connection_closed()

    async def handle_connection_closed(self) -> None:
        """It ends."""
        self._ended = True
        await super().handle_connection_closed()

    def handle_read_timeout(self) -> None:
        """Nothing came within the session's keep-alive: amqtt, which would read on, finds the end."""
        self.reader.feed_eof()


class NodeBroker(Broker):  # type: ignore[misc]
    """amqtt's broker behind a Gate."""

    def __init__(self, config: BrokerConfig, gate: Gate) -> None:
        super().__init__(config)
        self._gate = gate
        self._admitted: dict[str, str | None] = {}
        """Hash of the password each account came in with, so that a changed one cuts it off."""
        self._connections: WeakSet[asyncio.StreamWriter] = WeakSet()

    def stream_connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, listener_name: str
    ) -> Coroutine[Any, Any, None]:
        """Serve a connection. It is remembered before its task runs, which may be cancelled before that."""
        self._connections.add(writer)
        served: Coroutine[Any, Any, None] = self._client_connected(
            listener_name, PacketReader(reader), PacketWriter(writer)
        )
        return served

    async def shutdown(self) -> None:
        """Let nobody in any more, say goodbye to the nodes, end whatever is still open, and stop."""
        for listener in self._servers.values():
            listener.instance.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_WITHIN_S):
                await asyncio.gather(*map(self._cleanup_session, list(self._sessions)), return_exceptions=True)
        for connection in list(self._connections):
            connection.transport.abort()
        await super().shutdown()

    async def _initialize_client_session(
        self, reader: PacketReader, writer: PacketWriter, remote_address: str, remote_port: int
    ) -> tuple[BrokerProtocolHandler, Session]:
        """Let a peer in or close his connection, whatever goes wrong: amqtt frees his place for its own errors only."""
        try:
            return await self._let_in(reader, writer, remote_address)
        except Exception as error:
            await writer.close()
            raise AMQTTError(f"no log-in: {type(error).__name__}") from None

    async def _let_in(
        self, reader: PacketReader, writer: PacketWriter, remote_address: str
    ) -> tuple[BrokerProtocolHandler, Session]:
        """Hear a log-in, ask the gate, and give the account's place to this connection."""
        handler, session = await asyncio.wait_for(self._hear_login(reader, writer), LOGIN_WITHIN_S)
        will = session.will_topic if session.will_flag else None
        try:
            entry = await asyncio.to_thread(self._gate.admit, session.username, session.password, will)
        except SQLAlchemyError:
            await self._turn_away(writer, SERVER_UNAVAILABLE)
            raise
        if entry is None:
            log.warning("log-in refused", account=session.username, address=remote_address)
            await self._turn_away(writer, NOT_AUTHORIZED)
            raise AMQTTError("log-in refused")
        session.client_id, session.clean_session, session.parent = entry.account, True, 0
        session.keep_alive = math.ceil(1.5 * session.keep_alive)
        reader.keep_alive_s = session.keep_alive or None
        await self._cut_off(entry.account, with_will=False)
        self._admitted[entry.account] = entry.password_hash
        return handler, session

    async def _hear_login(self, reader: PacketReader, writer: PacketWriter) -> tuple[BrokerProtocolHandler, Session]:
        """Read the whole CONNECT, then let amqtt take it apart: it must not wait for more than that."""
        header = await MQTTFixedHeader.from_stream(reader)
        if header is None or header.packet_type != CONNECT or header.remaining_length > LARGEST_LOGIN_BYTES:
            raise AMQTTError("this is no CONNECT")
        body = await reader.read(header.remaining_length)
        if body.startswith(b"\0\4MQTT") and body[6:7] != bytes([OUR_VERSION]):
            await self._turn_away(writer, UNACCEPTABLE_PROTOCOL_VERSION)
            raise AMQTTError("not MQTT 3.1.1")
        login = BufferReader(header.to_bytes() + body)
        handler, session = await NodeHandler.init_from_connect(login, writer, self.plugins_manager)
        return handler, session

    @staticmethod
    async def _turn_away(writer: PacketWriter, code: int) -> None:
        """Tell a peer why he does not come in, before his connection is closed."""
        await ConnackPacket.build(0, code).to_stream(writer)

    async def _authenticate(self, session: Session, _: ListenerConfig) -> bool:
        return True  # done before the session was made

    async def _topic_filtering(self, session: Session, topic: str, action: Action) -> bool:
        if action is Action.PUBLISH:
            return self._gate.may_say(session.username, topic)
        return self._gate.may_hear(session.username, topic)

    async def add_subscription(self, subscription: tuple[str, int], session: Session) -> int:
        """Subscribe a session, unless another connection has its account's place: that one would not be heard then."""
        present, _ = self._sessions.get(session.client_id, (None, None))
        if session is not present:
            return NOT_SUBSCRIBED
        granted: int = await super().add_subscription(subscription, session)
        return granted

    async def recheck(self) -> None:
        """Cut off whoever was revoked or got another password since he came in."""
        hashes = await asyncio.to_thread(self._gate.valid_hashes)
        for account in list(self._sessions):
            if account != SERVER and hashes.get(account) != self._admitted.get(account):
                log.warning("node cut off", node=account)
                await self._cut_off(account, with_will=True)

    async def _cut_off(self, account: str, *, with_will: bool) -> None:
        """End an account's connection. Its place is taken by a newer one: no will, for the node is not lost."""
        session, handler = self._sessions.get(account, (None, None))
        if session is None or handler is None:
            return
        session.will_flag = session.will_flag and with_will
        await self._delete_session(account)
        await handler.handle_connection_closed()


class EmbeddedBroker:
    """Runs the broker in a thread from `start` to `stop`."""

    def __init__(self, settings: Mqtt, gate: Gate) -> None:
        self._settings, self._gate = settings, gate
        self._ready: Future[None] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="broker", daemon=True)

    def start(self) -> None:
        """Listen. Raises Unreachable when the port is taken, ConfigurationError for a certificate it cannot read."""
        listen(self._settings.host, self._settings.port, "mqtt").close()  # amqtt would tell it in a page
        self._thread.start()
        try:
            self._ready.result(timeout=15)
        except BrokerError as error:
            raise Unreachable("start.broker", why=str(error)) from None
        except (OSError, ValueError) as error:
            raise ConfigurationError("start.certificate", why=str(error)) from None

    def stop(self) -> None:
        """Say goodbye to all and stop listening."""
        if self._loop is not None and self._stopping is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(timeout=15)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        try:
            broker = NodeBroker(_config(self._settings), self._gate)
            await broker.start()
        except Exception as error:
            self._ready.set_exception(error)
            return
        self._ready.set_result(None)
        while not self._stopping.is_set():
            try:
                await asyncio.wait_for(self._stopping.wait(), RECHECK_S)
            except TimeoutError:
                await self._recheck(broker)
        await broker.shutdown()

    @staticmethod
    async def _recheck(broker: NodeBroker) -> None:
        try:
            await broker.recheck()
        except Exception as error:  # the database may be away: who is in stays in, and the next round comes
            log.warning("accounts could not be checked again", why=type(error).__name__)


def _config(settings: Mqtt) -> BrokerConfig:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    listener: dict[str, Any] = {
        "bind": f"{host}:{settings.port}",
        "max_connections": MOST_CONNECTIONS,
        "ssl": settings.tls,
        "certfile": settings.certificate if settings.tls else None,
        "keyfile": settings.private_key if settings.tls else None,
    }
    return BrokerConfig(listeners={"default": ListenerConfig(**listener)}, plugins={})
