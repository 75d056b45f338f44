"""shouwang-edge whatif: from the log that a replay wrote to a table."""

import gc
import json
from datetime import timedelta
from pathlib import Path

import pytest

from edge.alerts.life import alert_id
from edge.bench.whatif.dials import parse_dial
from edge.bench.whatif.rerunning import rerun
from edge.bench.whatif.trying import try_out, undisturbed
from edge.scenelog.reading import read_runs
from edge.vision.scene import Scene
from protocol.kinds import Phase
from protocol.messages import Verdict, VerdictWord, encode
from tests.edge.command import Command
from tests.edge.scenelog.logs import CAMERA, write_log
from tests.edge.scenes import IN, OUT, Thing, scene

LONG = Thing(1, [(0, OUT), (9.99, OUT), (10, IN), (20, IN), (20.01, OUT), (21, OUT)])
SHORT = Thing(2, [(40, OUT), (49.99, OUT), (50, IN), (54, IN), (54.01, OUT), (55, OUT)])
TRUTH = {"events": [{"kind": "loitering", "zone": "shed", "start": 10, "end": 20}]}


def scenes() -> list[Scene]:
    return [scene(number / 5, [LONG, SHORT]) for number in range(5 * 70)]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_log(tmp_path / "logs" / "yard.scenes", scenes())


def rows(said: str) -> list[list[str]]:
    return [line.split() for line in said.splitlines() if line.strip()[:1].isdigit()]


def test_alerts_are_counted_at_each_setting_real_and_false_apart(command: Command, log: Path, tmp_path: Path) -> None:
    truth = tmp_path / "truth.json"
    truth.write_text(json.dumps(TRUTH))
    code, said, complaint = command("whatif", log, "--set", "shed.after_s=3,6,12", "--truth", truth)
    assert code == 0, complaint
    assert rows(said) == [
        ["3", "2", "1", "1", "0", "0", "3.2", "s", "as", "it", "was"],
        ["6", "1", "1", "0", "0", "0", "6.2", "s"],
        ["12", "0", "0", "0", "0", "1", "–"],
    ]


def test_the_settings_as_they_were_come_first_if_they_are_not_asked_for(command: Command, log: Path) -> None:
    _, said, _ = command("whatif", log.parent, "--set", "shed.after_s=6")
    assert rows(said) == [["3", "2", "as", "it", "was"], ["6", "1"]]


def test_lists_may_be_tried_and_those_that_are_stored_are_the_settings_as_they_were(
    command: Command, log: Path
) -> None:
    shut = '2.schedule=[{from: "03:00", to: "04:00"}],[]'
    code, said, complaint = command("whatif", log, "--set", shut, "--set", "shed.classes=[person]", "--json", "-")
    assert code == 0, complaint
    found = [(row["as_it_was"], row["alerts"]) for row in json.loads(said)["rows"]]
    assert found == [(False, 2), (True, 4)]


