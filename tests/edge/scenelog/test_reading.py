from datetime import timedelta
from pathlib import Path

import pytest

from edge.scenelog.errors import LogError
from edge.scenelog.fields import fold
from edge.scenelog.form import BLOCK
from edge.scenelog.reading import LogOfFile, one_camera, read_runs
from edge.scenelog.writing import BLOCK_S
from edge.vision.scene import Scene
from tests.edge.scenelog.logs import CAMERA, write_log
from tests.edge.scenes import IN, OUT, START, Thing, scene

WALK = Thing(1, [(0, OUT), (5, IN), (12, OUT)])


def scenes(seconds: float, first_s: float = 0) -> list[Scene]:
    return [scene(first_s + number / 5, [WALK]) for number in range(int(seconds * 5))]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_log(tmp_path / "yard.scenes", scenes(200))


def read(path: Path) -> list[Scene]:
    (run,) = read_runs(path)
    blocks = [stored.unpacked() for stored in run.blocks()]
    return [one.scene(number) for one in blocks for number in range(len(one))]


def test_a_log_is_read_back_in_blocks_of_a_minute(log: Path) -> None:
    file = LogOfFile(log)
    assert [stored.outline.scenes for stored in file.blocks] == [300, 300, 300, 100]
    assert all((stored.last - stored.first).total_seconds() < BLOCK_S for stored in file.blocks)
    assert [one.at for one in read(log)] == [one.at for one in scenes(200)]


def test_the_header_has_the_cameras_settings_and_never_its_address(log: Path) -> None:
    header = LogOfFile(log).header
    assert header.camera_config().fingerprint == CAMERA.fingerprint
    assert "sesame" not in header.model_dump_json()
    assert b"sesame" not in log.read_bytes()


def test_a_file_that_is_cut_off_anywhere_loses_only_its_last_block(log: Path, tmp_path: Path) -> None:
    whole = log.read_bytes()
    file = LogOfFile(log)
    ends = [len(whole)]
    for stored in reversed(file.blocks):
        ends.insert(0, ends[0] - len(stored.data) - BLOCK.size)
    cut = tmp_path / "cut.scenes"
    for length in range(ends[0], len(whole), 97):
        cut.write_bytes(whole[:length])
        left = LogOfFile(cut)
        assert len(left.blocks) == sum(end <= length for end in ends[1:])
        assert left.cut is (length not in ends)


def test_a_block_that_was_damaged_ends_what_is_read(log: Path) -> None:
    whole = bytearray(log.read_bytes())
    whole[-10] ^= 255
    log.write_bytes(whole)
    file = LogOfFile(log)
    assert len(file.blocks) == 3
    assert file.cut


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "ends in its header"),
        (b"a letter", "is no scene log; name one that replay or a node wrote"),
        (b"\0" * 500, "is no scene log"),
        (b"SHOUWANG SCENES 2\n" + b"\0" * 90, "is a scene log of version 2, this software reads 1"),
        (b"SHOUWANG SCENES 1\n", "ends in its header"),
        (b"SHOUWANG SCENES 1\n" + b"\0" * 90, "cannot be used"),
    ],
)
def test_what_is_no_log_is_told_in_one_sentence(tmp_path: Path, content: bytes, text: str) -> None:
    path = tmp_path / "odd.scenes"
    path.write_bytes(content)
    with pytest.raises(LogError, match=text) as told:
        read_runs(path)
    assert str(path) in str(told.value)
    assert "\n" not in str(told.value)


def test_a_camera_that_falls_silent_leaves_its_silences(tmp_path: Path) -> None:
    silences = [START + timedelta(seconds=10 + 2 * number) for number in range(40)]
    path = write_log(tmp_path / "a.scenes", [*scenes(10), *silences])
    (run,) = read_runs(path)
    blocks = [stored.unpacked() for stored in run.blocks()]
    assert [len(one) for one in blocks] == [50, 0]
    assert [silence.at for one in blocks for silence in one.silences] == silences
    assert run.ends == silences[-1]


def test_a_file_that_is_not_there_and_an_empty_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="cannot be read"):
        read_runs(tmp_path / "gone.scenes")
    with pytest.raises(LogError, match="holds no scene log"):
        read_runs(tmp_path)


def leave_out(field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Logs are written as if scenes did not have a field."""
    monkeypatch.setattr("edge.scenelog.block.fold", lambda name, *more: None if name == field else fold(name, *more))


def test_a_field_that_is_newer_than_the_log_has_its_default(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leave_out("uncertainty_ms", monkeypatch)
    write_log(log, scenes(10))
    assert {one.uncertainty_ms for one in read(log)} == {0}


def test_a_block_of_another_software_is_told_when_its_scenes_are_asked_for(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_out("index", monkeypatch)
    write_log(log, scenes(10))
    with pytest.raises(LogError, match=r"the block of 2026-03-02 04:00:00 UTC cannot be read"):
        read(log)


def test_files_of_a_folder_are_runs_in_the_order_of_time(tmp_path: Path) -> None:
    day = timedelta(days=1)
    for name, run, first_s in (("c", "two", 300), ("a", "one", 0), ("b", "one", 100)):
        write_log(tmp_path / f"{name}.scenes", scenes(10, first_s), run=run, begins=None)
    runs = read_runs(tmp_path)
    assert [(run.header.run, len(run.files)) for run in runs] == [("one", 2), ("two", 1)]
    assert runs[0].begins == START
    assert runs[0].ends - START < day
    assert one_camera(runs, tmp_path) == "yard"


def test_each_recording_in_a_folder_is_a_run_of_its_own(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_log(tmp_path / name / "yard.scenes", scenes(10), run="replay", begins=START)
    assert [len(run.files) for run in read_runs(tmp_path)] == [1, 1]


def test_a_file_whose_header_the_power_took_does_not_hide_the_others(tmp_path: Path) -> None:
    whole = write_log(tmp_path / "a.scenes", scenes(10)).read_bytes()
    for length in (0, 7, 18, 22, 60):
        (tmp_path / f"b{length}.scenes").write_bytes(whole[:length])
    (run,) = read_runs(tmp_path)
    assert len(run.files) == 1


def test_a_folder_of_two_cameras_is_no_log_of_one(tmp_path: Path) -> None:
    write_log(tmp_path / "a.scenes", scenes(3))
    write_log(tmp_path / "b.scenes", scenes(3), CAMERA.model_copy(update={"name": "gate"}))
    with pytest.raises(LogError, match="holds scenes of yard, gate"):
        one_camera(read_runs(tmp_path), tmp_path)


def test_a_log_of_settings_that_there_are_no_more_is_refused(tmp_path: Path) -> None:
    header = LogOfFile(write_log(tmp_path / "a.scenes", scenes(3))).header
    said = r"camera «yard»: its log was written by Shouwang .* does not have \(name: is missing; add it\)"
    with pytest.raises(LogError, match=said):
        header.model_copy(update={"settings": {}}).camera_config()


def test_a_log_whose_settings_have_other_defaults_now_is_read_and_that_is_said(tmp_path: Path) -> None:
    header = LogOfFile(write_log(tmp_path / "a.scenes", scenes(3))).header
    assert header.of_other_rules is None
    older = header.model_copy(update={"configuration": "0" * 64})
    assert older.camera_config() == header.camera_config()
    assert older.of_other_rules is not None
    assert "what is said is what these would find" in older.of_other_rules.told()
