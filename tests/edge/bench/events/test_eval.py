"""`shouwang-edge eval` as a tester meets it, on clips drawn in the test."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Literal

import av
import pytest

from tests.edge.bench.events.drawn import CAMERA, EVENT, ZONE, draw_scene
from tests.edge.clips import damage
from tests.edge.command import Command
from tests.edge.vision.networks import save_brightness_network
from tests.server.console.browser import chromium

NOTHING_THERE = {**EVENT, "start": 0.0, "end": 1.0}


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder: footage/ of three scenes (one found, one missed and false, one not asked for), and a model."""
    folder = tmp_path_factory.mktemp("eval")
    save_brightness_network(folder)
    draw_scene(folder / "footage")
    draw_scene(folder / "footage", "wrong", events=(NOTHING_THERE,))
    unasked = {"kind": "fall", "start": 3.0, "end": 5.0}
    draw_scene(folder / "footage", "unasked", events=(EVENT, unasked), camera={"masks": [{**CAMERA["zones"][0]}]})
    return folder


class Tags(HTMLParser):
    """Tags and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


class Read(HTMLParser):
    """What a person reads of a page, or has read to him."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found, self._in_style = "", False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        for name, value in attrs:
            if name in ("aria-label", "data-name", "alt", "title"):
                self.found += f"\n{value}"

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if not self._in_style:
            self.found += f"\n{data}"


def test_a_run_prints_and_writes_every_figure_and_says_what_was_not_asked(
    command: Command, there: Path, tmp_path: Path
) -> None:
    model, out = there / "brightness.yaml", tmp_path / "report.json"
    code, said, _ = command("eval", there / "footage", "--model", model, "--jobs", 1, "--json", out)
    assert code == 0
    assert "1 of 3" in said
    assert "not asked for, as no camera file switches the kind on: fall 1" in said
    report = json.loads(out.read_text("utf-8"))
    assert [scene["name"] for scene in report["scenes"]] == ["unasked.mp4", "wrong.mp4", "夜间 <走> & 过.mp4"]
    figures = report["figures"]["all"]
    assert (figures["found"], figures["missed"], figures["false_alerts"]) == (1, 2, 1)
    assert figures["precision"]["value"] == 0.5
    low, high = figures["recall"]["interval_95"]
    assert low == 0.0 < 1 / 3 < high
    assert figures["delay_median_s"]["value"] == pytest.approx(0.6, abs=0.2)
    assert figures["own_delay_median_s"]["value"] == pytest.approx(0.1, abs=0.2)
    assert figures["camera_hours"] == pytest.approx(27 / 3600, abs=1e-5)
    (raised,) = report["scenes"][1]["alerts"]
    assert raised["event"] is None


def test_several_processes_give_the_same_bytes_as_one(command: Command, there: Path, tmp_path: Path) -> None:
    for jobs in (1, 2):
        command(
            "eval",
            there / "footage",
            "--model",
            there / "brightness.yaml",
            "--jobs",
            jobs,
            "--json",
            tmp_path / f"{jobs}.json",
        )
    assert (tmp_path / "1.json").read_bytes() == (tmp_path / "2.json").read_bytes()


def test_conditions_that_do_not_hold_end_with_their_own_status(command: Command, there: Path, tmp_path: Path) -> None:
    model, good, bad = there / "brightness.yaml", tmp_path / "good.json", tmp_path / "bad.json"
    clip = there / "footage" / "夜间 <走> & 过.mp4"
    code, _, complaint = command("eval", clip, "--model", model, "--json", good, "--least-f1", 1)
    assert (code, complaint.strip()) == (0, "")
    code, _, complaint = command(
        "eval", clip, "--model", model, "--json", bad, "--tolerance", 0, "--least-f1", 0.9, "--recall-bias", 1
    )
    assert code == 0, "the alert begins while the event lasts"
    spoilt = json.loads(good.read_text("utf-8"))
    spoilt["scenes"][0]["events"][0]["alert"] = None
    spoilt["scenes"][0]["alerts"] = []
    bad.write_text(json.dumps(spoilt), "utf-8")
    code, said, complaint = command("eval", bad, "--against", good, "--least-f1", 0.9)
    assert code == 13
    assert "missed now: intrusion at 4.3 s" in said
    assert complaint.splitlines() == [
        "F1 of all together is 0.0000, at least 0.9 was asked for",
        "F1 of intrusion is 0.0000, it was 1.0000",
        "F1 of all together is 0.0000, it was 1.0000",
    ]
    assert command("eval", bad, "--against", good, "--slack", 1)[0] == 0
    assert command("eval", good, "--against", bad)[0] == 0


