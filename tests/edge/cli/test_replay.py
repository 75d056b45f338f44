"""`shouwang-edge replay` as a person meets it: what it tells, what it leaves, and how it ends on a mistake."""

import shutil
from pathlib import Path

import av
import pytest

from tests.edge.box import CAMERA, write
from tests.edge.cli.calls import matches, replay
from tests.edge.clips import FPS, damage
from tests.edge.command import Command


def test_replay_tells_each_alert_once_in_the_cameras_time_and_in_both_languages(command: Command, box: Path) -> None:
    code, said, _ = command(*replay(box), "--no-video", "--start", "2026-03-01T20:00:00Z")
    assert code == 0
    assert [line[:14] for line in said.splitlines()[:3]] == ["● 2026-03-02 0", "● 2026-03-02 0", "○ 2026-03-02 0"]
    assert "A person has been in «middle» for 0.6 s (limit 0.5 s)" in said
    assert "A person crossed «gate» towards the right of the picture" in said
    assert f"60 frames analysed, 15 of them by the detector; results in {box / 'out'}" in said
    _, said, _ = command(*replay(box), "--no-video", "--language", "zh")
    assert "有人在「middle」内已 0.6 秒（限 0.5 秒）" in said
    assert f"共分析 60 帧，其中 15 帧做了检测；结果在 {box / 'out'}" in said


def test_replay_finds_the_camera_file_by_the_clips_name_or_says_where_it_looked(command: Command, box: Path) -> None:
    by_name = ["replay", box / "drawn.mp4", "--model", box / "brightness.yaml", "--out", box / "out", "--no-video"]
    code, _, complaint = command(*by_name)
    assert code == 3
    assert f"looked for {box / 'drawn.camera.yaml'} and " in complaint
    assert complaint.endswith("or name one with --config\n")
    shutil.copy(box / "camera.yaml", box / "drawn.camera.yaml")
    assert "«gate»" in command(*by_name)[1]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "drawn.mp4 stopped early: it is damaged or cut short, "), ("zh", "drawn.mp4 提前中止：文件损坏或不完整，")],
)
def test_replay_says_in_the_readers_language_why_a_clip_stopped_early(
    command: Command, box: Path, language: str, said: str
) -> None:
    damage(box / "drawn.mp4")
    code, _, complaint = command(*replay(box), "--no-video", "--language", language)
    assert code == 0
    assert said in complaint


def test_replay_gives_the_same_files_byte_for_byte(command: Command, box: Path) -> None:
    for out in ("first", "second"):
        assert command(*replay(box, out))[0] == 0
    files = sorted(path.relative_to(box / "first") for path in (box / "first").rglob("*") if path.is_file())
    assert {path.parts[0] for path in files} == {
        "alerts.jsonl",
        "annotated.mp4",
        "clips",
        "snapshots",
        "tracks",
        "yard.scenes",
    }
    for path in files:
        assert (box / "first" / path).read_bytes() == (box / "second" / path).read_bytes(), path


def test_the_annotated_video_plays_and_shows_every_analysed_frame(command: Command, box: Path) -> None:
    command(*replay(box))
    with av.open(str(box / "out" / "annotated.mp4")) as container:
        frames = list(container.decode(video=0))
    assert len(frames) == 12 * FPS // 2  # ten a second, of which five are analysed


@pytest.mark.parametrize(
    ("change", "code", "text"),
    [
        ({"clip": "/nowhere/clip.mp4"}, 4, r"/nowhere/clip\.mp4: .*not exist"),
        ({"--config": "/nowhere/camera.yaml"}, 3, r"/nowhere/camera\.yaml: cannot be read"),
        ({"--model": "/nowhere/model.onnx"}, 5, r"/nowhere/model\.onnx: cannot be read"),
        ({"--start": "2026-03-01T08:00:00"}, 2, r"--start.*needs a zone"),
        ({"--start": "9999-12-31T23:59:59Z"}, 2, r"--start.*lies too far away"),
        ({"--start": "0001-01-01T00:00:00+08:00"}, 2, r"--start.*lies too far away"),
        ({"--publish": "/nowhere/node.yaml"}, 3, r"/nowhere/node\.yaml: cannot be read"),
        ({"--language": "fr"}, 2, r"--language.*zh"),
    ],
)
def test_a_wrong_argument_ends_in_one_sentence_and_its_own_status(
    command: Command, box: Path, change: dict[str, object], code: int, text: str
) -> None:
    ended, said, complaint = command(*replay(box, changes=change), "--no-video")
    assert (ended, said) == (code, "")
    assert "Traceback" not in complaint
    assert matches(text, complaint)


@pytest.mark.parametrize("blocked", ["", "alerts.jsonl", "yard.scenes", "annotated.mp4"])
def test_a_replay_that_cannot_write_says_so_in_one_sentence(command: Command, box: Path, blocked: str) -> None:
    if blocked:
        (box / "out" / blocked).mkdir(parents=True)
    else:
        (box / "out").write_text("a file")
    ended, _, complaint = command(*replay(box))
    assert ended == 10
    assert f"{box / 'out'}" in complaint
    assert "cannot be written" in complaint
    assert len(complaint.strip().splitlines()) == 1


def test_without_a_model_the_detector_that_comes_with_shouwang_looks(command: Command, box: Path) -> None:
    ended, _, complaint = command("replay", box / "drawn.mp4", "--config", box / "camera.yaml", "--out", box / "ours")
    assert ended == 0, complaint
    assert (box / "ours").is_dir()


@pytest.mark.parametrize("content", [b"", b"\0" * 5000, "truncated"])
def test_an_empty_or_broken_clip_is_said(command: Command, box: Path, content: bytes | str) -> None:
    whole = (box / "drawn.mp4").read_bytes()
    (box / "drawn.mp4").write_bytes(whole[: len(whole) // 3] if isinstance(content, str) else content)
    ended, _, complaint = command(*replay(box), "--no-video")
    assert ended == 4
    assert "drawn.mp4" in complaint
    assert len(complaint.splitlines()) == 1


def test_a_class_that_the_model_does_not_know_is_said_with_a_guess(command: Command, box: Path) -> None:
    rules = [{"kind": "intrusion", "zone": "middle", "classes": ["bycicle"]}]
    write(box / "camera.yaml", CAMERA | {"rules": rules})
    ended, _, complaint = command(*replay(box), "--no-video")
    assert ended == 3
    assert "did you mean «bicycle»?" in complaint
