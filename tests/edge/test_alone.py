"""A data folder has one run at a time, and none that has ended holds it."""

import subprocess
import sys
from pathlib import Path

import pytest

from edge.alone import alone
from edge.outbox import OutboxError
from tests.conftest import REPOSITORY

HOLDER = """
import sys
from pathlib import Path
from edge.alone import alone
with alone(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_folder_is_free_again_after_the_run(tmp_path: Path) -> None:
    for _ in range(2):
        with alone(tmp_path), pytest.raises(OutboxError, match="another shouwang-edge run"), alone(tmp_path):
            pass


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=REPOSITORY) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(OutboxError), alone(tmp_path):
            pass
        holder.kill()
        holder.wait()
        with alone(tmp_path):
            pass


def test_a_folder_that_cannot_be_held_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutboxError, match=r"run\.lock: No such file or directory"), alone(tmp_path / "nowhere"):
        pass
