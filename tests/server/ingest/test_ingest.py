"""Messages become rows exactly once in effect, in any order and number; what is wrong is buried with its reason."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import QueuePool, func, select
from sqlalchemy.orm import Session

from protocol.ids import uuid7
from protocol.kinds import Phase
from protocol.messages import Alert as AlertMessage
from protocol.messages import (
    CameraBirth,
    CameraHealth,
    CameraState,
    Health,
    NodeState,
    Outcome,
    Receipt,
    Status,
    VerdictWord,
    encode,
)
from protocol.signing import new_key, sign
from protocol.topics import Channel, topic
from server.cases.actions import give_verdict
from server.db.engine import Database
from server.db.tables import Alert, AlertEvidence, Camera, Case, DeadLetter, Node
from server.ingest.alerts import store_alerts
from server.ingest.ingest import TRY_AGAIN, Taken, ingest
from server.ingest.understand import Incoming, Reason, Understood
from server.nodes.enrolment import revoke
from server.settings import Settings
from tests.protocol.example import AT, alert
from tests.server.parts import NOW, Box, enrolled, revisions, somebody


def outcomes(taken: Taken) -> list[str]:
    return [message.outcome for _, _, message in taken.to_nodes if isinstance(message, Receipt)]


def dead(database: Database) -> list[str]:
    with database.reading() as db:
        return list(db.scalars(select(DeadLetter.reason).order_by(DeadLetter.received_at, DeadLetter.id)))


def test_a_new_alert_is_stored_with_case_and_evidence(database: Database, settings: Settings, box: Box) -> None:
    message = box.alert()
    assert outcomes(ingest(database, [box.says(message)], settings, NOW)) == [Outcome.STORED]
    with database.reading() as db:
        row = db.get_one(Alert, message.id)
        case = db.get_one(Case, row.case_id)
        assert (row.revision, row.payload, row.clock_suspect) == (1, encode(message), False)
        assert (case.number, case.alert_count, case.kind) == ("2026-000001", 1, message.kind)
        assert db.scalar(select(func.count()).select_from(AlertEvidence)) == 1
        assert db.get_one(Camera, ("gatehouse", "east-gate")).title == "east-gate"


def test_higher_revisions_replace_and_lower_ones_are_known(database: Database, settings: Settings, box: Box) -> None:
    one, two, three = revisions(box, "one", 3)
    assert outcomes(ingest(database, [box.says(two)], settings, NOW)) == [Outcome.STORED]
    assert outcomes(ingest(database, [box.says(one), box.says(two)], settings, NOW)) == [Outcome.KNOWN] * 2
    assert outcomes(ingest(database, [box.says(three)], settings, NOW)) == [Outcome.STORED]
    with database.reading() as db:
        assert db.get_one(Alert, one.id).revision == 3
        assert db.scalars(select(Case)).one().alert_count == 1


@hypothesis_settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_any_order_and_repetition_ends_alike(
    database: Database, settings: Settings, box: Box, data: st.DataObject
) -> None:
    """Three alerts of three revisions, shuffled, repeated and cut into batches."""
    seeds = data.draw(st.lists(st.text(min_size=8, max_size=8), min_size=3, max_size=3, unique=True))
    all_revisions = [message for seed in seeds for message in revisions(box, seed, 3)]
    said = data.draw(st.permutations(all_revisions + data.draw(st.lists(st.sampled_from(all_revisions), max_size=6))))
    cut = data.draw(st.integers(0, len(said)))
    taken = Taken()
    for batch in (said[:cut], said[cut:]):
        taken.add(ingest(database, [box.says(message) for message in batch], settings, NOW))
    assert len(outcomes(taken)) == len(said)
    with database.reading() as db:
        wanted = {message.id for message in all_revisions}
        rows = db.scalars(select(Alert).where(Alert.id.in_(wanted))).all()
        assert {row.id for row in rows} == wanted
        assert {row.revision for row in rows} == {3}
        for case in db.scalars(select(Case)):
            assert case.alert_count == db.scalar(select(func.count()).where(Alert.case_id == case.id))


def test_alerts_near_in_time_share_a_case_and_others_do_not(database: Database, settings: Settings, box: Box) -> None:
    def at(minutes: int, **changes: object) -> Incoming:
        moment = AT + timedelta(minutes=minutes)
        return box.says(box.alert(f"{minutes} {changes}", at=moment, began_at=moment, **changes))

    batch = [at(0), at(9), at(18), at(40), at(1, zone="gate"), at(1, camera="west")]
    ingest(database, batch, settings, AT + timedelta(minutes=41))
    with database.reading() as db:
        counts = sorted(db.scalars(select(Case.alert_count)))
        assert counts == [1, 1, 1, 3]
        assert sorted(db.scalars(select(Case.number))) == [f"2026-00000{number}" for number in range(1, 5)]


def test_a_case_that_has_ended_takes_no_more(database: Database, settings: Settings, box: Box) -> None:
    ingest(database, [box.says(box.alert("one"))], settings, NOW)
    with database.writing() as db:
        give_verdict(db, db.scalars(select(Alert)).one(), VerdictWord.FALSE, somebody(db), NOW)
        db.commit()
    ingest(database, [box.says(box.alert("two"))], settings, NOW)
    with database.reading() as db:
        assert sorted(db.scalars(select(Case.alert_count))) == [1, 1]


def _changed(box: Box, **fields: object) -> bytes:
    return json.dumps(json.loads(encode(box.alert())) | fields).encode()


BAD: dict[Reason, Callable[[Box], bytes]] = {
    Reason.NOT_JSON: lambda _: b"\xff\xfe{",
    Reason.TOO_LARGE: lambda _: b" " * (256 * 1024 + 1),
    Reason.FUTURE_VERSION: lambda box: _changed(box, version=2, kind="not yet invented"),
    Reason.INVALID: lambda box: _changed(box, kind="picnic"),
    Reason.BAD_SIGNATURE: lambda box: _changed(box, camera="another"),
    Reason.FOREIGN_PREFIX: lambda box: encode(sign(alert(node="elsewhere"), box.key)),
    Reason.NOT_STORABLE: lambda box: encode(box.alert("long", zone="z" * 100_000, revision=10**15)),
}


@pytest.mark.parametrize("reason", BAD)
def test_what_is_wrong_is_buried_and_spoils_no_other(
    database: Database, settings: Settings, box: Box, reason: Reason
) -> None:
    if reason is Reason.NOT_STORABLE and database.is_sqlite:
        pytest.skip("SQLite bounds neither texts nor numbers of this size")
    bad, good = BAD[reason](box), box.alert("good")
    taken = ingest(database, [box.says(bad), box.says(good)], settings, NOW)
    assert dead(database) == [reason]
    assert taken.dead_letters == {reason: 1}
    readable = reason not in (Reason.NOT_JSON, Reason.TOO_LARGE)
    assert sorted(outcomes(taken)) == sorted([Outcome.STORED] + [Outcome.REFUSED] * readable)
    with database.reading() as db:
        assert list(db.scalars(select(Alert.id))) == [good.id]
        letter = db.scalars(select(DeadLetter)).one()
        assert letter.detail
        assert bad.startswith(letter.payload)
        assert letter.size == len(bad)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("channel", [Channel.ALERTS, Channel.HEALTH])
def test_a_time_that_no_calendar_has_in_utc_spoils_no_other(
    database: Database, settings: Settings, box: Box, moment: str, channel: Channel
) -> None:
    said = {Channel.ALERTS: encode(box.alert()), Channel.HEALTH: says_health(box).payload}[channel]
    bad = Incoming(topic(box.name, channel), json.dumps(json.loads(said) | {"at": moment}).encode(), NOW)
    taken = ingest(database, [bad, box.says(box.alert("good"))], settings, NOW)
    assert dead(database) == [Reason.INVALID]
    assert Outcome.STORED in outcomes(taken)


def test_an_alert_that_finds_the_database_busy_is_not_refused_but_tried_again(
    database: Database, settings: Settings, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = database.engine.pool
    assert isinstance(pool, QueuePool)
    monkeypatch.setattr(pool, "_timeout", 0.1)
    with ExitStack() as busy:
        for _ in range(pool.size() + pool._max_overflow):
            busy.enter_context(database.engine.connect())
        with pytest.raises(TRY_AGAIN):
            ingest(database, [box.says(box.alert())], settings, NOW)
    assert outcomes(ingest(database, [box.says(box.alert())], settings, NOW)) == [Outcome.STORED]


def test_a_message_that_fails_for_no_known_reason_is_left_unanswered_and_spoils_no_other(
    database: Database, settings: Settings, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(db: Session, alerts: list[tuple[Understood, AlertMessage]], *more: Any) -> Any:
        if any(alert.camera == "cursed" for _, alert in alerts):
            raise RuntimeError("nobody knows why")
        return store_alerts(db, alerts, *more)

    monkeypatch.setattr("server.ingest.ingest.store_alerts", failing)
    cursed, good = box.alert("cursed", camera="cursed"), box.alert("good")
    taken = ingest(database, [box.says(cursed), box.says(good)], settings, NOW)
    assert [receipt.alert for _, _, receipt in taken.to_nodes if isinstance(receipt, Receipt)] == [good.id]
    assert dead(database) == []


def test_a_text_with_a_null_is_invalid_in_both_databases(database: Database, settings: Settings, box: Box) -> None:
    ingest(database, [box.says(box.alert(rule="bays\0"))], settings, NOW)
    assert dead(database) == [Reason.INVALID]


def test_another_key_s_signature_is_bad(database: Database, settings: Settings, box: Box) -> None:
    ingest(database, [box.says(sign(alert(), new_key())), box.says(alert())], settings, NOW)
    assert dead(database) == [Reason.BAD_SIGNATURE] * 2


def test_unknown_and_revoked_nodes_get_no_receipt(database: Database, settings: Settings, box: Box) -> None:
    stranger = Incoming(topic("stranger", Channel.ALERTS), encode(alert(node="stranger")), NOW)
    assert outcomes(ingest(database, [stranger], settings, NOW)) == []
    with database.writing() as db:
        revoke(db, db.get_one(Node, box.name), NOW)
        db.commit()
    assert outcomes(ingest(database, [box.says(box.alert())], settings, NOW)) == []
    assert sorted(dead(database)) == [Reason.REVOKED_NODE, Reason.UNKNOWN_NODE]


def test_a_node_cannot_touch_another_s_alert_by_its_id(database: Database, settings: Settings, box: Box) -> None:
    other = enrolled(database, settings, "other")
    ingest(database, [box.says(box.alert("one"))], settings, NOW)
    ingest(database, [other.says(other.alert("one", revision=9))], settings, NOW)
    assert dead(database) == [Reason.FOREIGN_ID]
    with database.reading() as db:
        assert db.scalars(select(Alert)).one().revision == 1


@pytest.mark.parametrize("years", [-1, 1, -50])
def test_an_alert_from_a_wrong_clock_is_kept_and_marked(
    database: Database, settings: Settings, box: Box, years: int
) -> None:
    moment = datetime(AT.year + years, AT.month, AT.day, tzinfo=UTC)
    wrong = box.alert("wrong", at=moment, began_at=moment)
    ingest(database, [box.says(wrong)], settings, NOW)
    ingest(database, [box.says(box.alert("right"))], settings, NOW + timedelta(seconds=1))
    with database.reading() as db:
        assert db.get_one(Alert, wrong.id).clock_suspect
        assert db.scalars(select(Case)).one().alert_count == 2  # joined by when it came, for its own time says nothing


def test_an_alert_that_waited_three_days_is_not_suspect(database: Database, settings: Settings, box: Box) -> None:
    ingest(database, [box.says(box.alert())], settings, AT + timedelta(days=3))
    with database.reading() as db:
        assert not db.scalars(select(Alert)).one().clock_suspect


def test_a_later_revision_replaces_the_evidence(database: Database, settings: Settings, box: Box) -> None:
    first = box.alert()
    ingest(database, [box.says(first)], settings, NOW)
    piece = first.evidence[0].model_copy(update={"sha256": "a" * 64})
    ingest(database, [box.says(box.alert(revision=2, phase=Phase.END, evidence=(piece, piece)))], settings, NOW)
    with database.reading() as db:
        assert list(db.scalars(select(AlertEvidence.sha256))) == ["a" * 64]


# --- what nodes say of themselves


def says_status(box: Box, state: NodeState, boot: int = 1, retained: bool = False, **fields: object) -> Incoming:
    status = Status.model_validate(
        {"node": box.name, "state": state, "at": NOW, "boot": uuid7(NOW, str(boot)), "title": "Gate house", **fields}
    )
    return Incoming(topic(box.name, Channel.STATUS), encode(status), NOW, retained=retained)


def says_health(box: Box) -> Incoming:
    camera = CameraHealth(name="east", state=CameraState.WATCHING, since=NOW)
    health = Health(node=box.name, at=NOW.replace(year=2020), boot=uuid7(NOW, "1"), uptime_s=1, cameras=(camera,))
    return Incoming(topic(box.name, Channel.HEALTH), encode(health), NOW)


def test_birth_will_and_health_tell_the_state(database: Database, settings: Settings, box: Box) -> None:
    def state() -> NodeState | None:
        with database.reading() as db:
            return db.get_one(Node, box.name).state

    cameras = (CameraBirth(name="east", title="East gate"), CameraBirth(name="west", title="West"))
    ingest(database, [says_status(box, NodeState.ONLINE, cameras=cameras)], settings, NOW)
    assert state() is NodeState.ONLINE
    ingest(database, [says_status(box, NodeState.ONLINE, boot=2, cameras=cameras[:1])], settings, NOW)
    ingest(database, [says_status(box, NodeState.LOST, boot=1)], settings, NOW)
    assert state() is NodeState.ONLINE  # that was the will of the process before
    ingest(database, [says_status(box, NodeState.LOST, boot=2)], settings, NOW)
    assert state() is NodeState.LOST
    ingest(database, [says_health(box)], settings, NOW)
    assert state() is NodeState.ONLINE
    with database.reading() as db:
        east, west = (db.get_one(Camera, (box.name, name)) for name in ("east", "west"))
        assert (east.title, east.state, east.removed_at) == ("East gate", CameraState.WATCHING, None)
        assert west.removed_at == NOW
        assert db.get_one(Node, box.name).last_seen_at == NOW  # by our clock, not the node's


def test_a_node_that_comes_back_is_told_the_verdicts_it_missed(
    database: Database, settings: Settings, box: Box
) -> None:
    ingest(database, [says_status(box, NodeState.ONLINE), box.says(box.alert())], settings, NOW)
    later = NOW + timedelta(hours=1)
    with database.writing() as db:
        give_verdict(db, db.scalars(select(Alert)).one(), VerdictWord.FALSE, somebody(db), later, "a cat")
        db.commit()
    taken = ingest(database, [says_status(box, NodeState.ONLINE)], settings, later + timedelta(hours=1))
    assert [(node, channel) for node, channel, _ in taken.to_nodes] == [(box.name, Channel.VERDICTS)]
    retained = ingest(database, [says_status(box, NodeState.ONLINE, retained=True)], settings, later)
    assert retained.to_nodes == []


@pytest.mark.parametrize(("silent_for", "told"), [(timedelta(seconds=30), 0), (timedelta(minutes=20), 1)])
def test_a_node_that_kept_the_broker_we_had_lost_is_told_the_verdicts_it_missed(
    database: Database, settings: Settings, box: Box, silent_for: timedelta, told: int
) -> None:
    ingest(database, [says_status(box, NodeState.ONLINE), box.says(box.alert())], settings, NOW)
    later = NOW + silent_for
    with database.writing() as db:
        give_verdict(db, db.scalars(select(Alert)).one(), VerdictWord.FALSE, somebody(db), later, "a cat")
        db.commit()
    for count in (told, 0):
        taken = ingest(database, [says_health(box)], settings, later)
        assert [channel for _, channel, _ in taken.to_nodes] == [Channel.VERDICTS] * count
