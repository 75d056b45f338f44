"""Brings the tables up to date by Alembic's revisions; safe when several servers start at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from server.db.engine import Database
from server.errors import ConfigurationError, Unreachable

LOCK = 7_306_865  # any fixed number: the PostgreSQL advisory lock that migrating servers stand in line for


def upgrade(database: Database, revision: str = "head") -> None:
    """Apply all revisions that are missing. Raises Unreachable, or ConfigurationError for tables of a newer version."""
    _run(database, revision, down=False)


def downgrade(database: Database, revision: str) -> None:
    """Take revisions back; "base" takes all, and with them everything stored."""
    _run(database, revision, down=True)


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _run(database: Database, revision: str, *, down: bool) -> None:
    try:
        with database.engine.execution_options(writing=True).begin() as connection:
            if not database.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            (command.downgrade if down else command.upgrade)(configuration(connection), revision)
    except DatabaseError as error:
        place = database.engine.url.render_as_string(hide_password=True)
        raise Unreachable("start.no_database_at", place=place, why=str(error.orig).splitlines()[0]) from None
    except CommandError as error:
        raise ConfigurationError("start.newer_tables", why=str(error)) from None
