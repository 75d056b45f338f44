"""Both databases, for real: a fresh SQLite file, or a fresh database in one PostgreSQL server per test session."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.db.engine import Database
from server.db.migration import upgrade
from server.settings import Settings
from tests.server.parts import Box, enrolled, settings_in
from tools.postgres import fresh_database, postgres


@pytest.fixture(scope="session", name="postgres")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running PostgreSQL server."""
    with postgres(tmp_path_factory.mktemp("postgres")) as address:
        yield address


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


@pytest.fixture
def postgres_settings(postgres: str, tmp_path: Path) -> Settings:
    """Settings with a PostgreSQL database of their own."""
    return settings_in(tmp_path, fresh_database(postgres))


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