def test_the_document_says_the_same_and_when_each_alert_begins(command: Command, log: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    command("whatif", log, "--set", "shed.after_s=3,6", "--set", "2.cooldown_s=0,60", "--json", path)
    document = json.loads(path.read_text())
    assert [row["settings"] for row in document["rows"]] == [
        {"shed.after_s": 3, "no entry.cooldown_s": 2},
        {"shed.after_s": 3, "no entry.cooldown_s": 0},
        {"shed.after_s": 3, "no entry.cooldown_s": 60},
        {"shed.after_s": 6, "no entry.cooldown_s": 0},
        {"shed.after_s": 6, "no entry.cooldown_s": 60},
    ]
    assert [row["alerts"] for row in document["rows"]] == [4, 4, 3, 3, 2]
    assert document["rows"][4]["begins_s"] == [10.6, 16.2]
    code, said, _ = command("whatif", log, "--set", "shed.after_s=3,6", "--json", "-")
    assert code == 0
    assert len(json.loads(said)["rows"]) == 2


def test_all_of_it_is_told_in_chinese_as_well(
    command: Command, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUWANG_LANGUAGE", "zh")
    truth = tmp_path / "truth.json"
    truth.write_text(json.dumps(TRUTH))
    path = tmp_path / "out.json"
    command_line = ["whatif", log, "--set", "shed.after_s=3,12", "--truth", truth, "--json", path]
    code, said, _ = command(*command_line)
    assert code == 0
    assert said.splitlines()[0] == "摄像机「yard」，自 2026-03-02 04:00:00 UTC 起，时长 0:01:10"
    assert ["shed.after_s", "告警", "属实", "误报", "未研判", "漏报", "中位数"] in map(str.split, said.splitlines())
    assert rows(said) == [
        ["3", "2", "1", "1", "0", "0", "3.2", "秒", "原设置"],
        ["12", "0", "0", "0", "0", "1", "–"],
    ]
    assert said.splitlines()[-1] == f"已写入：{path}"
    log.write_bytes(log.read_bytes()[:-20])
    _, _, complaint = command(*command_line)
    assert complaint == "有场景记录缺少结尾（可能断过电）；已使用其余部分\n"
    code, said, _ = command("whatif", log)
    assert ["规则", "类型", "字段"] in map(str.split, said.splitlines())
    assert said.splitlines()[-1] == "例如可试：--set 1.cooldown_s=0,30,60"


@pytest.mark.parametrize(
    ("days", "english", "chinese"),
    [(0, "0:00:09", "0:00:09"), (1, "1 day, 0:00:09", "1 天 0:00:09"), (2, "2 days, 0:00:09", "2 天 0:00:09")],
)
def test_a_log_of_days_says_how_many(command: Command, tmp_path: Path, days: int, english: str, chinese: str) -> None:
    last = scene(9, []).at + timedelta(days=days)
    log = write_log(tmp_path / "yard.scenes", [scene(0, []), last])
    assert (
        f"camera «yard», {english} from 2026-03-02 04:00:00 UTC\n"
        in command("whatif", log, "--set", "shed.after_s=3")[1]
    )
    said = command("whatif", log, "--set", "shed.after_s=3", "--language", "zh")[1]
    assert f"UTC 起，时长 {chinese}\n" in said


def test_verdicts_tell_real_from_false_as_far_as_they_go(command: Command, log: Path, tmp_path: Path) -> None:
    (run,) = read_runs(log)
    (found,) = rerun(run, [(CAMERA, 0)])
    fingerprint = CAMERA.build_rules()[0].fingerprint
    begins = [finding for finding in found if finding.phase is Phase.BEGIN]
    lines = [
        Verdict(alert=alert_id("run", "gatehouse", "yard", fingerprint, begin), verdict=word, at=begin.at)
        for begin, word in zip(begins, (VerdictWord.REAL, VerdictWord.FALSE), strict=True)
    ]
    verdicts = tmp_path / "verdicts.jsonl"
    verdicts.write_bytes(b"\n".join(map(encode, lines)) + b"\n")
    _, said, _ = command("whatif", log, "--set", "shed.after_s=3,6,12", "--verdicts", verdicts)
    assert [row[:5] for row in rows(said)] == [
        ["3", "2", "1", "1", "0"],
        ["6", "1", "1", "0", "0"],
        ["12", "0", "0", "0", "0"],
    ]
    verdicts.write_bytes(encode(lines[0]) + b"\n")
    _, said, _ = command("whatif", log, "--set", "shed.after_s=3", "--verdicts", verdicts)
    assert rows(said)[0][:5] == ["3", "2", "1", "0", "1"]


def test_rules_begin_anew_with_each_run_of_a_node(command: Command, log: Path) -> None:
    """A node that restarts in the middle of a visit knows nothing of its beginning."""
    moments = scenes()
    for number, part in enumerate((moments[: 5 * 12], moments[5 * 12 :])):
        write_log(log.parent / "two" / f"{number}.scenes", part, run=str(number), begins=None)
    _, said, _ = command("whatif", log.parent / "two", "--set", "shed.after_s=3,9", "--json", "-")
    assert [row["begins_s"] for row in json.loads(said)["rows"]] == [[15.2, 53.2], []]
    _, said, _ = command("whatif", log, "--set", "shed.after_s=9", "--json", "-")
    assert json.loads(said)["rows"][1]["begins_s"] == [19.2]


def test_without_a_setting_the_rules_and_their_fields_are_listed(command: Command, log: Path) -> None:
    code, said, _ = command("whatif", log)
    assert code == 0
    assert "no entry" in said
    assert "after_s=3" in said


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["--set", "shed.afters=3"], 15, "did you mean «after_s»?"),
        (["--set", "shed.after_s=3", "--truth", "/nowhere.json"], 3, "/nowhere.json: cannot be read"),
        (["--set", "shed.after_s=3", "--verdicts", "/nowhere.jsonl"], 3, "/nowhere.jsonl: cannot be read"),
    ],
)
def test_a_mistake_ends_in_one_sentence(
    command: Command, log: Path, arguments: list[str], code: int, text: str
) -> None:
    ended, said, complaint = command("whatif", log, *arguments)
    assert (ended, said) == (code, "")
    assert text in complaint
    assert len(complaint.splitlines()) == 1


