"""A case that grows without end is read in parts, each as long as any other, without gap or overlap."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.cases.queries import (
    PAGE_LENGTH,
    evidence_of,
    history_of,
    older_alerts,
    older_lines,
    recent_alerts,
)
from server.console.queries import cards_of_case, undecided_around
from server.db.engine import Database
from server.db.tables import Case
from server.ingest.ingest import ingest
from server.settings import Settings
from tests.protocol.example import AT
from tests.server.parts import NOW, Box

COUNT = PAGE_LENGTH + 7


@pytest.fixture(autouse=True)
def a_long_case_and_another(database: Database, settings: Settings, box: Box) -> None:
    for batch in (range(30), range(30, COUNT)):
        alerts = [box.alert(f"{n}", AT + timedelta(seconds=n), began_at=AT + timedelta(seconds=n)) for n in batch]
        now = NOW + timedelta(seconds=batch.start)
        ingest(database, [box.says(alert) for alert in alerts], settings, now)
    ingest(database, [box.says(box.alert("elsewhere", zone="elsewhere"))], settings, NOW + timedelta(minutes=5))


def long_case(database: Database) -> Case:
    with database.reading() as db:
        return db.scalars(select(Case).where(Case.alert_count == COUNT)).one()


def test_alerts_of_a_case_come_in_parts_and_each_says_how_many_are_older(database: Database) -> None:
    case = long_case(database)
    with database.reading() as db:
        first = recent_alerts(db, case=case.id)
        second = recent_alerts(db, case=case.id, before=first[-1].id)
        assert [len(first), older_alerts(db, first[-1])] == [PAGE_LENGTH, 7]
        assert [len(second), older_alerts(db, second[-1])] == [7, 0]
        all_of_it = [alert.id for alert in recent_alerts(db, case=case.id, limit=200)]
        assert [alert.id for alert in (*first, *second)] == all_of_it
        cards = cards_of_case(db, case.id, PAGE_LENGTH)
        rest = cards_of_case(db, case.id, PAGE_LENGTH, cards[-1].alert.id)
        assert [card.alert.id for card in (*cards, *rest)] == all_of_it


def test_the_history_of_a_case_comes_in_parts_from_its_end(database: Database) -> None:
    case = long_case(database)
    with database.reading() as db:
        end = history_of(db, case.id)
        beginning = history_of(db, case.id, before=end[0].id)
        assert [len(beginning), len(end)] == [7, PAGE_LENGTH]
        assert [older_lines(db, case.id, beginning[0]), older_lines(db, case.id, end[0])] == [0, 7]
        assert [*beginning, *end] == history_of(db, case.id, limit=200)
        assert beginning[0].what["id"] == "event.opened"


def test_evidence_is_found_however_many_alerts_are_asked_about(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.cases.queries.MOST_PARAMETERS", 10)
    with database.reading() as db:
        ids = [alert.id for alert in recent_alerts(db, limit=200)]
        found = evidence_of(db, ids)
        assert list(found) == ids
        assert all(len(pieces) == 1 for pieces in found.values())


def test_the_next_undecided_is_the_nearest_on_each_side(database: Database) -> None:
    with database.reading() as db:
        rows = recent_alerts(db, limit=200)
        for newer, alert, older in zip(rows, rows[1:], rows[2:], strict=False):
            around = undecided_around(db, alert, NOW)
            assert (around.newer, around.older) == (newer.id, older.id)
