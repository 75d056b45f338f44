import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.edge.bench.events.drawn import draw_scene
from tests.edge.command import Command


@pytest.mark.parametrize(
    ("language", "serving", "ended"),
    [
        ("en", r" writes .*yard\.truth\.json; Ctrl-C ends it", "ended"),
        ("zh", " 上的标注会写入 .*；按 Ctrl-C 结束", "已结束"),
    ],
)
def test_the_command_serves_until_interrupted(tmp_path: Path, language: str, serving: str, ended: str) -> None:
    clip = draw_scene(tmp_path, "yard")
    # Tests that run in the background ignore interrupts, and so would what they start.
    heeding = ["env", "--default-signal=INT"]
    command = [*heeding, sys.executable, "-c", "from edge.cli import main; main()", "label", str(clip)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(REPOSITORY), "SHOUWANG_LANGUAGE": language}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment) as running:
        assert running.stdout is not None
        line = running.stdout.readline()
        found = re.match(r"(http://127\.0\.0\.1:\d+/[\w-]{32}/)" + serving, line)
        assert found, line
        with urllib.request.urlopen(found[1], timeout=10) as answer:  # noqa: S310 - our own address
            assert answer.status == 200
        running.send_signal(signal.SIGINT)
        assert running.wait(20) == 0
        assert running.stdout.read() == f"{ended}\n"


def test_mistakes_end_in_a_sentence(command: Command, tmp_path: Path) -> None:
    clip = draw_scene(tmp_path, "yard", events=[{"kind": "intrusoin", "start": 1, "end": 2}])
    code, _, said = command("label", clip)
    assert (code, "did you mean «intrusion»?" in said) == (3, True)
    assert command("label", tmp_path / "none.mp4")[0] == 4
    assert command("label", clip, "--config", tmp_path / "none.yaml")[0] == 3


def test_a_port_in_use_is_told(command: Command, tmp_path: Path) -> None:
    clip = draw_scene(tmp_path, "yard")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, _, said = command("label", clip, "--port", taken.getsockname()[1])
    assert (code, "cannot be had" in said) == (2, True)