def test_a_truth_of_other_places_is_refused(command: Command, log: Path, tmp_path: Path) -> None:
    truth = tmp_path / "truth.json"
    truth.write_text(json.dumps({"events": [{"kind": "loitering", "zone": "shedd", "start": 10, "end": 20}]}))
    code, said, complaint = command("whatif", log, "--set", "shed.after_s=3", "--truth", truth)
    assert (code, said) == (3, "")
    assert f"{truth} events[0].zone: camera «yard» has no zone or line «shedd»; did you mean «shed»?" in complaint


def test_recordings_in_one_folder_are_each_judged_alone(command: Command, log: Path) -> None:
    for name in ("a", "b"):
        write_log(log.parent / "clips" / name / "yard.scenes", scenes())
    _, said, _ = command("whatif", log.parent / "clips", "--set", "shed.after_s=6", "--json", "-")
    assert [row["alerts"] for row in json.loads(said)["rows"]] == [4, 2]


def test_what_is_no_log_ends_in_one_sentence(command: Command, tmp_path: Path) -> None:
    (tmp_path / "a.scenes").write_bytes(b"no log at all")
    for source in (tmp_path / "a.scenes", tmp_path / "gone.scenes", tmp_path / "sub"):
        (tmp_path / "sub").mkdir(exist_ok=True)
        ended, said, complaint = command("whatif", source, "--set", "shed.after_s=3")
        assert (ended, said) == (14, "")
        assert len(complaint.splitlines()) == 1


def test_a_log_that_is_cut_off_is_used_and_that_is_said(command: Command, log: Path) -> None:
    log.write_bytes(log.read_bytes()[:-20])
    code, said, complaint = command("whatif", log, "--set", "shed.after_s=6")
    assert code == 0
    assert rows(said)[1] == ["6", "1"]
    assert "the end of a log is missing" in complaint
    _, said, complaint = command("whatif", log, "--set", "shed.after_s=6", "--json", "-")
    assert json.loads(said)["rows"][1]["alerts"] == 1
    assert "the end of a log is missing" in complaint


def test_collection_of_garbage_can_rest_for_nothing_refers_to_itself(log: Path) -> None:
    runs = read_runs(log)
    (camera,) = (run.header.camera_config() for run in runs)
    dials = [parse_dial("shed.after_s=3,6", camera)]
    gc.collect()
    with undisturbed():
        try_out(runs, [camera], dials, 1.0)
        assert not gc.isenabled()
        assert gc.collect() < len(scenes())
    assert gc.isenabled()
