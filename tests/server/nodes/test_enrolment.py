"""A code is good once and for an hour; enrolling again replaces key and accounts."""

from datetime import timedelta
from pathlib import Path

import pytest

from protocol.enrolment import EnrolmentRequest
from protocol.messages import NodeState
from protocol.signing import new_key, public_text
from server.db.engine import Database
from server.db.tables import EnrolmentCode, Node
from server.db.tables.people import Role
from server.errors import NotAllowed, Unacceptable
from server.evidence.records import node_of
from server.nodes.credentials import hash_password, password_fits
from server.nodes.enrolment import enrol, new_code, revoke
from server.settings import Mqtt, Settings
from tests.server.parts import NOW, enrolled, settings_in, somebody


def request(code: str, key: str | None = None) -> EnrolmentRequest:
    return EnrolmentRequest(code=code, node="gatehouse", title="Gate", public_key=key or public_text(new_key()))


def test_a_node_enrolled_again_is_not_online_before_it_says_so(database: Database, settings: Settings) -> None:
    with database.writing() as db:
        admin = somebody(db, Role.ADMINISTRATOR)
        enrol(db, request(new_code(db, admin, NOW)), settings, NOW)
        node = db.get_one(Node, "gatehouse")
        node.state, node.state_at, node.last_seen_at = NodeState.ONLINE, NOW, NOW
        revoke(db, node, NOW)
        enrol(db, request(new_code(db, admin, NOW)), settings, NOW)
        found = db.query(Node.state, Node.state_at, Node.revoked_at, Node.last_seen_at).one()
        assert found == (None, None, None, NOW)


@pytest.mark.parametrize(
    ("mqtt", "told"),
    [
        (Mqtt(host="0.0.0.0"), "server.lan"),  # noqa: S104 - where the broker listens
        (Mqtt(host="::"), "server.lan"),
        (Mqtt(host="0.0.0.0", public_host="broker.lan"), "broker.lan"),  # noqa: S104
        (Mqtt(host="192.168.1.9"), "192.168.1.9"),
    ],
)
def test_a_node_is_told_a_broker_that_it_can_reach(database: Database, tmp_path: Path, mqtt: Mqtt, told: str) -> None:
    settings = settings_in(tmp_path, mqtt=mqtt)
    with database.writing() as db:
        code = new_code(db, somebody(db, Role.ADMINISTRATOR), NOW)
        assert enrol(db, request(code), settings, NOW, "server.lan").mqtt_host == told


def test_a_code_is_good_once(database: Database, settings: Settings) -> None:
    with database.writing() as db:
        code = new_code(db, somebody(db, Role.ADMINISTRATOR), NOW)
        answer = enrol(db, request(code), settings, NOW)
        assert (answer.mqtt_username, answer.mqtt_port) == ("gatehouse", settings.mqtt.port)
        with pytest.raises(NotAllowed):
            enrol(db, request(code), settings, NOW)
        assert db.query(EnrolmentCode).one().node == "gatehouse"


def test_a_code_ends_after_an_hour_and_a_guess_is_refused(database: Database, settings: Settings) -> None:
    with database.writing() as db:
        code = new_code(db, somebody(db, Role.ADMINISTRATOR), NOW)
        for said, when in ((code, NOW + timedelta(hours=1)), ("AAAA-2222", NOW)):
            with pytest.raises(NotAllowed):
                enrol(db, request(said), settings, when)
        assert db.get(Node, "gatehouse") is None


def test_a_key_that_is_none_does_not_use_up_the_code(database: Database, settings: Settings) -> None:
    with database.writing() as db:
        code = new_code(db, somebody(db, Role.ADMINISTRATOR), NOW)
        with pytest.raises(Unacceptable):
            enrol(db, request(code, "nonsense"), settings, NOW)
        enrol(db, request(code), settings, NOW)


def test_enrolling_again_replaces_key_and_accounts(database: Database, settings: Settings) -> None:
    before = enrolled(database, settings)
    with database.writing() as db:
        code = new_code(db, somebody(db, Role.ADMINISTRATOR), NOW)
        after = enrol(db, request(code), settings, NOW)
        db.commit()
        assert node_of(db, before.answer.evidence_token) is None
        assert node_of(db, after.evidence_token) == "gatehouse"
        node = db.get_one(Node, "gatehouse")
        assert not password_fits(before.answer.mqtt_password, node.mqtt_password_hash)
        assert password_fits(after.mqtt_password, node.mqtt_password_hash)


def test_the_address_told_to_nodes_may_differ_from_where_the_broker_listens(
    database: Database, settings: Settings
) -> None:
    changed = settings.model_copy(update={"mqtt": Mqtt(public_host="shouwang.example", public_port=8883)})
    answer = enrolled(database, changed).answer
    assert (answer.mqtt_host, answer.mqtt_port) == ("shouwang.example", 8883)


@pytest.mark.parametrize("text", ["", "$7$101$x", "$6$1$a$b", "$7$ten$AAAA$AAAA", "plain"])
def test_a_hash_of_another_form_fits_nothing(text: str) -> None:
    assert not password_fits("", text)
    assert password_fits("pässword", hash_password("pässword"))
