"""Every pair of states is decided as the design's table says."""

import pytest
from sqlalchemy import select

from protocol.messages import VerdictWord
from server.cases.actions import give_verdict, move
from server.cases.queries import history_of
from server.cases.routing import next_numbers
from server.cases.transitions import MOVES, move_between, moves_from
from server.db.engine import Database
from server.db.tables import Alert, Case
from server.db.tables.cases import State
from server.db.tables.people import Role
from server.errors import Conflict, NotAllowed, Unacceptable
from server.ingest.ingest import ingest
from server.settings import Settings
from tests.server.parts import NOW, Box, revisions, somebody

DESIGN = {
    "received": "accepted, declined, merged, withdrawn",
    "accepted": "dispatched, declined, merged, withdrawn",
    "dispatched": "handling, accepted, withdrawn",
    "handling": "resolved, paused, dispatched, withdrawn",
    "paused": "handling, withdrawn",
    "resolved": "closed, handling",
    "closed": "handling",
    "declined": "accepted",
    "merged": "received",
    "withdrawn": "",
}


@pytest.mark.parametrize("from_state", State)
@pytest.mark.parametrize("to_state", State)
def test_every_pair_of_states_is_decided(from_state: State, to_state: State) -> None:
    assert (move_between(from_state, to_state) is not None) == (to_state in DESIGN[from_state].split(", "))


def test_no_pair_is_listed_twice_and_viewers_move_nothing() -> None:
    assert len({(step.from_state, step.to_state) for step in MOVES}) == len(MOVES)
    assert not any(moves_from(state, Role.VIEWER) for state in State)


def test_only_a_supervisor_reopens() -> None:
    assert moves_from(State.CLOSED, Role.OPERATOR) == ()
    assert [step.to_state for step in moves_from(State.CLOSED, Role.ADMINISTRATOR)] == [State.HANDLING]


@pytest.fixture
def case_id(database: Database, settings: Settings, box: Box) -> object:
    ingest(database, [box.says(box.alert())], settings, NOW)
    with database.reading() as db:
        return db.scalars(select(Case.id)).one()


def test_a_case_goes_its_way_and_remembers_each_step(database: Database, case_id: object) -> None:
    with database.writing() as db:
        actor = somebody(db)
        case = db.get_one(Case, case_id)
        for to in (State.ACCEPTED, State.DISPATCHED, State.HANDLING):
            move(db, case, to, actor, NOW)
        move(db, case, State.RESOLVED, actor, NOW, "locked the gate")
        db.commit()
    with database.reading() as db:
        lines = history_of(db, db.get_one(Case, case_id).id)
        assert [line.to_state for line in lines] == [
            State.RECEIVED,
            State.ACCEPTED,
            State.DISPATCHED,
            State.HANDLING,
            State.RESOLVED,
        ]
        assert [line.actor for line in lines] == [None, *["Duty desk"] * 4]
        assert db.get_one(Case, case_id).outcome == "locked the gate"


def test_what_the_table_does_not_allow_is_refused(database: Database, case_id: object) -> None:
    with database.writing() as db:
        operator, viewer = somebody(db), somebody(db, Role.VIEWER, "viewer")
        case = db.get_one(Case, case_id)
        with pytest.raises(Conflict):
            move(db, case, State.CLOSED, operator, NOW)
        with pytest.raises(NotAllowed):
            move(db, case, State.ACCEPTED, viewer, NOW)
        with pytest.raises(Unacceptable):
            move(db, case, State.DECLINED, operator, NOW, "  ")
        with pytest.raises(Conflict):
            move(db, case, State.ACCEPTED, operator, NOW, version=case.version + 1)


def test_of_two_people_who_change_a_case_at_once_one_is_told(database: Database, case_id: object) -> None:
    with database.writing() as db:
        actor = somebody(db)
        db.commit()
    with database.reading() as slow:
        seen = slow.get_one(Case, case_id)
        version = seen.version
    with database.writing() as fast:
        move(fast, fast.get_one(Case, case_id), State.ACCEPTED, actor, NOW, version=version)
        fast.commit()
    with database.writing() as late, pytest.raises(Conflict):
        move(late, late.get_one(Case, case_id), State.ACCEPTED, actor, NOW, version=version)


def test_alerts_that_join_or_go_on_make_nobody_s_step_too_late_and_a_verdict_does(
    database: Database, settings: Settings, box: Box
) -> None:
    first, second = revisions(box, "goes on", 2)
    ingest(database, [box.says(first)], settings, NOW)
    with database.reading() as db:
        case = db.scalars(select(Case)).one()
    ingest(database, [box.says(second), box.says(box.alert("joins"))], settings, NOW)
    with database.writing() as db:
        actor = somebody(db)
        assert db.get_one(Case, case.id).alert_count == 2
        move(db, db.get_one(Case, case.id), State.ACCEPTED, actor, NOW, version=case.version)
        seen = db.get_one(Case, case.id).version
        give_verdict(db, db.get_one(Alert, first.id), VerdictWord.FALSE, actor, NOW)
        with pytest.raises(Conflict, match="Somebody else changed case"):
            move(db, db.get_one(Case, case.id), State.DISPATCHED, actor, NOW, version=seen)


def test_numbers_run_through_the_year(database: Database) -> None:
    with database.writing() as db:
        assert next_numbers(db, NOW, 2) == ["2026-000001", "2026-000002"]
        assert next_numbers(db, NOW, 1) == ["2026-000003"]
        assert next_numbers(db, NOW.replace(year=2027), 1) == ["2027-000001"]
