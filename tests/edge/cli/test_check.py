"""`shouwang-edge check`: every camera is opened, and what is wrong is said with its remedy."""

from pathlib import Path

import cv2
import pytest
import yaml

from tests.edge.box import CAMERA, write
from tests.edge.command import Command


def test_check_opens_every_camera_draws_its_zones_and_says_what_to_do(command: Command, box: Path) -> None:
    write(box / "broken.yaml", CAMERA | {"name": "broken", "source": str(box / "gone.mp4")})
    write(box / "silent.yaml", CAMERA | {"name": "silent", "source": "rtsp://cam:sesame@127.0.0.1:9/stream"})
    document = yaml.safe_load((box / "node.yaml").read_text("utf-8"))
    write(box / "node.yaml", document | {"cameras": ["camera.yaml", "broken.yaml", "silent.yaml"]})
    code, said, complaint = command("check", box / "node.yaml", "--out", box / "views")
    assert code == 1
    _, watching, gone, silent = said.splitlines()
    assert watching == f"watching  yard  320×240, its zones drawn in {box / 'views' / 'yard.jpg'}"
    assert gone.startswith(f"fault     broken  {box / 'gone.mp4'}: ")
    assert silent.startswith("fault     silent  ")
    assert "sesame" not in said + complaint
    picture = cv2.imread(str(box / "views" / "yard.jpg"))
    assert picture is not None
    assert picture.shape == (240, 320, 3)


@pytest.mark.parametrize("blocked", ["pictures", "pictures/yard.jpg/taken"])
def test_check_that_cannot_keep_its_pictures_says_so(command: Command, box: Path, blocked: str) -> None:
    (box / blocked).parent.mkdir(parents=True, exist_ok=True)
    (box / blocked).write_text("no folder")
    ended, out, complaint = command("check", box / "node.yaml", "--out", box / "pictures")
    assert (ended, "zones drawn" in out, len(complaint.splitlines())) == (10, False, 1)
    assert complaint.startswith(f"{box / 'pictures' / 'yard.jpg'}: cannot be written")


def test_check_without_faults_ends_well(command: Command, box: Path) -> None:
    code, said, _ = command("check", box / "node.yaml", "--out", box / "views")
    assert code == 0
    assert "320×240" in said


def test_check_speaks_chinese_and_its_lines_stand_below_each_other(
    command: Command, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUWANG_LANGUAGE", "zh")
    must = {"kind": "intrusion", "zone": "middle", "from_s": 0, "to_s": 12}
    right = {"clip": "drawn.mp4", "must": [must], "must_not": []}
    wrong = {"clip": "drawn.mp4", "must": [must | {"from_s": 9}]}
    source = str(box / "drawn.mp4")
    write(box / "camera.yaml", CAMERA | {"source": source, "examples": [right, wrong]})
    write(box / "broken.yaml", CAMERA | {"name": "broken", "source": str(box / "gone.mp4")})
    document = yaml.safe_load((box / "node.yaml").read_text("utf-8"))
    write(box / "node.yaml", document | {"cameras": ["camera.yaml", "broken.yaml"]})
    code, said, _ = command("check", box / "node.yaml", "--out", box / "views")
    assert code == 1
    model, watching, gone, as_it_must, otherwise = said.splitlines()
    assert model == "模型「Test」（Apache-2.0）正常"
    assert watching == f"正常      yard  320×240，画出区域的画面在 {box / 'views' / 'yard.jpg'}"
    assert gone == f"故障      broken  {box / 'gone.mp4'}：不存在；请改正路径"
    assert as_it_must == "相符      yard  示例 drawn.mp4"
    assert otherwise.startswith("不符      yard  示例 drawn.mp4；9 至 12 秒没有报出「middle」的区域入侵；")


def test_a_path_is_whole_on_a_narrow_terminal(command: Command, box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    _, said, _ = command("check", box / "node.yaml", "--out", box / "views")
    assert str(box / "views" / "yard.jpg") in said
