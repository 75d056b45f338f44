"""The revisions make exactly the tables that the models describe, in both databases, and can be taken back."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text

from protocol.messages import Learnt, encode
from protocol.topics import Channel, topic
from server.db.base import Base
from server.db.engine import Database
from server.db.migration import downgrade, upgrade
from server.db.tables import Alert
from server.ingest.ingest import ingest
from server.ingest.understand import Incoming
from server.settings import Settings
from tests.server.ingest.test_lessons import STATUE
from tests.server.parts import NOW, Box

REFUSED = STATUE.model_copy(update={"id": "0" * 12, "would_have_hidden": 2})


def test_models_and_migrations_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_again_changes_nothing_and_down_and_up_works(database: Database) -> None:
    upgrade(database)
    downgrade(database, "base")
    assert set(inspect(database.engine).get_table_names()) == {"alembic_version"}
    upgrade(database)
    assert {"alerts", "cases", "nodes"} <= set(inspect(database.engine).get_table_names())


def test_what_an_older_version_stored_is_there_after_the_upgrade_and_after_the_way_back(
    database: Database, settings: Settings, box: Box
) -> None:
    ingest(database, [box.says(box.alert())], settings, NOW)
    downgrade(database, "0001")
    upgrade(database)
    with database.reading() as db:
        row = db.scalars(select(Alert)).one()
        assert (row.payload, row.snooze_id) == (encode(box.alert()), None)


def test_an_older_version_does_not_take_what_was_not_made_for_an_exception(
    database: Database, settings: Settings, box: Box
) -> None:
    learnt = Learnt(node=box.name, at=NOW, exceptions=(STATUE,), refused=(REFUSED,))
    ingest(database, [Incoming(topic(box.name, Channel.LEARNT), encode(learnt), NOW)], settings, NOW)
    downgrade(database, "0003")
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT id FROM rule_exceptions")).scalars().all() == [STATUE.id]
    upgrade(database)


def test_sqlite_survives_a_power_cut_after_the_commit(database: Database) -> None:
    if not database.is_sqlite:
        return
    with database.engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