def test_the_page_has_a_player_with_picture_for_each_miss_and_false_alert_and_escapes_names(
    command: Command, there: Path, tmp_path: Path
) -> None:
    model, folder = there / "brightness.yaml", tmp_path / "页"
    code, said, _ = command("eval", there / "footage", "--model", model, "--jobs", 1, "--html", folder)
    assert code == 0
    assert f"written: {folder}/report.html" in said
    text = (folder / "report.html").read_text("utf-8")
    assert "夜间 &lt;走&gt; &amp; 过.mp4" in text
    assert "<走>" not in text
    assert ZONE not in text
    assert "$" not in text
    tags = Tags(text).found
    players = [attributes for tag, attributes in tags if tag == "video"]
    assert len(players) == 3
    assert [tag for tag, _ in tags].count("svg") == 3
    assert not [tag for tag, attributes in tags if tag == "script" or "://" in attributes.get("src", "")]
    for player in players:
        name, begins_s = re.fullmatch(r"([\w.-]+)#t=([\d.]+)", player["src"]).groups()  # type: ignore[union-attr]
        assert (folder / player["poster"]).read_bytes()[:2] == b"\xff\xd8"
        with av.open(str(folder / name)) as movie:
            assert (movie.duration or 0) / av.time_base > float(begins_s)


def test_an_earlier_pages_pictures_go_and_other_files_stay(command: Command, there: Path, tmp_path: Path) -> None:
    folder = tmp_path / "page"
    folder.mkdir()
    for name in ("007-fall-missed.mp4", "notes.txt"):
        (folder / name).write_text("old", "utf-8")
    clip = there / "footage" / "夜间 <走> & 过.mp4"
    command("eval", clip, "--model", there / "brightness.yaml", "--html", folder)
    assert {path.name for path in folder.iterdir()} == {"report.html", "notes.txt"}


def test_mistakes_are_told_in_a_sentence_before_anything_runs(command: Command, there: Path, tmp_path: Path) -> None:
    clip = draw_scene(tmp_path / "bad", "a", events=({**EVENT, "kind": "intrusoin"},))
    code, said, complaint = command("eval", clip, "--model", there / "brightness.yaml")
    assert (code, said) == (3, "")
    assert (
        complaint
        == f"{clip.with_name('a.truth.json')} events[0].kind: no kind «intrusoin»; did you mean «intrusion»?\n"
    )
    code, _, complaint = command("eval", there / "footage", "--against", tmp_path / "none.json")
    assert code == 3
    assert "none.json: cannot be read as a baseline" in complaint


