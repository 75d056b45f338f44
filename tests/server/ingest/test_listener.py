"""Nodes and server meet at a real broker, embedded or Mosquitto, in both versions of MQTT: the same holds at each."""

import json
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from paho.mqtt.enums import MQTTProtocolVersion
from sqlalchemy import select

from protocol.ids import uuid7
from protocol.messages import MAX_MESSAGE_BYTES, NodeState, Outcome, Status, encode
from protocol.signing import new_key, sign
from protocol.topics import Channel, topic
from server.broker import mosquitto as accounts
from server.clock import utc_now
from server.db.tables import Alert, Node
from server.db.tables.people import Role
from server.ingest.understand import Reason
from server.nodes.enrolment import revoke
from tests.server.live import Live, NodeClient, eventually, running
from tests.server.mosquitto import mosquitto
from tests.server.parts import Box, enrolled, settings_in

_names = iter(f"box-{number}" for number in range(1000))


@dataclass(frozen=True, slots=True)
class Site:
    """A server at its broker, and the version that its nodes speak."""

    live: Live
    version: MQTTProtocolVersion

    def box(self) -> Box:
        """A new node whose account the broker has."""
        box = enrolled(self.live.context.database, self.live.settings, next(_names), utc_now())
        eventually(lambda: self._lets_in(box))
        return box

    def client(self, box: Box, **how: object) -> NodeClient:
        """A connection of a node."""
        return NodeClient(box, self.live.settings.mqtt.port, version=self.version, **how)  # type: ignore[arg-type]

    def _lets_in(self, box: Box) -> bool:
        """Whether the account is known, asked by a bare log-in of MQTT 3.1.1."""
        words = [word.encode() for word in ("", box.name, box.answer.mqtt_password)]
        login = b"\0\4MQTT\4\xc2\0\x14" + b"".join(len(word).to_bytes(2, "big") + word for word in words)
        with socket.create_connection(("127.0.0.1", self.live.settings.mqtt.port), timeout=10) as line:
            line.sendall(bytes([0x10, len(login)]) + login)
            return line.recv(4) == b"\x20\2\0\0"

    @staticmethod
    def falls_dead(node: NodeClient) -> None:
        """Its connection ends without goodbye."""
        line = node.client.socket()
        assert isinstance(line, socket.socket)
        line.shutdown(socket.SHUT_RDWR)

    def metric(self, name: str) -> float:
        """A figure of /metrics, 0 while it is not there."""
        lines = httpx.get(f"{self.live.settings.address}/metrics").text.splitlines()
        return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(name)), 0.0)


@pytest.fixture(scope="module", params=["embedded", "mosquitto"])
def broker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("live")
    if request.param == "embedded":
        with running(settings_in(folder)) as live:
            yield live
        return
    with (
        pytest.MonkeyPatch.context() as patch,
        mosquitto(folder / "mosquitto") as outside,
        running(settings_in(folder, mqtt=outside.settings)) as live,
    ):
        patch.setattr(accounts, "RECHECK_S", 0.1)
        yield live


@pytest.fixture(params=[MQTTProtocolVersion.MQTTv311, MQTTProtocolVersion.MQTTv5])
def site(request: pytest.FixtureRequest, broker: Live) -> Site:
    if broker.settings.mqtt.broker == "embedded" and request.param is MQTTProtocolVersion.MQTTv5:
        pytest.skip("the embedded broker speaks MQTT 3.1.1 only, and says so at once")
    return Site(broker, request.param)


def test_an_alert_is_stored_and_receipted(site: Site) -> None:
    box = site.box()
    alert = box.alert(box.name, utc_now())
    with site.client(box).ready() as node:
        node.says(alert)
        node.says(alert)
        assert [receipt.outcome for receipt in node.receipts(2)] == [Outcome.STORED, Outcome.KNOWN]
    with site.live.context.database.reading() as db:
        assert db.get_one(Alert, alert.id).payload == encode(alert)


