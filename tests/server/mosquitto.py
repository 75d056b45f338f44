"""Mosquitto for tests, which skip with the reason where it is not installed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.server.parts import free_port
from tools.mosquitto import Mosquitto, program
from tools.mosquitto import mosquitto as running


@contextmanager
def mosquitto(folder: Path) -> Iterator[Mosquitto]:
    """A broker on a free port."""
    try:
        program("mosquitto")
    except FileNotFoundError as error:
        pytest.skip(str(error))
    with running(folder, free_port()) as broker:
        yield broker