def test_a_folder_that_cannot_be_written_is_said(command: Command, there: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    clip = there / "footage" / "夜间 <走> & 过.mp4"
    code, _, complaint = command("eval", clip, "--model", there / "brightness.yaml", "--html", tmp_path / "file")
    assert code == 10
    assert "cannot be written" in complaint


def test_clips_begin_when_one_says_for_rules_with_a_schedule(command: Command, there: Path, tmp_path: Path) -> None:
    night = [{**CAMERA["rules"][0], "schedule": [{"from": "22:00", "to": "06:00"}]}]
    clip = draw_scene(tmp_path / "night", "a", camera={"rules": night})
    arguments = ("eval", clip, "--model", there / "brightness.yaml", "--least-f1", 1, "--start")
    assert command(*arguments, "2026-03-01T23:00:00+00:00")[0] == 0
    assert command(*arguments, "2026-03-01T12:00:00+00:00")[0] == 13
    assert command(*arguments, "2026-03-01T12:00:00")[0] == 2


def test_a_page_of_two_reports_shows_both_side_by_side_without_clips(
    command: Command, there: Path, tmp_path: Path
) -> None:
    reports = tmp_path / "before.json", tmp_path / "now.json"
    clips = ("eval", there / "footage", "--model", there / "brightness.yaml", "--jobs", 1)
    for tolerance, path in zip((2, 0), reports, strict=True):
        command(*clips, "--json", path, "--tolerance", tolerance)
    assert command("eval", reports[1], "--against", reports[0], "--html", tmp_path / "page")[0] == 0
    text = (tmp_path / "page" / "report.html").read_text("utf-8")
    assert "Before and now" in text
    assert "Not alike: tolerance: 2 s before, 0 s now." in text
    assert "made from a report: clips are not at hand" in text
    assert "Not asked for, as no camera file switches the kind on: fall 1." in text
    assert [path.name for path in (tmp_path / "page").iterdir()] == ["report.html"]


def test_a_page_speaks_chinese_without_a_word_of_english(command: Command, there: Path, tmp_path: Path) -> None:
    reports = tmp_path / "before.json", tmp_path / "now.json"
    clips = ("eval", there / "footage", "--model", there / "brightness.yaml", "--jobs", 1)
    for tolerance, path in zip((20, 2), reports, strict=True):
        command(*clips, "--json", path, "--tolerance", tolerance)
    both = ("eval", reports[1], "--against", reports[0], "--slack", 1)
    code, said, _ = command(*both, "--html", tmp_path, "--language", "zh")
    assert code == 0
    assert "未计入（摄像机文件未启用该类型）：跌倒 1 起" in said
    assert f"已写入：{tmp_path}/report.html" in said
    text = (tmp_path / "report.html").read_text("utf-8")
    assert '<html lang="zh-Hans">' in text
    read = Read(text).found
    for words in ("告警与事件的符合程度", "前后对比", "由报告文件生成，没有原视频"):
        assert words in read
    names = ["wrong.mp4", "unasked.mp4", "过.mp4", *json.loads(reports[1].read_text("utf-8"))["model"].split("@")]
    for name in (*names, "onnxruntime", "i-LIDS"):
        assert name in read
        read = read.replace(name, "")
    assert re.findall("[A-Za-z]{2,}", read) == []


def test_why_a_clip_stopped_early_is_said_in_the_readers_language(
    command: Command, there: Path, tmp_path: Path
) -> None:
    clip = draw_scene(tmp_path, "damaged")
    damage(clip)
    code, said, _ = command("eval", clip, "--model", there / "brightness.yaml", "--html", tmp_path, "--language", "zh")
    assert code == 0
    assert "damaged.mp4 提前中止：" in said
    read = Read((tmp_path / "report.html").read_text("utf-8")).found
    assert "提前中止：文件损坏或不完整，约 90 帧中只能解码" in read


def test_a_language_that_is_not_spoken_is_refused(command: Command, there: Path) -> None:
    code, _, complaint = command("eval", there / "footage", "--language", "fr")
    assert code == 2
    assert "is not spoken here" in complaint


def test_the_page_fits_a_phone_in_both_themes_and_plays(command: Command, there: Path, tmp_path: Path) -> None:
    folder, before = tmp_path / "page", tmp_path / "before.json"
    clips = ("eval", there / "footage", "--model", there / "brightness.yaml", "--jobs", 1)
    command(*clips, "--json", before, "--tolerance", 20)
    command(*clips, "--html", folder, "--against", before, "--slack", 1)
    grounds = set()
    with chromium() as browser:
        for width in (1440, 390):
            theme: Literal["light", "dark"] = "light" if width > 1000 else "dark"
            page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)
            page.goto((folder / "report.html").as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        page.evaluate("document.querySelector('video').play()")
        page.wait_for_function("document.querySelector('video').currentTime > 0.1")
    assert len(grounds) == 2