def test_a_wrong_password_and_a_last_will_elsewhere_keep_a_node_out_or_unheard(site: Site) -> None:
    box, victim = site.box(), site.box()
    with site.client(box, password="wrong") as stranger:
        assert not stranger.came_in()
    with site.client(victim).ready() as heard, site.client(box, will=topic(victim.name, Channel.RECEIPTS)) as node:
        if node.came_in():
            site.falls_dead(node)
        heard.says(victim.alert(victim.name, utc_now()))
        assert heard.receipts(1)[0].outcome is Outcome.STORED
        assert heard.heard.empty()


def test_a_node_is_held_to_its_own_prefix(site: Site) -> None:
    box, victim = site.box(), site.box()
    stolen = victim.alert(f"stolen {victim.name}", utc_now())
    with site.client(victim).ready() as heard:
        with site.client(box).ready() as listening:
            for pattern in ("#", "shouwang/v1/+/receipts", topic(victim.name, Channel.RECEIPTS)):
                listening.subscribes(pattern)  # Mosquitto grants it, and delivers nothing
            for channel, owner, payload in (
                (Channel.ALERTS, victim, encode(stolen)),
                (Channel.RECEIPTS, victim, b"{}"),
                (Channel.RECEIPTS, box, b"{}"),
            ):
                with site.client(box).ready() as speaking:
                    speaking.client.publish(topic(owner.name, channel), payload, qos=1)
                    with suppress(RuntimeError):  # Mosquitto 2.0 cuts off who speaks out of place, maybe before this
                        speaking.client.publish(topic(box.name, Channel.HEALTH), b"{}", qos=1).wait_for_publish(5)
            heard.says(victim.alert(victim.name, utc_now()))
            assert heard.receipts(1)[0].outcome is Outcome.STORED
            assert heard.heard.empty()
            assert listening.heard.empty()
        with site.client(box).ready() as node:
            node.says(box.alert(box.name, utc_now()))
            assert node.receipts(1)[0].outcome is Outcome.STORED
    with site.live.context.database.reading() as db:
        assert db.get(Alert, stolen.id) is None


def test_a_revoked_node_is_cut_off_and_kept_out(site: Site) -> None:
    box = site.box()
    with site.client(box).ready() as node:
        with site.live.context.database.writing() as db:
            revoke(db, db.get_one(Node, box.name), utc_now())
            db.commit()
        assert node.lost.wait(15)
    with site.client(box) as node:
        assert not node.came_in()


def test_a_node_that_falls_silent_is_lost_by_its_last_will(site: Site) -> None:
    box = site.box()
    born = Status(node=box.name, state=NodeState.ONLINE, at=utc_now(), boot=uuid7(utc_now()), title="Box")
    will = born.model_copy(update={"state": NodeState.LOST})

    def state() -> NodeState | None:
        with site.live.context.database.reading() as db:
            return db.get_one(Node, box.name).state

    with site.client(box, will=topic(box.name, Channel.STATUS), will_says=encode(will), keepalive_s=1) as node:
        assert node.came_in()
        node.publishes(Channel.STATUS, born)
        eventually(lambda: state() is NodeState.ONLINE)
        node.client.loop_stop()  # the connection stays open, nobody speaks
        eventually(lambda: state() is NodeState.LOST)


def test_a_burst_is_receipted_whole(site: Site) -> None:
    box = site.box()
    alerts = [box.alert(f"{box.name} {number}", utc_now()) for number in range(500)]
    with site.client(box).ready() as node:
        for alert in alerts:
            node.says(alert)
        assert {receipt.alert for receipt in node.receipts(500)} == {alert.id for alert in alerts}


def bad_messages(box: Box) -> dict[Reason, bytes]:
    good = box.alert(f"good {box.name}", utc_now())
    return {
        Reason.NOT_JSON: b"\xff\xfe{",
        Reason.TOO_LARGE: b" " * (MAX_MESSAGE_BYTES + 1),
        Reason.FUTURE_VERSION: json.dumps(json.loads(encode(good)) | {"version": 2}).encode(),
        Reason.BAD_SIGNATURE: encode(sign(good, new_key())),
        Reason.INVALID: json.dumps(json.loads(encode(good)) | {"kind": "picnic"}).encode(),
        Reason.FOREIGN_PREFIX: encode(sign(good.model_copy(update={"node": "elsewhere"}), box.key)),
    }


