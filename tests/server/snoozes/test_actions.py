"""A snoozed rule's alerts are kept and not shown; who may snooze what, and what is said of it; on both databases."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from protocol.kinds import Kind, Phase, Severity
from protocol.messages import Alert as SaidAlert
from server.cases.queries import alert as alert_by_id
from server.cases.queries import history_of
from server.console.queries import Filters, board_cards, undecided_around, undecided_by_severity
from server.db.engine import Database
from server.db.tables import Alert, Case, Snooze
from server.db.tables.people import Role
from server.errors import Conflict, NotAllowed, Problem, Unacceptable
from server.ingest.ingest import ingest
from server.people.person import Person
from server.settings import Settings
from server.snoozes.actions import begin, end
from server.snoozes.queries import snoozes
from server.snoozes.spans import Span
from tests.server.parts import NOW, Box, somebody

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def people(database: Database) -> dict[Role, Person]:
    with database.writing() as db:
        made = {role: somebody(db, role, str(role)) for role in Role}
        db.commit()
    return made


class Desk:
    """A server's database, a node that raises alerts, and somebody who snoozes."""

    def __init__(self, database: Database, settings: Settings, box: Box, people: dict[Role, Person]) -> None:
        self.database, self.settings, self.box, self.people = database, settings, box, people

    def raises(self, seed: str, at: datetime = NOW, **changes: Any) -> SaidAlert:
        """An alert comes in the moment it begins."""
        said = self.box.alert(seed, at, began_at=at, **changes)
        ingest(self.database, [self.box.says(said, at)], self.settings, at + timedelta(seconds=1))
        return said

    def ends(self, begun: SaidAlert, at: datetime) -> None:
        said = self.box.alert(
            "ended", at, id=begun.id, revision=2, began_at=begun.began_at, phase=Phase.END, ended_at=at
        )
        ingest(self.database, [self.box.says(said, at)], self.settings, at)

    def snoozes(
        self,
        alert: SaidAlert,
        span: Span = Span.HOUR,
        reason: str = "branches",
        role: Role = Role.OPERATOR,
        now: datetime = NOW,
    ) -> Snooze:
        with self.database.writing() as db:
            begun = begin(db, alert_by_id(db, alert.id), span, reason, self.people[role], now)
            db.commit()
            return begun

    def board(self, now: datetime, *, snoozed: bool = False) -> set[Any]:
        with self.database.reading() as db:
            return {card.alert.id for card in board_cards(db, Filters(snoozed=snoozed), now, 50)}

    def undecided(self, now: datetime) -> int:
        with self.database.reading() as db:
            return sum(undecided_by_severity(db, now - timedelta(days=1), now).values())


@pytest.fixture
def desk(database: Database, settings: Settings, box: Box, people: dict[Role, Person]) -> Desk:
    return Desk(database, settings, box, people)


def test_alerts_of_a_snoozed_rule_are_kept_join_cases_and_stay_off_the_board(desk: Desk) -> None:
    first = desk.raises("first")
    begun = desk.snoozes(first)
    during = desk.raises("during", NOW + MINUTE)
    assert desk.board(NOW + 2 * MINUTE) == {first.id}
    assert desk.board(NOW + 2 * MINUTE, snoozed=True) == {during.id}
    assert desk.undecided(NOW + 2 * MINUTE) == 1
    with desk.database.reading() as db:
        assert db.get_one(Alert, during.id).snooze_id == begun.id
        assert db.scalars(select(Case)).one().alert_count == 2
        assert undecided_around(db, alert_by_id(db, first.id), NOW + 2 * MINUTE).newer is None
        (row,) = snoozes(db, NOW + 2 * MINUTE, limit=5)
        assert (row.alerts, row.holds, row.began_by, row.snooze.reason) == (1, True, "Duty desk", "branches")


@pytest.mark.parametrize("other", [{"rule": "gate"}, {"camera": "west"}, {"kind": Kind.LOITERING}])
def test_other_rules_and_cameras_are_heard_as_ever(desk: Desk, other: dict[str, Any]) -> None:
    first = desk.raises("first")
    desk.snoozes(first)
    heard = desk.raises("heard", NOW + MINUTE, **other)
    assert desk.board(NOW + 2 * MINUTE) == {first.id, heard.id}


