"""Fixtures of the edge's tests."""

import sys
from collections.abc import Iterator

import pytest
import structlog

from edge.cli import main
from tests.edge.command import Command, Ended


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """Runs shouwang-edge with arguments; exit status, output, errors."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["shouwang-edge", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    yield run
    structlog.reset_defaults()  # the command logs to a standard error that is gone after the test
