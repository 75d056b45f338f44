"""A code is good once and for an hour; enrolling again replaces key and accounts."""

from datetime import timedelta

import pytest

from protocol.enrolment import EnrolmentRequest
from protocol.signing import new_key, public_text
from server.db.engine import Database
from server.db.tables import EnrolmentCode, Node
from server.db.tables.people import Role
from server.errors import NotAllowed, Unacceptable
from server.evidence.records import node_of
from server.nodes.credentials import hash_password, password_fits
from server.nodes.enrolment import enrol, new_code
from server.settings import Mqtt, Settings
from tests.server.parts import NOW, enrolled, somebody


def request(code: str, key: str | None = None) -> EnrolmentRequest:
    return EnrolmentRequest(code=code, node="gatehouse", title="Gate", public_key=key or public_text(new_key()))


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
