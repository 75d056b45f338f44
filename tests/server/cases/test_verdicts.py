"""A verdict moves the case as far as it follows, and no further."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from protocol.messages import VerdictWord
from server.cases.actions import give_verdict, move
from server.cases.queries import evidence_of, history_of, recent_alerts
from server.db.engine import Database
from server.db.tables import Alert, Case
from server.db.tables.cases import State
from server.db.tables.people import Role
from server.errors import NotAllowed
from server.ingest.ingest import ingest
from server.settings import Settings
from tests.protocol.example import AT
from tests.server.parts import NOW, Box, somebody

REAL, FALSE = VerdictWord.REAL, VerdictWord.FALSE


@pytest.fixture(autouse=True)
def two_alerts(database: Database, settings: Settings, box: Box) -> None:
    later = AT + timedelta(minutes=1)
    ingest(database, [box.says(box.alert("a")), box.says(box.alert("b", at=later, began_at=later))], settings, NOW)


def judge(database: Database, *words: tuple[int, VerdictWord]) -> tuple[State, int]:
    """Say words of the alerts by number; the case's state and the number of its history's lines."""
    with database.writing() as db:
        actor = somebody(db)
        alerts = list(db.scalars(select(Alert).order_by(Alert.began_at)))
        for number, word in words:
            give_verdict(db, alerts[number], word, actor, NOW, "seen it")
        db.commit()
        case = db.scalars(select(Case)).one()
        return case.state, len(history_of(db, case.id))


def test_real_accepts_the_case(database: Database) -> None:
    assert judge(database, (0, REAL)) == (State.ACCEPTED, 4)


def test_one_false_of_two_leaves_the_case_as_it_is(database: Database) -> None:
    assert judge(database, (0, FALSE)) == (State.RECEIVED, 3)


def test_all_false_declines_the_case(database: Database) -> None:
    assert judge(database, (0, FALSE), (1, FALSE))[0] is State.DECLINED


def test_a_change_of_mind_takes_a_declined_case_back(database: Database) -> None:
    state, lines = judge(database, (0, FALSE), (1, FALSE), (1, REAL))
    assert state is State.ACCEPTED
    assert lines == 2 + 3 + 2


def test_false_does_not_stop_a_unit_that_is_under_way(database: Database) -> None:
    with database.writing() as db:
        actor = somebody(db, name="dispatcher")
        case = db.scalars(select(Case)).one()
        for to in (State.ACCEPTED, State.DISPATCHED):
            move(db, case, to, actor, NOW)
        db.commit()
    assert judge(database, (0, FALSE), (1, FALSE))[0] is State.DISPATCHED


def test_a_viewer_judges_nothing(database: Database) -> None:
    with database.writing() as db, pytest.raises(NotAllowed):
        give_verdict(db, db.scalars(select(Alert)).first(), REAL, somebody(db, Role.VIEWER), NOW)  # type: ignore[arg-type]


def test_lists_page_without_gap_or_overlap(database: Database) -> None:
    with database.reading() as db:
        first = recent_alerts(db, limit=1)
        second = recent_alerts(db, limit=1, before=first[0].id)
        assert {first[0].id, second[0].id} == {row.id for row in recent_alerts(db)}
        assert recent_alerts(db, limit=1, before=second[0].id) == []
        assert recent_alerts(db, camera="nowhere") == []
        pieces = evidence_of(db, [first[0].id])[first[0].id]
        assert [(piece.size, piece.arrived) for piece in pieces] == [(10, False)]
