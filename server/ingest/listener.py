"""The server's own MQTT client: hears all nodes, hands batches to ingest, and says the receipts after the commit."""

import contextlib
import queue
import random
import ssl
import threading
from dataclasses import dataclass

import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from protocol.messages import Message, encode
from protocol.parting import part
from protocol.topics import CHANNELS, Channel, every_node, topic
from server.clock import monotonic_s, utc_now
from server.db.engine import Database
from server.errors import ConfigurationError
from server.ingest.backlog import Backlog
from server.ingest.board import Board
from server.ingest.ingest import TRY_AGAIN, ingest
from server.ingest.understand import Incoming
from server.metrics import Metrics
from server.settings import Mqtt, Settings

LARGEST_BATCH = 200
KEEPALIVE_S = 20
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Account:
    """How the listener logs in to its broker. The embedded broker speaks MQTT 3.1.1 only."""

    host: str
    port: int
    username: str
    password: str
    version_5: bool


def account_of(settings: Mqtt) -> Account:
    """The account at an external broker. Raises ConfigurationError without one: nothing here is anonymous."""
    if not settings.username or settings.password is None:
        raise ConfigurationError("start.no_account")
    return Account(settings.host, settings.port, settings.username, settings.password.get_secret_value(), True)


class Listener:
    """Two threads: paho's network thread fills a bounded queue, one ingest thread empties it in batches.

    A message that finds the queue full is dropped and counted: without its receipt the node says it again.
    """

    def __init__(
        self, settings: Settings, account: Account, database: Database, board: Board, metrics: Metrics
    ) -> None:
        self._settings, self._account = settings, account
        self._database, self._board, self._metrics = database, board, metrics
        self._queue = Backlog()
        self._stop = threading.Event()
        self._online = threading.Event()
        self._client = self._make_client()
        self._thread = threading.Thread(target=self._run, name="ingest", daemon=True)

    def start(self) -> None:
        """Connect, now or whenever the broker is there."""
        self._client.connect_async(self._account.host, self._account.port, KEEPALIVE_S)
        self._client.loop_start()
        self._thread.start()

    def stop(self) -> None:
        """Stop hearing; what is in the queue without receipt is said again by its node."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        part(self._client)

    @property
    def online(self) -> bool:
        """Whether the broker has us and we hear."""
        return self._online.is_set()

    def say(self, node: str, channel: Channel, message: Message) -> None:
        """Publish to a node with QoS 1, if the broker is there; receipts are asked for again by repeating."""
        if self.online:
            self._client.publish(topic(node, channel), encode(message), qos=1, retain=CHANNELS[channel].retained)

    def _make_client(self) -> mqtt.Client:
        version = MQTTProtocolVersion.MQTTv5 if self._account.version_5 else MQTTProtocolVersion.MQTTv311
        client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=version)
        client.username_pw_set(self._account.username, self._account.password)
        if self._settings.mqtt.tls:
            client.tls_set_context(self._tls())
        client.max_inflight_messages_set(1000)
        client.reconnect_delay_set(1, 10)
        client.on_connect, client.on_disconnect = self._connected, self._lost
        client.on_subscribe, client.on_message = self._subscribed, self._hear
        return client

    def _tls(self) -> ssl.SSLContext:
        mqtt_settings = self._settings.mqtt
        trusted = mqtt_settings.ca if mqtt_settings.broker == "external" else mqtt_settings.certificate
        try:
            context = ssl.create_default_context(cafile=str(trusted) if trusted else None)
        except OSError as error:
            field = "mqtt.ca" if mqtt_settings.broker == "external" else "mqtt.certificate"
            why = error.strerror or str(error)
            raise ConfigurationError("start.no_pem", field=field, path=str(trusted), why=why) from None
        if mqtt_settings.broker == "embedded":
            context.check_hostname = False  # our own broker in our own process, by its own certificate
        return context

    def _connected(self, client: mqtt.Client, _data: object, _flags: object, code: ReasonCode, _props: object) -> None:
        if code.is_failure:
            log.error("broker refuses the server", reason=str(code), host=self._account.host, port=self._account.port)
            return
        client.subscribe([(self._filter(channel), 1) for channel, facts in CHANNELS.items() if facts.from_node])

    def _filter(self, channel: Channel) -> str:
        group = self._settings.mqtt.shared_group
        return f"$share/{group}/{every_node(channel)}" if group else every_node(channel)

    def _subscribed(
        self, _client: mqtt.Client, _data: object, _mid: int, codes: list[ReasonCode], _props: object
    ) -> None:
        refused = [str(code) for code in codes if code.is_failure]
        if refused:
            log.error("broker refuses the server's subscriptions; give its account the right", reasons=refused)
            return
        self._online.set()
        log.info("listening to nodes", host=self._account.host, port=self._account.port)

    def _lost(self, _client: mqtt.Client, _data: object, _flags: object, code: ReasonCode, _props: object) -> None:
        if self._online.is_set() and not self._stop.is_set():
            log.warning("broker lost", reason=str(code))
        self._online.clear()

    def _hear(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        incoming = Incoming(message.topic, bytes(message.payload), utc_now(), monotonic_s(), message.retain)
        try:
            self._queue.put_nowait(incoming)
        except queue.Full:
            self._metrics.overflow.inc()

    def _run(self) -> None:
        while not self._stop.is_set():
            batch = self._next_batch()
            if batch:
                self._take(batch)

    def _next_batch(self) -> list[Incoming]:
        batch: list[Incoming] = []
        with contextlib.suppress(queue.Empty):
            batch.append(self._queue.get(timeout=0.5))
            while len(batch) < LARGEST_BATCH:
                batch.append(self._queue.get_nowait())
        return batch

    def _take(self, batch: list[Incoming]) -> None:
        """Commit, then say so. While the database is away the batch waits, and nothing is receipted."""
        pause_s = FIRST_PAUSE_S
        while not self._stop.is_set():
            try:
                taken = ingest(self._database, batch, self._settings, utc_now())
                break
            except TRY_AGAIN as error:
                log.warning(
                    "database is away; nothing is receipted", why=str(getattr(error, "orig", error)), again_in_s=pause_s
                )
                self._stop.wait(pause_s * random.uniform(0.8, 1.2))
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            except Exception:
                log.exception("a batch failed; its nodes will repeat it", messages=len(batch))
                return
        else:
            return
        for node, channel, message in taken.to_nodes:
            self.say(node, channel, message)
        for event in taken.news:
            self._board.publish(event)
        for (channel_name, outcome), count in taken.outcomes.items():
            self._metrics.ingested.labels(channel_name, outcome).inc(count)
        for reason, count in taken.dead_letters.items():
            self._metrics.dead_letters.labels(reason).inc(count)
            log.warning("messages not understood", reason=reason, count=count)
        self._metrics.clock_suspect.inc(taken.clock_suspect)
        done_s = monotonic_s()
        for incoming in batch:
            self._metrics.receipt_s.observe(done_s - incoming.arrived_s)
