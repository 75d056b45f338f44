"""What verdicts have taught a node becomes rows, in both databases; what people ask is said until it is done."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from protocol.kinds import Kind
from protocol.messages import (
    Command,
    CommandWord,
    ExceptionKind,
    Health,
    Learnt,
    LearntException,
    Text,
    Verdict,
    VerdictWord,
    encode,
)
from protocol.topics import Channel, topic
from server.cases.actions import give_verdict
from server.db.engine import Database
from server.db.tables import Alert, RuleException, User
from server.db.tables.lessons import Standing
from server.db.tables.people import Role
from server.errors import Conflict, NotAllowed
from server.ingest.board import BoardKind
from server.ingest.ingest import Taken, ingest
from server.ingest.understand import Incoming
from server.lessons.asking import accept, take_back
from server.lessons.queries import of_alert, of_camera, refused_of_camera, standing_by_camera
from server.people.person import person
from server.settings import Settings
from tests.server.parts import NOW, Box, somebody

ALERT = UUID("019c9c8e-0000-7000-8000-000000000001")
STATUE = LearntException(
    id="54c1f2a09b7e", camera="east-gate", rule="bays", rule_kind=Kind.INTRUSION, since=NOW, kind=ExceptionKind.PLACE,
    label="person", box=(0.5, 0.3, 0.6, 0.8), because=ALERT, would_have_hidden=0, of=41,
)  # fmt: skip
PROPOSED = STATUE.model_copy(update={"proposed": True})


@pytest.fixture
def say(database: Database, settings: Settings, box: Box) -> "Say":
    return Say(database, settings, box)


class Say:
    """The node speaks, and the server commits."""

    def __init__(self, database: Database, settings: Settings, box: Box) -> None:
        self._database, self._settings, self._box = database, settings, box

    def learnt(
        self,
        *exceptions: LearntException,
        left_out: int = 0,
        refused: LearntException | None = None,
        at: datetime = NOW,
    ) -> Taken:
        not_made = (refused,) if refused else ()
        message = Learnt(node=self._box.name, at=at, exceptions=exceptions, left_out=left_out, refused=not_made)
        return self._ingest(Channel.LEARNT, encode(message), at)

    def alert(self) -> None:
        ingest(self._database, [self._box.says(self._box.alert())], self._settings, NOW)

    def verdict(self, word: VerdictWord, at: datetime) -> Verdict:
        with self._database.writing() as db:
            duty = person(db.scalars(select(User).where(User.name == "operator")).one(), "csrf")
            said = give_verdict(db, db.scalars(select(Alert)).one(), word, duty, at)
            db.commit()
            return said

    def health(self, at: datetime = NOW) -> list[Command]:
        payload = encode(Health(node=self._box.name, at=at, boot=UUID(int=1), uptime_s=1))
        return [m for _, _, m in self._ingest(Channel.HEALTH, payload, at).to_nodes if isinstance(m, Command)]

    def _ingest(self, channel: Channel, payload: bytes, at: datetime) -> Taken:
        incoming = Incoming(topic(self._box.name, channel), payload, at)
        return ingest(self._database, [incoming], self._settings, at)


def standings(database: Database) -> list[Standing]:
    with database.reading() as db:
        return [one.standing for one in of_camera(db, "gatehouse", "east-gate")]


def test_an_exception_is_kept_with_its_words_and_found_by_alert_and_camera(database: Database, say: Say) -> None:
    news = say.learnt(STATUE).news
    assert (BoardKind.ALERT, str(ALERT)) in [(event.kind, event.id) for event in news]
    with database.reading() as db:
        (one,) = of_alert(db, "gatehouse", ALERT)
        assert (one.standing, one.row.box, one.row.of) == (Standing.IN_FORCE, [0.5, 0.3, 0.6, 0.8], 41)
        assert one.what.arguments == {"label": "label.person", "right": 55, "down": 55}
        assert one.cost.arguments == {"hidden": 0, "of": 41}
        assert standing_by_camera(db) == {("gatehouse", "east-gate"): 1}


def test_what_is_said_again_is_no_news_and_what_is_no_longer_said_is_gone(database: Database, say: Say) -> None:
    say.learnt(STATUE)
    assert [event for event in say.learnt(STATUE).news if event.kind is BoardKind.ALERT] == []
    say.learnt(at=NOW + timedelta(minutes=1))
    assert standings(database) == [Standing.GONE]
    say.learnt(STATUE, at=NOW + timedelta(minutes=2))
    assert standings(database) == [Standing.IN_FORCE]


def test_what_a_node_could_not_tell_of_is_not_gone(database: Database, say: Say) -> None:
    say.learnt(STATUE)
    say.learnt(left_out=1)
    assert standings(database) == [Standing.IN_FORCE]


def test_taking_back_is_said_with_each_heartbeat_until_the_node_has_done_it(database: Database, say: Say) -> None:
    say.learnt(STATUE)
    assert say.health() == []
    with database.writing() as db:
        asked = take_back(db.get_one(RuleException, ("gatehouse", STATUE.id)), somebody(db), NOW)
        db.commit()
    assert (asked.command, asked.camera, asked.exception) == (CommandWord.TAKE_BACK, "east-gate", STATUE.id)
    assert standings(database) == [Standing.GOING]
    for _ in range(2):
        assert [(c.command, c.exception) for c in say.health()] == [(CommandWord.TAKE_BACK, STATUE.id)]
    say.learnt()
    assert standings(database) == [Standing.GONE]
    assert say.health() == []
    with database.reading() as db:
        (one,) = of_camera(db, "gatehouse", "east-gate")
        assert (one.taken_back_by, one.row.taken_back_at) == ("Duty desk", NOW)


def test_a_proposal_counts_when_an_administrator_has_accepted_it_and_the_node_says_so(
    database: Database, say: Say
) -> None:
    say.learnt(PROPOSED)
    with database.writing() as db:
        row = db.get_one(RuleException, ("gatehouse", STATUE.id))
        with pytest.raises(NotAllowed):
            accept(row, somebody(db, Role.OPERATOR), NOW)
        accept(row, somebody(db, Role.ADMINISTRATOR, "chief"), NOW)
        db.commit()
    assert standings(database) == [Standing.ACCEPTING]
    assert [command.command for command in say.health()] == [CommandWord.ACCEPT]
    say.learnt(STATUE)
    assert standings(database) == [Standing.IN_FORCE]
    assert say.health() == []


@pytest.mark.parametrize("gone_between", [True, False])
def test_what_is_proposed_again_after_it_counted_is_accepted_by_nobody(
    database: Database, say: Say, gone_between: bool
) -> None:
    say.learnt(PROPOSED)
    with database.writing() as db:
        accept(db.get_one(RuleException, ("gatehouse", STATUE.id)), somebody(db, Role.ADMINISTRATOR), NOW)
        db.commit()
    say.learnt(STATUE)
    if gone_between:
        with database.writing() as db:
            take_back(db.get_one(RuleException, ("gatehouse", STATUE.id)), somebody(db, name="second"), NOW)
            db.commit()
        say.learnt()
    say.learnt(PROPOSED)
    assert standings(database) == [Standing.PROPOSED]
    assert say.health() == []
    with database.reading() as db:
        (one,) = of_camera(db, "gatehouse", "east-gate")
        assert (one.accepted_by, one.row.accepted_at, one.taken_back_by) == (None, None, None)


def test_who_only_looks_takes_nothing_back_and_nobody_what_is_gone(database: Database, say: Say) -> None:
    say.learnt(STATUE)
    with database.writing() as db:
        row = db.get_one(RuleException, ("gatehouse", STATUE.id))
        with pytest.raises(NotAllowed):
            take_back(row, somebody(db, Role.VIEWER, "viewer"), NOW)
        with pytest.raises(Conflict):
            accept(row, somebody(db, Role.ADMINISTRATOR, "chief"), NOW)
    say.learnt()
    with database.writing() as db, pytest.raises(Conflict):
        take_back(db.get_one(RuleException, ("gatehouse", STATUE.id)), somebody(db), NOW)


@pytest.fixture
def refusal(database: Database, say: Say) -> LearntException:
    """Of an alert that somebody has just called false."""
    with database.writing() as db:
        somebody(db)
        db.commit()
    say.alert()
    said = say.verdict(VerdictWord.FALSE, NOW + timedelta(microseconds=1500))
    return STATUE.model_copy(update={"because": said.alert, "since": said.at, "would_have_hidden": 2})


def not_made(database: Database, refusal: LearntException) -> list[Text]:
    """What the alert's page tells, which is what the camera's page tells."""
    with database.reading() as db:
        at_alert = [one.cost for one in of_alert(db, "gatehouse", refusal.because) if one.standing is Standing.REFUSED]
        at_camera = [one.cost for one in refused_of_camera(db, "gatehouse", "east-gate", 10)]
        assert at_alert == at_camera
        return at_alert


def test_what_was_not_made_is_told_at_alert_and_camera_and_counts_as_no_exception(
    database: Database, say: Say, refusal: LearntException
) -> None:
    news = say.learnt(refused=refusal).news
    assert (BoardKind.ALERT, str(refusal.because)) in [(event.kind, event.id) for event in news]
    assert [text.arguments for text in not_made(database, refusal)] == [{"hidden": 2, "of": 41}]
    assert standings(database) == []
    with database.reading() as db:
        assert standing_by_camera(db) == {}
        (one,) = of_alert(db, "gatehouse", refusal.because)
        assert one.what.id == "lesson.place.kept"


def test_what_was_not_made_stays_told_when_its_node_has_newer_ones_and_is_no_news_twice(
    database: Database, say: Say, refusal: LearntException
) -> None:
    say.learnt(refused=refusal)
    assert [event for event in say.learnt(refused=refusal).news if event.kind is BoardKind.ALERT] == []
    say.learnt()
    assert len(not_made(database, refusal)) == 1


def test_a_change_of_mind_ends_what_is_told_and_only_what_came_of_the_last_verdict_is(
    database: Database, say: Say, refusal: LearntException
) -> None:
    say.learnt(refused=refusal)
    say.verdict(VerdictWord.REAL, NOW + timedelta(minutes=1))
    assert not_made(database, refusal) == []
    again = say.verdict(VerdictWord.FALSE, NOW + timedelta(minutes=2))
    assert not_made(database, refusal) == []
    say.learnt(refused=refusal.model_copy(update={"id": "0" * 12, "since": again.at, "would_have_hidden": 3}))
    assert [text.arguments["hidden"] for text in not_made(database, refusal)] == [3]


def test_who_makes_it_all_the_same_in_the_node_s_file_has_an_exception_in_force(
    database: Database, say: Say, refusal: LearntException
) -> None:
    say.learnt(refused=refusal)
    say.learnt(refusal)
    assert standings(database) == [Standing.IN_FORCE]
    assert not_made(database, refusal) == []


def test_what_was_not_made_can_be_neither_accepted_nor_taken_back(
    database: Database, say: Say, refusal: LearntException
) -> None:
    say.learnt(refused=refusal)
    with database.writing() as db:
        row, chief = db.get_one(RuleException, ("gatehouse", refusal.id)), somebody(db, Role.ADMINISTRATOR, "chief")
        for ask in (accept, take_back):
            with pytest.raises(Conflict):
                ask(row, chief, NOW)
    assert say.health() == []