READABLE = (Reason.FUTURE_VERSION, Reason.BAD_SIGNATURE, Reason.INVALID, Reason.FOREIGN_PREFIX)
"""The alert's id and revision can be read, so that the node can be told."""


def test_what_cannot_be_taken_is_buried_counted_and_can_be_looked_at(site: Site) -> None:
    box = site.box()
    bad = bad_messages(box)
    counters = {reason: f'shouwang_dead_letters_total{{reason="{reason}"}}' for reason in bad}
    before = {reason: site.metric(counter) for reason, counter in counters.items()}
    with site.client(box).ready() as node:
        for payload in bad.values():
            node.publishes(Channel.ALERTS, payload)
        node.says(box.alert(box.name, utc_now()))
        outcomes = Counter(receipt.outcome for receipt in node.receipts(len(READABLE) + 1))
        assert outcomes == {Outcome.REFUSED: len(READABLE), Outcome.STORED: 1}
    for reason, counter in counters.items():
        eventually(lambda counter=counter, wanted=before[reason] + 1: site.metric(counter) == wanted)  # type: ignore[misc]
    with site.live.browser(Role.ADMINISTRATOR) as browser:
        letters = browser.get("/api/v1/dead-letters", params={"limit": 200}).json()
    of_this_node = {letter["reason"]: letter for letter in letters if letter["node"] == box.name}
    assert {reason: letter["size"] for reason, letter in of_this_node.items()} == {
        reason: len(payload) for reason, payload in bad.items()
    }
    for letter in of_this_node.values():
        assert letter["topic"] == topic(box.name, Channel.ALERTS)
        assert letter["detail"]


def test_a_node_that_sends_far_too_much_is_cut_off_and_nobody_else(site: Site) -> None:
    box, other = site.box(), site.box()
    with site.client(other).ready() as well, site.client(box).ready() as node:
        node.client.publish(topic(box.name, Channel.ALERTS), bytes(8 * MAX_MESSAGE_BYTES), qos=0)
        assert node.lost.wait(15)
        well.says(other.alert(other.name, utc_now()))
        assert well.receipts(1)[0].outcome is Outcome.STORED
        assert not well.lost.is_set()


@pytest.mark.parametrize("days", [-365, 365])
def test_an_alert_from_a_clock_a_year_off_is_kept_marked_and_counted(site: Site, days: int) -> None:
    box = site.box()
    before = site.metric("shouwang_clock_suspect_total")
    moment = utc_now() + timedelta(days=days)
    alert = box.alert(box.name, moment, began_at=moment)
    with site.client(box).ready() as node:
        node.says(alert)
        assert node.receipts(1)[0].outcome is Outcome.STORED
    eventually(lambda: site.metric("shouwang_clock_suspect_total") == before + 1)
    with site.live.browser() as browser:
        assert browser.get(f"/api/v1/alerts/{alert.id}").json()["clock_suspect"]


def test_a_broker_that_goes_and_comes_back_is_found_again(tmp_path: Path) -> None:
    with mosquitto(tmp_path / "mosquitto") as outside, running(settings_in(tmp_path, mqtt=outside.settings)) as live:
        site = Site(live, MQTTProtocolVersion.MQTTv5)
        box = site.box()
        outside.stop()
        eventually(lambda: httpx.get(f"{live.settings.address}/readyz").json() == {"database": True, "broker": False})
        outside.start()
        eventually(lambda: httpx.get(f"{live.settings.address}/readyz").status_code == 200, within_s=30)
        with site.client(box).ready() as node:
            node.says(box.alert(box.name, utc_now()))
            assert node.receipts(1)[0].outcome is Outcome.STORED
    with live.context.database.reading() as db:
        assert len(db.scalars(select(Alert)).all()) == 1
