"""The database engine: SQLite in WAL mode or PostgreSQL, and sessions for reading and for writing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session, sessionmaker

from server.errors import ConfigurationError
from server.folders import need_folder

SQLITE_PRAGMAS = ("journal_mode=WAL", "busy_timeout=15000", "foreign_keys=ON", "synchronous=FULL")
"""FULL, not NORMAL: a receipt promises that the alert survives a power cut."""


class Database:
    """Owns the engine. Thread-safe; lives as long as the process."""

    def __init__(self, url: str) -> None:
        """Connects to nothing yet. Raises ConfigurationError for an address that is none."""
        self.engine = _make_engine(url)
        self._readers = sessionmaker(self.engine, expire_on_commit=False)
        self._writers = sessionmaker(self.engine.execution_options(writing=True), expire_on_commit=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite, which has one writer at a time."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session whose transaction is rolled back at the end."""
        with self._readers() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits only where its user says so.

        On SQLite it takes the one writer's place at its first statement: a transaction that first reads and then
        writes can otherwise fail at once instead of waiting.
        """
        with self._writers() as session:
            yield session

    def ping(self) -> None:
        """Raises SQLAlchemyError unless the database answers."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _make_engine(url: str) -> Engine:
    try:
        address = make_url(url)
        if address.get_backend_name() == "sqlite":
            if address.database:
                need_folder(Path(address.database).parent, "database_url or data_dir")
            engine = create_engine(address, connect_args={"check_same_thread": False}, pool_size=20, max_overflow=40)
            _make_sqlite_safe(engine)
            return engine
        # Times come in UTC, whatever the server's own zone: in it the farthest would lie in years that no calendar has.
        how: dict[str, str | int] = {} if "options" in address.query else {"options": "-c timezone=UTC"}
        how |= {} if "connect_timeout" in address.query else {"connect_timeout": 10}
        return create_engine(address, pool_size=10, max_overflow=30, pool_pre_ping=True, connect_args=how)
    except (ArgumentError, ImportError) as error:
        raise ConfigurationError("start.database_url", why=type(error).__name__) from None


def _make_sqlite_safe(engine: Engine) -> None:
    def set_pragmas(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself: `begin` below does
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begin(connection: Connection) -> None:
        options: Any = connection.get_execution_options()
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writing") else "BEGIN")

    event.listen(engine, "connect", set_pragmas)
    event.listen(engine, "begin", begin)
