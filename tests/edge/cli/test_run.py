"""`shouwang-edge run`, and `record`: what a node at work says, and why another does not run."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from edge.alone import alone
from edge.outbox import OutboxError
from tests.conftest import REPOSITORY
from tests.edge.box import write
from tests.edge.cli.calls import replay
from tests.edge.command import Command
from tests.edge.enrolled import credentials_of


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "watching yard with Test (Apache-2.0); Ctrl-C ends it"),
        ("zh", "正在监看 yard，模型为 Test（Apache-2.0）；按 Ctrl-C 结束"),
    ],
)
def test_a_node_at_work_says_what_it_watches_and_holds_its_folder(box: Path, language: str, said: str) -> None:
    credentials_of("gatehouse").save(box / "data")
    # Tests that run in the background ignore interrupts, and so would what they start.
    heeding = ["env", "--default-signal=INT"]
    command = [*heeding, sys.executable, "-c", "from edge.cli import main; main()", "run", str(box / "node.yaml")]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(REPOSITORY), "SHOUWANG_LANGUAGE": language}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8", env=environment
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == f"{said}\n"
        with pytest.raises(OutboxError), alone(box / "data"):
            pass
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 0


def test_record_says_in_chinese_what_is_kept(command: Command, box: Path) -> None:
    code, said, _ = command("record", box / "camera.yaml", "--for", "1s", "--out", box / "kept", "--language", "zh")
    assert code == 0
    (clip,) = (box / "kept").glob("*.mp4")
    name = clip.stem
    assert said == f"已保存 {clip} 和 {name}.camera.yaml；请在 {name}.truth.json 中标注发生的事件\n"


def test_a_node_that_is_not_enrolled_does_not_run_and_says_how_to(command: Command, box: Path) -> None:
    ended, _, complaint = command("run", box / "node.yaml")
    assert ended == 7
    assert "shouwang-edge enrol URL CODE" in complaint


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "{}: this box is enrolled as «gatehouse», not as «east-gate»"),
        ("zh", "{}：此节点登记的名称是「gatehouse」，不是「east-gate」"),
    ],
)
def test_a_box_that_was_given_another_name_does_not_run_and_says_why(
    command: Command, box: Path, language: str, said: str
) -> None:
    credentials_of("gatehouse").save(box / "data")
    write(box / "node.yaml", {"name": "east-gate", "model": "brightness.yaml", "cameras": ["camera.yaml"]})
    for arguments in (["run", box / "node.yaml"], [*replay(box, changes={"--publish": box / "node.yaml"})]):
        ended, out, complaint = command(*arguments, "--language", language)
        assert (ended, out, len(complaint.splitlines())) == (7, "", 1)
        assert complaint.startswith(said.format(box / "data" / "credentials.json"))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "{}: another shouwang-edge run is at work in this folder; stop it first, or give this node a data_dir"),
        ("zh", "{}：另一个 shouwang-edge run 正在使用此文件夹；请先停止它，或在节点文件中另设 data_dir"),
    ],
)
def test_a_second_run_in_a_folder_ends_in_one_sentence(command: Command, box: Path, language: str, said: str) -> None:
    credentials_of("gatehouse").save(box / "data")
    with alone(box / "data"):
        ended, out, complaint = command("run", box / "node.yaml", "--language", language)
    assert (ended, out, len(complaint.splitlines())) == (6, "", 1)
    assert complaint.startswith(said.format(box / "data"))
