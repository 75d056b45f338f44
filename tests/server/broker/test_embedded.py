"""The embedded broker lets in whom it knows, and holds each node to its own topics."""

import asyncio
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from amqtt.adapters import StreamWriterAdapter
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.session import Session
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from protocol.ids import uuid7
from protocol.messages import NodeState, Outcome, Status, encode
from protocol.parting import part
from protocol.topics import Channel, topic
from server.app import Server
from server.broker import embedded
from server.broker.embedded import NodeBroker, NodeHandler, PacketReader, PacketWriter
from server.broker.gate import SERVER, Entry, Gate
from server.clock import utc_now
from server.db.tables import Node
from server.errors import Unreachable
from server.settings import Settings
from tests.server.live import Live, NodeClient, eventually, running
from tests.server.parts import Box, enrolled, settings_in


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with running(settings_in(tmp_path_factory.mktemp("live"))) as server:
        yield server


@pytest.fixture
def crowded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    """A server with two places, of which it needs one itself."""
    monkeypatch.setattr(embedded, "MOST_CONNECTIONS", 2)
    with running(settings_in(tmp_path)) as server:
        yield server


_names = iter(f"box-{number}" for number in range(100))


@pytest.fixture
def box(live: Live) -> Box:
    return enrolled(live.context.database, live.settings, next(_names), utc_now())


def connect(live: Live, box: Box, **how: object) -> NodeClient:
    return NodeClient(box, live.settings.mqtt.port, **how)  # type: ignore[arg-type]


def has_a_place_for_a_node(live: Live) -> bool:
    """Whether a node comes in and is heard."""
    box = enrolled(live.context.database, live.settings, next(_names), utc_now())
    with connect(live, box).ready() as node:
        node.says(box.alert(box.name))
        return node.receipts(1)[0].outcome is Outcome.STORED


def open_line(live: Live, says: bytes = b"") -> socket.socket:
    """A connection of somebody who has no account."""
    line = socket.create_connection(("127.0.0.1", live.settings.mqtt.port), timeout=10)
    line.sendall(says)
    return line