def test_a_snooze_ends_by_itself_and_the_next_alert_is_heard(desk: Desk) -> None:
    first = desk.raises("first")
    desk.snoozes(first, Span.QUARTER)
    during = desk.raises("during", NOW + MINUTE)
    desk.ends(during, NOW + 2 * MINUTE)
    after = desk.raises("after", NOW + 16 * MINUTE)
    assert desk.board(NOW + 17 * MINUTE) == {first.id, after.id}
    assert desk.board(NOW + 17 * MINUTE, snoozed=True) == {during.id}
    with desk.database.reading() as db:
        assert not snoozes(db, NOW + 17 * MINUTE, limit=5, holding_only=True)


def test_what_is_still_going_on_when_a_snooze_is_over_comes_up(desk: Desk) -> None:
    first = desk.raises("first")
    begun = desk.snoozes(first, Span.QUARTER)
    over, goes_on = desk.raises("over", NOW + MINUTE), desk.raises("goes on", NOW + 2 * MINUTE)
    desk.ends(over, NOW + 3 * MINUTE)
    assert desk.board(begun.until - MINUTE) == {first.id}
    assert desk.board(begun.until + MINUTE) == {first.id, goes_on.id}
    desk.ends(goes_on, begun.until + 2 * MINUTE)
    assert desk.board(begun.until + 3 * MINUTE) == {first.id, goes_on.id}


def test_it_is_ended_by_hand_once_and_the_case_tells_who_did_what_and_why(desk: Desk) -> None:
    first = desk.raises("first")
    begun = desk.snoozes(first)
    with desk.database.writing() as db:
        end(db, db.get_one(Snooze, begun.id), desk.people[Role.OPERATOR], NOW + MINUTE)
        db.commit()
    after = desk.raises("after", NOW + 2 * MINUTE)
    assert desk.board(NOW + 3 * MINUTE) == {first.id, after.id}
    with desk.database.writing() as db, pytest.raises(Conflict):
        end(db, db.get_one(Snooze, begun.id), desk.people[Role.OPERATOR], NOW + 3 * MINUTE)
    with desk.database.reading() as db:
        (row,) = snoozes(db, NOW + 3 * MINUTE, limit=5)
        assert (row.holds, row.ended_by, row.snooze.ended_at) == (False, "Duty desk", NOW + MINUTE)
        lines = [(line.what["id"], line.actor, line.note) for line in history_of(db, begun.case_id)]
        assert ("event.snoozed", "Duty desk", "branches") in lines
        assert ("event.snooze_ended", "Duty desk", "") in lines
    desk.snoozes(first, now=NOW + 4 * MINUTE)


@pytest.mark.parametrize(
    ("changes", "role", "span", "reason", "refusal"),
    [
        ({}, Role.VIEWER, Span.HOUR, "why", NotAllowed),
        ({}, Role.OPERATOR, Span.HOUR, "  ", Unacceptable),
        ({}, Role.OPERATOR, Span.HOUR, "x" * 501, Unacceptable),
        ({}, Role.OPERATOR, Span.MORNING, "why", None),
        ({"severity": Severity.CRITICAL}, Role.OPERATOR, Span.QUARTER, "why", NotAllowed),
        ({"severity": Severity.CRITICAL}, Role.ADMINISTRATOR, Span.MORNING, "why", Unacceptable),
        ({"severity": Severity.CRITICAL}, Role.ADMINISTRATOR, Span.HOUR, "why", None),
    ],
)
def test_who_may_snooze_what_for_how_long(
    desk: Desk, changes: dict[str, Any], role: Role, span: Span, reason: str, refusal: type[Problem] | None
) -> None:
    alert = desk.raises("first", **changes)
    if refusal is None:
        assert desk.snoozes(alert, span, reason, role).until > NOW
        return
    with pytest.raises(refusal):
        desk.snoozes(alert, span, reason, role)
    with desk.database.reading() as db:
        assert not snoozes(db, NOW, limit=5)


def test_of_two_who_snooze_a_rule_at_once_one_does_and_the_other_is_told(desk: Desk) -> None:
    first = desk.raises("first")
    together, said = threading.Barrier(2), list[str]()

    def press() -> None:
        together.wait()
        try:
            desk.snoozes(first)
            said.append("snoozed")
        except Conflict as conflict:
            said.append(conflict.text.id)

    people = [threading.Thread(target=press) for _ in range(2)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sorted(said) == ["error.snoozed_already", "snoozed"]
