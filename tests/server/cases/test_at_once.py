"""Two people at one case on PostgreSQL, where each reads before the other has written: nobody's word is lost."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from protocol.messages import VerdictWord
from server.cases.actions import give_verdict, move
from server.cases.queries import history_of
from server.db.engine import Database
from server.db.migration import upgrade
from server.db.tables import Alert, Case
from server.db.tables.cases import State
from server.errors import Conflict
from server.ingest.ingest import ingest
from server.people.person import Person
from server.settings import Settings
from tests.server.parts import NOW, enrolled, somebody


@pytest.fixture
def database(postgres_settings: Settings) -> Iterator[Database]:
    opened = Database(postgres_settings.database)
    upgrade(opened)
    box = enrolled(opened, postgres_settings)
    ingest(opened, [box.says(box.alert())], postgres_settings, NOW)
    yield opened
    opened.close()


@pytest.fixture
def people(database: Database) -> tuple[Person, Person]:
    with database.writing() as db:
        ann, bob = somebody(db, name="ann"), somebody(db, name="bob")
        db.commit()
    return ann, bob


def judge(db: Session, word: VerdictWord, who: Person) -> None:
    give_verdict(db, db.scalars(select(Alert)).one(), word, who, NOW)
    db.commit()


def test_a_verdict_that_was_given_while_another_came_in_is_kept_and_told_as_a_change(
    database: Database, people: tuple[Person, Person]
) -> None:
    ann, bob = people
    with database.writing() as early, database.writing() as late:
        judge(early, VerdictWord.REAL, ann)
        seen = late.scalars(select(Alert)).one()
        assert seen.verdict is VerdictWord.REAL
        judge(early, VerdictWord.FALSE, ann)
        give_verdict(late, seen, VerdictWord.REAL, bob, NOW)
        late.commit()
    with database.reading() as db:
        alert = db.scalars(select(Alert)).one()
        assert (alert.verdict, alert.verdict_by) == (VerdictWord.REAL, bob.id)
        said = [line.what["id"] for line in history_of(db, alert.case_id) if line.to_state is None]
        assert said == ["event.verdict", "event.verdict_changed", "event.verdict_changed"]


def test_of_two_who_move_a_case_that_both_have_read_the_second_is_told(
    database: Database, people: tuple[Person, Person]
) -> None:
    ann, bob = people
    with database.writing() as early, database.writing() as late:
        first, second = (db.scalars(select(Case)).one() for db in (early, late))
        seen = second.version
        move(early, first, State.ACCEPTED, ann, NOW, version=seen)
        early.commit()
        with pytest.raises(Conflict, match="Somebody else changed case"):
            move(late, second, State.ACCEPTED, bob, NOW, version=seen)
        with pytest.raises(Conflict, match="cannot go from Accepted to Accepted"):
            move(late, second, State.ACCEPTED, bob, NOW)
