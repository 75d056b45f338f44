"""Messages to and from the server over MQTT: publishes what waits in the outbox until its receipt comes."""

import threading
from collections.abc import Callable
from uuid import UUID

import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from edge.clock import monotonic_s
from edge.outbox import Outbox, OutboxError, WaitingAlert
from edge.uplink.credentials import Credentials
from protocol.messages import Command, Health, Learnt, Outcome, Receipt, RefusedMessage, Status, Verdict, encode, parse
from protocol.parting import part
from protocol.topics import CHANNELS, Channel, split, topic

RESEND_S = 15.0
"""A revision without receipt is published again after so long."""
MOST_IN_FLIGHT = 100
KEEPALIVE_S = 20
ANSWER_S = 4.0
"""Patience with a broker that has taken the connection and does not answer the log-in."""

log = structlog.get_logger()


class MessageLink:
    """Runs paho's network thread and one sender thread. The broker's own QoS is not trusted: receipts are.

    MQTT 5 is tried first; a broker that refuses it, or takes the connection and never answers the log-in, is met with
    3.1.1 the next time, and so on in turn.
    """

    def __init__(
        self,
        credentials: Credentials,
        outbox: Outbox,
        birth: Callable[[], Status],
        will: Status,
        on_word: Callable[[Verdict | Command], None] = lambda word: None,
        learnt: Callable[[], Learnt] | None = None,
    ) -> None:
        """`birth` and `learnt` make what is said at each connection; `will` is what the broker says if we are lost.

        `on_word` hears of verdicts and commands, on paho's thread.
        """
        self._credentials, self._outbox = credentials, outbox
        self._birth, self._will, self._learnt = birth, will, learnt
        self._on_word = on_word
        self._sent: dict[tuple[UUID, int], float] = {}
        """When each revision was published last; of both threads, hence the lock."""
        self._sent_lock = threading.Lock()
        self._stop = threading.Event()
        self._protocol = MQTTProtocolVersion.MQTTv5
        self._asked_s: float | None = None
        """When the log-in was sent that has not been answered."""
        self._client = self._make_client()
        self._online = threading.Event()
        self._thread = threading.Thread(target=self._send, name="uplink-messages", daemon=True)

    def start(self) -> None:
        """Connect, now or whenever the broker is there."""
        self._connect()
        self._thread.start()

    def stop(self, death: Status) -> None:
        """Say goodbye and end the threads."""
        if self._online.is_set():
            self._publish(Channel.STATUS, encode(death)).wait_for_publish(timeout=2)
        self._stop.set()
        self._outbox.changed.set()
        self._thread.join(timeout=5)
        part(self._client)

    @property
    def online(self) -> bool:
        """Whether the broker has us."""
        return self._online.is_set()

    def say_health(self, health: Health) -> None:
        """Publish once; a health message that is lost is followed by the next."""
        if self.online:
            self._publish(Channel.HEALTH, encode(health), qos=0)

    def say_birth(self) -> None:
        """Publish the birth certificate again, after what it tells has changed."""
        if self.online:
            self._publish(Channel.STATUS, encode(self._birth()))

    def say_learnt(self) -> None:
        """Publish what verdicts have taught, after it has changed or somebody has asked."""
        if self.online and self._learnt is not None:
            self._publish(Channel.LEARNT, encode(self._learnt()))

    def _make_client(self) -> mqtt.Client:
        credentials = self._credentials
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=f"shouwang-{credentials.node}", protocol=self._protocol
        )
        client.username_pw_set(credentials.mqtt_username, credentials.mqtt_password.get_secret_value())
        if credentials.mqtt_tls:
            client.tls_set()
        client.will_set(topic(credentials.node, Channel.STATUS), encode(self._will), qos=1, retain=True)
        client.reconnect_delay_set(1, 30)
        client.on_connect, client.on_disconnect, client.on_message = self._connected, self._lost, self._hear
        client.on_socket_open = self._asked
        return client

    def _asked(self, _client: mqtt.Client, _data: object, _socket: object) -> None:
        self._asked_s = monotonic_s()

    def _connect(self) -> None:
        self._client.connect_async(self._credentials.mqtt_host, self._credentials.mqtt_port, KEEPALIVE_S)
        self._client.loop_start()

    def _connected(self, client: mqtt.Client, _data: object, _flags: object, code: ReasonCode, _props: object) -> None:
        if code.is_failure:
            if code == "Unsupported protocol version":
                self._asked_s = float("-inf")
                self._outbox.changed.set()
            else:
                log.warning("broker refuses", reason=str(code), node=self._credentials.node)
            return
        self._asked_s = None
        node = self._credentials.node
        client.subscribe([(topic(node, c), 1) for c, facts in CHANNELS.items() if not facts.from_node])
        with self._sent_lock:
            self._sent.clear()
        self._publish(Channel.STATUS, encode(self._birth()))
        self._online.set()
        self.say_learnt()
        self._outbox.changed.set()
        log.info("broker has us", protocol=self._protocol.name)

    def _lost(self, _client: mqtt.Client, _data: object, _flags: object, code: ReasonCode, _props: object) -> None:
        if self._online.is_set() and not self._stop.is_set():
            log.warning("broker lost", reason=str(code))
        self._online.clear()

    def _hear(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        try:
            _, channel = split(message.topic)
            if channel is Channel.RECEIPTS:
                self._take_receipt(parse(Receipt, bytes(message.payload)))
            elif channel is Channel.VERDICTS:
                self._on_word(parse(Verdict, bytes(message.payload)))
            elif channel is Channel.COMMANDS:
                self._on_word(parse(Command, bytes(message.payload)))
        except (RefusedMessage, ValueError) as error:
            log.warning("message not understood", topic=message.topic, why=str(error))
        except OutboxError as error:  # the revision is published again, and receipted again
            log.error("a receipt could not be noted", why=str(error))

    def _take_receipt(self, receipt: Receipt) -> None:
        if receipt.outcome is Outcome.REFUSED:
            reason = receipt.reason.id if receipt.reason else "refused"
            log.error("server refuses an alert", alert=str(receipt.alert), reason=reason)
            self._outbox.refused(receipt.alert, receipt.revision, reason)
        else:
            self._outbox.receipt(receipt.alert, receipt.revision)
        with self._sent_lock:
            self._sent.pop((receipt.alert, receipt.revision), None)
        self._outbox.changed.set()

    def _send(self) -> None:
        while not self._stop.is_set():
            self._outbox.changed.wait(timeout=2)
            self._outbox.changed.clear()
            if self._asked_s is not None and monotonic_s() - self._asked_s > ANSWER_S:
                self._change_protocol()
            if self.online and not self._stop.is_set():
                try:
                    self._send_waiting()
                except OutboxError as error:
                    log.error("what waits could not be read", why=str(error))

    def _send_waiting(self) -> None:
        now_s = monotonic_s()
        for waiting in self._outbox.waiting_alerts(MOST_IN_FLIGHT):
            if self._due(waiting, now_s):
                self._publish(Channel.ALERTS, waiting.payload)
        with self._sent_lock:
            self._sent = {key: sent_s for key, sent_s in self._sent.items() if now_s - sent_s < 10 * RESEND_S}

    def _due(self, waiting: WaitingAlert, now_s: float) -> bool:
        """Whether to publish a revision now; if so, that is noted."""
        key = (waiting.id, waiting.revision)
        with self._sent_lock:
            due = now_s - self._sent.get(key, -RESEND_S) >= RESEND_S
            if due:
                self._sent[key] = now_s
        return due

    def _change_protocol(self) -> None:
        newer, older = MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311
        self._protocol = older if self._protocol is newer else newer
        log.info("trying the other version of MQTT", protocol=self._protocol.name)
        self._asked_s = None
        part(self._client)
        self._client = self._make_client()
        self._connect()

    def _publish(self, channel: Channel, payload: bytes, qos: int = 1) -> mqtt.MQTTMessageInfo:
        name = topic(self._credentials.node, channel)
        return self._client.publish(name, payload, qos=qos, retain=CHANNELS[channel].retained)
