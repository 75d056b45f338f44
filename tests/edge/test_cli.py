"""The command line as a person meets it: what it prints, where it puts things, and how it ends on a mistake."""

import os
import re
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import av
import cv2
import pytest
import yaml

from edge.alone import alone
from edge.complaints import tell
from edge.heartbeat import FILE, beat
from edge.outbox import OutboxError
from protocol.ids import uuid7
from protocol.messages import CameraHealth, CameraState, Health, OutboxHealth, Rations, encode
from tests.conftest import REPOSITORY
from tests.edge.clips import FPS, damage, draw_clip
from tests.edge.command import Command
from tests.edge.enrolled import credentials_of
from tests.edge.vision.networks import save_brightness_network

CAMERA = {
    "name": "yard",
    "source": "drawn.mp4",
    "timezone": "Asia/Shanghai",
    "zones": [{"name": "middle", "polygon": [[0.35, 0.3], [0.65, 0.3], [0.65, 0.9], [0.35, 0.9]]}],
    "lines": [{"name": "gate", "start": [0.5, 0.2], "end": [0.5, 0.9]}],
    "rules": [{"kind": "intrusion", "zone": "middle"}, {"kind": "line_crossing", "line": "gate"}],
}


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn clip and a small real network."""
    folder = tmp_path_factory.mktemp("parts")
    save_brightness_network(folder)
    draw_clip(folder / "drawn.mp4")
    return folder


@pytest.fixture
def box(parts: Path, tmp_path: Path) -> Path:
    """A folder with everything a node needs: node.yaml, camera.yaml, model, clip."""
    shutil.copytree(parts, tmp_path, dirs_exist_ok=True)
    write(tmp_path / "camera.yaml", CAMERA | {"source": str(tmp_path / "drawn.mp4")})
    write(tmp_path / "node.yaml", {"name": "gatehouse", "model": "brightness.yaml", "cameras": ["camera.yaml"]})
    return tmp_path


def write(path: Path, document: object) -> Path:
    path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    return path


def replay(box: Path, out: str = "out", changes: dict[str, object] | None = None) -> list[object]:
    options: dict[str, object] = {
        "--config": box / "camera.yaml",
        "--model": box / "brightness.yaml",
        "--out": box / out,
        **(changes or {}),
    }
    clip = options.pop("clip", box / "drawn.mp4")
    return ["replay", clip, *(part for pair in options.items() for part in pair)]


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


def test_weights_that_are_not_those_of_the_card_are_refused(command: Command, box: Path) -> None:
    with (box / "brightness.onnx").open("ab") as file:
        file.write(b"\0")
    ended, _, complaint = command("models", "verify", box / "brightness.yaml")
    assert ended == 5
    assert matches(r"brightness\.onnx: sha256 is .* expects", complaint)


def test_models_verify_and_list_name_the_licence(command: Command, box: Path) -> None:
    code, said, _ = command("models", "verify", box / "brightness.yaml")
    assert code == 0
    assert "Apache-2.0" in said
    code, said, _ = command("models", "list")
    assert code == 0
    assert "AGPL-3.0" in said


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


def test_a_path_is_whole_on_a_narrow_terminal(command: Command, box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    _, said, _ = command("check", box / "node.yaml", "--out", box / "views")
    assert str(box / "views" / "yard.jpg") in said


@pytest.mark.parametrize("licence", ["AGPL-3.0-only", "NOASSERTION"])
def test_a_licence_that_the_installer_rules_out_is_refused_everywhere(
    command: Command, box: Path, monkeypatch: pytest.MonkeyPatch, licence: str
) -> None:
    stated = "states no licence" if licence == "NOASSERTION" else f"is under {licence}"
    card = yaml.safe_load((box / "brightness.yaml").read_text("utf-8"))
    write(box / "brightness.yaml", card | {"licence": licence})
    arguments = [*replay(box), "--no-video"]
    assert command("check", box / "node.yaml", "--out", box / "views")[0] == 0
    node = yaml.safe_load((box / "node.yaml").read_text("utf-8"))
    write(box / "node.yaml", node | {"licences": "permissive"})
    credentials_of("gatehouse").save(box / "data")
    commands: list[list[object]] = [["check", box / "node.yaml"], ["run", box / "node.yaml"]]
    commands += [[*arguments, "--licences", "permissive"], [*arguments, "--publish", box / "node.yaml"]]
    for line in commands:
        ended, said, complaint = command(*line)
        assert (ended, said) == (5, "")
        assert f"model «brightness» {stated}, and" in complaint
        assert "«licences: permissive» takes only known licences that ask for no more than to be named" in complaint
    monkeypatch.setenv("SHOUWANG_LICENCES", "permissive")
    assert command(*arguments)[0] == 5
    write(box / "node.yaml", node | {"licences": "free"})
    _, _, complaint = command("check", box / "node.yaml")
    assert matches(r"node\.yaml:\d+ licences: input should be 'any' or 'permissive'", complaint)


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


def test_health_of_a_node_that_never_ran_or_went_silent_is_a_fault(command: Command, box: Path) -> None:
    ended, _, complaint = command("health", box / "node.yaml")
    assert (ended, "has not run here yet" in complaint) == (1, True)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    old = Health(node="gatehouse", at=at, boot=uuid7(at), uptime_s=9, resident_mb=1)
    (box / "data").mkdir()
    (box / "data" / FILE).write_bytes(encode(old))
    ended, said, complaint = command("health", box / "node.yaml")
    assert (ended, "is it running?" in complaint, "2026-01-01" in said) == (1, True, True)


def test_health_is_told_in_either_language(command: Command, box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = datetime.now(UTC)
    rations = Rations(analysed_per_s=2.5, of_per_s=5, paused=("shed",))
    cameras = (
        CameraHealth(name="yard", state=CameraState.WATCHING, since=at, analysed_per_s=2.5, dropped=7, rations=rations),
        CameraHealth(name="gate", state=CameraState.STALLED, since=at, reconnects=3),
    )
    waiting = OutboxHealth(waiting_alerts=2, waiting_evidence=5)
    told = Health(
        node="gatehouse",
        at=at,
        boot=uuid7(at),
        uptime_s=9,
        resident_mb=151,
        cpu_percent=40,
        cameras=cameras,
        outbox=waiting,
    )
    (box / "data").mkdir()
    beat(box / "data", told)
    monkeypatch.setenv("COLUMNS", "100")
    code, said, _ = command("health", box / "node.yaml")
    assert code == 0
    assert cells(said) == [
        ["camera", "state", "analysed/s", "dropped", "reconnects", "short rations"],
        ["yard", "watching", "2.5", "7", "0", "2.5 of 5 frames a second; «shed» rests"],
        ["gate", "stalled", "0.0", "0", "3", ""],
    ]
    assert said.splitlines()[-1] == (
        f"{at:%Y-%m-%d %H:%M:%S} UTC, 151 MB, CPU 40 %; 2 alerts and 5 pieces of evidence wait"
    )
    _, said, _ = command("health", box / "node.yaml", "--language", "zh")
    assert cells(said) == [
        ["摄像机", "状态", "分析/秒", "丢弃帧", "重连次数", "降级监看"],
        ["yard", "正在监看", "2.5", "7", "0", "每秒 5 帧中分析 2.5 帧；「shed」已暂停"],
        ["gate", "画面停滞", "0.0", "0", "3", ""],
    ]
    assert said.splitlines()[-1] == (f"{at:%Y-%m-%d %H:%M:%S} UTC，内存 151 MB，CPU 40%；待发送告警 2 条，证据 5 份")


@pytest.mark.parametrize("state", CameraState)
def test_every_state_of_a_camera_has_a_name(state: CameraState) -> None:
    assert tell(f"health.state.{state}", "en") == state
    assert tell(f"health.state.{state}", "zh") != state


def cells(said: str) -> list[list[str]]:
    rows = [line for line in said.splitlines() if line[:1] in ("┃", "│")]
    return [[cell.strip() for cell in re.split("[┃│]", line)[1:-1]] for line in rows]


@pytest.mark.parametrize(
    ("url", "code", "text"),
    [
        ("http://127.0.0.1:9", "ABCD-2345", "cannot be reached"),
        ("http://127.0.0.1:9", "?", "a code looks like"),
        ("127.0.0.1:9", "ABCD-2345", "«127.0.0.1:9» is no address of a server; it looks like https://server:8080"),
        ("not an address", "ABCD-2345", "«not an address» is no address of a server"),
        ("http://server..lan:8080", "ABCD-2345", "«http://server..lan:8080» is no address of a server"),
    ],
)
def test_enrolment_says_what_is_wrong(command: Command, box: Path, url: str, code: str, text: str) -> None:
    ended, _, complaint = command("enrol", url, code, "--config", box / "node.yaml")
    assert ended == 8
    assert text in complaint
    assert not os.path.exists(box / "data" / "credentials.json")


def test_enrolment_with_a_server_that_is_elsewhere_says_where(command: Command, box: Path) -> None:
    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(308)
            self.send_header("Location", f"https://shouwang.lan{self.path}")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server, ThreadPoolExecutor(1) as serving:
        serving.submit(server.handle_request)
        address = f"http://127.0.0.1:{server.server_port}"
        ended, _, complaint = command("enrol", address, "ABCD-2345", "--config", box / "node.yaml")
    assert ended == 8
    assert complaint.startswith(f"{address}: sends to https://shouwang.lan/api/v1/enrolments; ")


def test_enrolment_without_room_for_its_answer_asks_the_server_for_nothing(command: Command, box: Path) -> None:
    (box / "data").write_text("no folder")
    ended, _, complaint = command("enrol", "http://127.0.0.1:9", "ABCD-2345", "--config", box / "node.yaml")
    assert (ended, len(complaint.splitlines())) == (7, 1)
    assert complaint.startswith(f"{box / 'data'}: cannot be written (File exists)")


def matches(pattern: str, text: str) -> bool:

    return re.search(pattern, " ".join(text.split())) is not None
