"""Log-in, its limits, and who stands behind a cookie."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from server.db.engine import Database
from server.db.tables import User
from server.db.tables.people import Role
from server.errors import UsageError
from server.people.passwords import Passwords, generate
from server.people.sessions import LoggedIn, RefusalReason, Refused, log_in, log_out, person_of
from server.people.users import create_user, disable
from tests.server.parts import NOW, PASSWORD, somebody

PASSWORDS = Passwords()


@pytest.fixture(autouse=True)
def li(database: Database) -> None:
    with database.writing() as db:
        somebody(db)
        db.commit()


def enter(
    database: Database, name: str = "operator", password: str = PASSWORD, minutes: float = 0, address: str = "::1"
) -> LoggedIn | Refused:
    return log_in(database, PASSWORDS, name, password, address, NOW + timedelta(minutes=minutes), 12)


def test_the_right_password_opens_a_session_that_ends(database: Database) -> None:
    entered = enter(database, " OPERATOR ")
    assert isinstance(entered, LoggedIn)
    with database.reading() as db:
        found = person_of(db, entered.token, NOW)
        assert found is not None
        assert (found.display_name, found.role) == ("Duty desk", Role.OPERATOR)
        assert person_of(db, entered.token, NOW + timedelta(hours=12)) is None
        assert person_of(db, "guessed", NOW) is None
    with database.writing() as db:
        log_out(db, entered.token)
        db.commit()
        assert person_of(db, entered.token, NOW) is None


def test_wrong_name_and_wrong_password_look_alike(database: Database) -> None:
    assert enter(database, "nobody") == enter(database, password="wrong") == Refused(RefusalReason.WRONG)


def test_after_five_wrong_passwords_a_name_waits_even_with_the_right_one(database: Database) -> None:
    for number in range(5):
        assert enter(database, password="wrong", address=f"10.0.0.{number}") == Refused(RefusalReason.WRONG)
    refused = enter(database, minutes=1, address="10.0.0.9")
    assert isinstance(refused, Refused)
    assert (refused.reason, 0 < refused.retry_after_s <= 15 * 60) == (RefusalReason.TOO_MANY, True)
    assert isinstance(enter(database, minutes=16), LoggedIn)


def test_guesses_that_come_at_once_count_like_others(database: Database) -> None:
    with ThreadPoolExecutor(12) as guessing:
        addresses = [f"10.0.1.{number}" for number in range(24)]
        answers = list(guessing.map(lambda address: enter(database, password="wrong", address=address), addresses))
    assert answers.count(Refused(RefusalReason.WRONG)) == 5


def test_an_address_that_tries_many_names_waits(database: Database) -> None:
    for number in range(20):
        enter(database, f"guess{number}", "wrong", address="10.1.1.1")
    assert isinstance(refused := enter(database, address="10.1.1.1"), Refused)
    assert refused.reason is RefusalReason.TOO_MANY
    assert isinstance(enter(database, address="10.1.1.2"), LoggedIn)


def test_a_disabled_user_is_out_at_once(database: Database) -> None:
    entered = enter(database)
    assert isinstance(entered, LoggedIn)
    with database.writing() as db:
        disable(db, "operator", NOW)
        db.commit()
        assert person_of(db, entered.token, NOW) is None
    assert enter(database) == Refused(RefusalReason.WRONG)


def test_neither_password_nor_token_is_in_the_database(database: Database) -> None:
    with database.reading() as db:
        user = db.query(User).one()
        assert user.password_hash.startswith("$argon2id$")
        assert PASSWORD not in user.password_hash


@pytest.mark.parametrize("shown", ["x" * 121, "two\nlines", "a\tb", "\u202egnorw"])
def test_a_name_that_nobody_could_read_is_refused(database: Database, shown: str) -> None:
    with database.writing() as db, pytest.raises(UsageError, match="at most 120 characters"):
        create_user(db, PASSWORDS, "new", PASSWORD, Role.VIEWER, NOW, shown)


def test_weak_passwords_and_taken_names_are_refused(database: Database) -> None:
    assert generate() != generate()
    with database.writing() as db:
        for name, password in (("operator", PASSWORD), ("new", "short"), ("two words", PASSWORD)):
            with pytest.raises(UsageError):
                create_user(db, PASSWORDS, name, password, Role.VIEWER, NOW)