def reset(line: socket.socket) -> None:
    """End a connection with RST."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()


def test_nobody_comes_in_without_the_right_password(live: Live, box: Box) -> None:
    for password in ("", "wrong"):
        with connect(live, box, password=password) as stranger:
            assert not stranger.came_in()
    unknown = replace(box, answer=box.answer.model_copy(update={"node": "nobody"}))
    for name in (unknown, replace(box, answer=box.answer.model_copy(update={"node": SERVER}))):
        with connect(live, name) as stranger:
            assert not stranger.came_in()
    anonymous = mqtt.Client(CallbackAPIVersion.VERSION2)
    answers: list[bool] = []
    anonymous.on_connect = lambda _c, _d, _f, code, _p: answers.append(code.is_failure)
    anonymous.connect("127.0.0.1", live.settings.mqtt.port)
    anonymous.loop_start()
    eventually(lambda: answers[:1] == [True])
    part(anonymous)


def test_a_node_cannot_speak_or_listen_under_another_s_prefix(live: Live, box: Box) -> None:
    victim = enrolled(live.context.database, live.settings, next(_names), utc_now())
    with connect(live, victim).ready() as heard, connect(live, box).ready() as node:
        theirs, own = topic(victim.name, Channel.RECEIPTS), topic(box.name, Channel.ALERTS)
        for pattern in ("#", "shouwang/v1/+/receipts", theirs, own):
            assert not node.subscribes(pattern)
        node.client.publish(topic(victim.name, Channel.ALERTS), encode(victim.alert(victim.name)), qos=1)
        node.client.publish(topic(victim.name, Channel.RECEIPTS), b"{}", qos=1)
        node.client.publish(topic(box.name, Channel.RECEIPTS), b"{}", qos=1)
        node.says(box.alert(f"own {box.name}"))
        assert (
            node.receipts(1)[0].alert == box.alert(f"own {box.name}").id
        )  # what came before it was dropped, not queued
        assert heard.heard.empty()
        assert node.heard.empty()


def test_a_last_will_under_another_s_prefix_keeps_a_node_out(live: Live, box: Box) -> None:
    with connect(live, box, will=topic("other", Channel.STATUS)) as node:
        assert not node.came_in()
    with connect(live, box, will=topic(box.name, Channel.STATUS)) as node:
        assert node.came_in()


def test_a_stranger_with_a_node_s_client_id_changes_nothing_for_it(live: Live, box: Box) -> None:
    thief = enrolled(live.context.database, live.settings, next(_names), utc_now())
    with connect(live, box, client_id=f"shouwang-{box.name}").ready() as node:
        for name in (box.name, f"shouwang-{box.name}", SERVER):
            with connect(live, box, client_id=name, password="wrong") as stranger:
                assert not stranger.came_in()
            with connect(live, thief, client_id=name).ready():
                pass
        node.says(box.alert(box.name))
        assert node.receipts(1)[0].outcome is Outcome.STORED
        assert not node.lost.is_set()


def test_a_second_connection_of_a_node_takes_the_place_of_the_first(live: Live, box: Box) -> None:
    with connect(live, box).ready() as first:
        first.client.reconnect_delay_set(60, 60)
        with connect(live, box).ready() as second:
            assert first.lost.wait(5)
            second.says(box.alert(box.name))
            assert second.receipts(1)[0].outcome is Outcome.STORED


def test_a_node_s_place_is_taken_from_a_connection_that_is_only_just_coming_in(
    live: Live, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    welcome, pauses_s = NodeHandler.mqtt_connack_authorize, iter([1.0])

    async def dawdling(handler: NodeHandler, authorized: bool) -> None:
        await welcome(handler, authorized)
        await asyncio.sleep(next(pauses_s, 0))

    monkeypatch.setattr(NodeHandler, "mqtt_connack_authorize", dawdling)
    with connect(live, box) as first:
        first.client.reconnect_delay_set(60, 60)
        assert first.came_in()
        with connect(live, box).ready():
            assert first.lost.wait(10)


def test_a_subscription_of_a_connection_that_has_lost_its_place_does_not_leave_the_next_one_deaf(
    live: Live, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle, first_one = NodeBroker._handle_subscription, iter([True])
    under_way, place_taken, handled = threading.Event(), threading.Event(), threading.Event()

    async def dawdling(broker: NodeBroker, *how: object) -> None:
        if next(first_one, False):
            under_way.set()
            await asyncio.to_thread(place_taken.wait, 10)
        await handle(broker, *how)
        handled.set()

    monkeypatch.setattr(NodeBroker, "_handle_subscription", dawdling)
    with connect(live, box) as first:
        first.client.reconnect_delay_set(60, 60)
        assert first.came_in()
        first.client.subscribe(topic(box.name, Channel.RECEIPTS), qos=1)
        assert under_way.wait(10)
        with connect(live, box) as second:
            assert second.came_in()
            place_taken.set()
            assert handled.wait(10)
            second.subscribes(topic(box.name, Channel.RECEIPTS))
            second.says(box.alert(box.name))
            assert second.receipts(1)[0].outcome is Outcome.STORED


def test_a_node_that_falls_silent_in_the_middle_of_a_packet_is_lost_and_leaves_its_place(crowded: Live) -> None:
    database = crowded.context.database
    box = enrolled(database, crowded.settings, next(_names), utc_now())
    born = Status(node=box.name, state=NodeState.ONLINE, at=utc_now(), boot=uuid7(utc_now()), title="Box")
    will = encode(born.model_copy(update={"state": NodeState.LOST}))

    def state() -> NodeState | None:
        with database.reading() as db:
            return db.get_one(Node, box.name).state

    with connect(crowded, box, will=topic(box.name, Channel.STATUS), will_says=will, keepalive_s=1) as node:
        assert node.came_in()
        node.publishes(Channel.STATUS, born)
        eventually(lambda: state() is NodeState.ONLINE)
        node.client.loop_stop()
        line = node.client.socket()
        assert isinstance(line, socket.socket)
        name = topic(box.name, Channel.ALERTS).encode()
        line.sendall(b"\x32\x88\x27" + bytes([0, len(name)]) + name + b"\0\1{")  # of 5000 bytes
        eventually(lambda: state() is NodeState.LOST)
        line.settimeout(10)
        while line.recv(100):
            pass
        assert has_a_place_for_a_node(crowded)


def test_a_port_that_is_taken_is_told_in_one_sentence(live: Live, sqlite_settings: Settings) -> None:
    taken = sqlite_settings.model_copy(update={"mqtt": live.settings.mqtt})
    server = Server(taken)
    with pytest.raises(Unreachable, match=f"127.0.0.1:{taken.mqtt.port}"):
        server.start()
    server.stop()


def test_a_node_that_speaks_mqtt_5_is_told_at_once_that_it_must_not(live: Live, box: Box) -> None:
    with socket.create_connection(("127.0.0.1", live.settings.mqtt.port), timeout=10) as line:
        login = b"\0\4MQTT\5\2\0\x14" + b"\0" + b"\0\6client"
        line.sendall(bytes([0x10, len(login)]) + login)
        assert line.recv(100) == b"\x20\2\0\1"  # CONNACK, unacceptable protocol version
        assert line.recv(100) == b""
    with connect(live, box, version=MQTTProtocolVersion.MQTTv5) as node:
        assert not node.came_in()


def test_who_has_not_logged_in_yet_is_cut_off_when_the_server_stops(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with running(settings):
        line = socket.create_connection(("127.0.0.1", settings.mqtt.port), timeout=10)
        line.sendall(b"\x10")
    with line, suppress(ConnectionResetError):
        assert line.recv(100) == b""


def test_a_node_that_takes_no_goodbye_does_not_keep_the_broker_from_stopping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endless(_: StreamWriterAdapter) -> None:
        await asyncio.Event().wait()

    others = set(threading.enumerate())
    with running(settings_in(tmp_path)) as live:
        box = enrolled(live.context.database, live.settings, next(_names), utc_now())
        node = connect(live, box)
        assert node.came_in()
        broker = next(thread for thread in threading.enumerate() if thread.name == "broker" and thread not in others)
        monkeypatch.setattr(StreamWriterAdapter, "close", endless)
        monkeypatch.setattr(embedded, "GOODBYE_WITHIN_S", 0.1)
    part(node.client)
    assert not broker.is_alive()


NOISE = (
    b"",
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"\x10\xff\xff\xff\x7f",
    b"\x10\xff\xff\xff\xff\xff",
    b"\x10\x02\0\4",
    b"\x10\x0c\0\4MQTT\4\xff\0\x14\0\0",
    b"\x10\x0e\0\4MQTT\4\2\0\x14\0\2\xff\xfe",
    b"\x10\0",
    b"\x30\x05\0\1a{}",
)


def test_noise_takes_no_place_from_a_node(crowded: Live) -> None:
    for noise in NOISE:
        for _ in range(2):
            with open_line(crowded, noise) as line:
                line.shutdown(socket.SHUT_WR)
                line.recv(100)
    assert has_a_place_for_a_node(crowded)


def test_connections_that_are_reset_take_no_place_from_a_node(crowded: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    hear, heard = NodeBroker._hear_login, threading.Event()

    async def overheard(
        broker: NodeBroker, reader: PacketReader, writer: PacketWriter
    ) -> tuple[BrokerProtocolHandler, Session]:
        heard.set()
        return await hear(broker, reader, writer)

    monkeypatch.setattr(NodeBroker, "_hear_login", overheard)
    for first_bytes in (b"", b"\x10", b"\x10\x20half"):
        heard.clear()
        line = open_line(crowded, first_bytes)
        assert heard.wait(10)
        reset(line)
    assert has_a_place_for_a_node(crowded)


LOGIN = b"\x10\x16\0\4MQTT\4\xc2\0\x14\0\0\0\3who\0\3way"


def test_who_resets_before_he_is_refused_takes_no_place_from_a_node(
    crowded: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    admit, asked, gone = Gate.admit, threading.Event(), threading.Event()

    def slow(gate: Gate, username: str | None, password: str | None, will: str | None) -> Entry | None:
        if username == "who":
            asked.set()
            gone.wait(10)
        return admit(gate, username, password, will)

    monkeypatch.setattr(Gate, "admit", slow)
    line = open_line(crowded, LOGIN)
    assert asked.wait(10)
    reset(line)
    gone.set()
    assert has_a_place_for_a_node(crowded)


def test_whatever_goes_wrong_at_the_gate_ends_the_connection_and_frees_its_place(
    crowded: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    admit = Gate.admit

    def failing(gate: Gate, username: str | None, password: str | None, will: str | None) -> Entry | None:
        if username == "who":
            raise RuntimeError("a fault of ours")
        return admit(gate, username, password, will)

    monkeypatch.setattr(Gate, "admit", failing)
    with open_line(crowded, LOGIN) as line:
        assert line.recv(100) == b""
        assert has_a_place_for_a_node(crowded)
