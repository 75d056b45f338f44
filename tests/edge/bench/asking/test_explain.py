"""shouwang-edge explain: alerts, logs and clips, in words and as a page."""

import re
from pathlib import Path

import pytest

from edge.bench.asking.errors import AskError
from edge.bench.asking.moment import ask
from edge.bench.asking.times import clock, parse_at
from edge.bench.replay import ReplayFiles
from edge.scenelog.reading import read_runs
from protocol.kinds import Kind
from protocol.messages import Alert
from tests.conftest import REPOSITORY
from tests.edge.bench.played import played
from tests.edge.command import Command
from tests.edge.scenelog.logs import CAMERA, write_log
from tests.edge.scenes import IN, OUT, START, Thing, scene
from tests.server.console.browser import chromium

CLIP = REPOSITORY / "footage/loitering-shed.mp4"
CONFIG = REPOSITORY / "camera_configs/footage/loitering-shed.yaml"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a replay leaves."""
    folder = tmp_path_factory.mktemp("replayed")
    files, replay = ReplayFiles(folder), played("loitering-shed")
    with files.scenes(replay.header) as log:
        for step in replay.steps:
            for report in step.reports:
                files.add(report)
            if step.outcome:
                log.add(step.outcome.scene, step.outcome.seen)
    return folder


def loitering(out: Path) -> Alert:
    """The first alert of loitering."""
    alerts = map(Alert.model_validate_json, (out / "alerts.jsonl").read_text().splitlines())
    return next(alert for alert in alerts if alert.kind is Kind.LOITERING)


def loiterer(out: Path) -> str:
    """The number of his track."""
    return str(loitering(out).objects[0].track)


def somebody_gone() -> str:
    """The number of a track that is over long before 18 s."""
    scenes = [step.outcome.scene for step in played("loitering-shed").steps if step.outcome]
    late = {number for scene_ in scenes[-50:] for number in scene_.tracks.numbers}
    return str(next(number for scene_ in scenes[:50] for number in scene_.tracks.numbers if number not in late))


def test_before_the_alert_the_time_is_short_and_at_the_alert_everything_holds(command: Command, out: Path) -> None:
    code, said, complaint = command("explain", out / "alerts.jsonl", "--at", "12", "--track", loiterer(out))
    assert code == 0, complaint
    assert re.search(r"✗ Time: 8\.\d s of 10\.0 s", said)
    assert "· Alert: Not raised" in said
    code, said, _ = command("explain", out / "alerts.jsonl", "--at", "14")
    assert "● Alert of «shed» (Loitering) since 08:00:13: A person has been in «shed» for 10 s (limit 10 s)" in said
    assert "✓ Alert: Raised" in said


def test_an_alert_is_found_by_its_id_and_told_in_chinese(command: Command, out: Path) -> None:
    code, said, _ = command("explain", out / "alerts.jsonl", "--alert", loitering(out).id, "--language", "zh")
    assert code == 0
    assert "「shed」（徘徊）自 08:00:13 起告警：有人在「shed」内已停留 10 秒（限 10 秒）" in said
    assert "✓ 告警：已报警" in said


def test_a_clip_and_its_log_say_the_same(command: Command, out: Path) -> None:
    code, of_clip, complaint = command("explain", CLIP, "--at", "6.2")  # by its name
    assert code == 0, complaint
    code, of_log, _ = command("explain", out / "loitering-shed.scenes", "--at", "6.2")
    assert code == 0
    assert of_clip == of_log
    assert "✗" in of_clip


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["alerts.jsonl"], 16, "--at is missing: say which moment"),
        (["alerts.jsonl", "--alert", "nope"], 16, "no such alert"),
        (["alerts.jsonl", "--at", "500"], 16, "is not in it: it begins at 2026-01-01 00:00:00 UTC and lasts 21.8 s"),
        (["alerts.jsonl", "--at", "noon"], 16, "expected seconds (12.5)"),
        (["alerts.jsonl", "--at", "2026-01-01T00:00:12"], 16, "a time with zone"),
        (["alerts.jsonl", "--at", "2020-01-01T00:00:12Z"], 16, "is not in it"),
        (["alerts.jsonl", "--at", "2026-01-01T07:59:00+08:00"], 16, "2025-12-31 23:59:00 UTC is not in it"),
        (["alerts.jsonl", "--at", "9" * 30], 16, "expected seconds (12.5)"),
        (["alerts.jsonl", "--at", "0001-01-01T00:00:00+08:00"], 16, "expected seconds (12.5)"),
        ([CLIP, "--at", "2026-01-01T07:59:00+08:00"], 16, "--at: 2025-12-31 23:59:00 UTC is before the beginning"),
        (["loitering-shed.scenes", "--at", "12", "--track", "99"], 16, "there never was such a track; at 12.0 s there"),
        (["loitering-shed.scenes", "--at", "18", "--track", "GONE"], 16, "not in view at 18.0 s; it was from"),
        (["loitering-shed.scenes"], 16, "--at is missing"),
        (["gone.scenes", "--at", "3"], 14, "cannot be read"),
        (["gone.mp4", "--at", "3"], 4, "gone.mp4: does not exist; correct the path"),
        ([CLIP, "--at", "300", "--config", CONFIG], 16, "is past the end"),
    ],
)
def test_a_mistake_ends_in_one_sentence(
    command: Command, out: Path, arguments: list[str], code: int, text: str
) -> None:
    given = [somebody_gone() if one == "GONE" else one for one in arguments[1:]]
    ended, said, complaint = command("explain", out / arguments[0], *given)
    assert (ended, said) == (code, "")
    assert text in complaint
    assert len(complaint.splitlines()) == 1


def test_alerts_without_a_log_beside_them_are_told(command: Command, out: Path, tmp_path: Path) -> None:
    (tmp_path / "alerts.jsonl").write_bytes((out / "alerts.jsonl").read_bytes())
    code, _, complaint = command("explain", tmp_path / "alerts.jsonl", "--at", "3")
    assert code == 16
    assert "no scene log (*.scenes) lies beside it" in complaint
    (tmp_path / "alerts.jsonl").write_text("no alert")
    code, _, complaint = command("explain", tmp_path / "alerts.jsonl", "--at", "3")
    assert code == 16
    assert "alerts.jsonl:1: is no alert" in complaint


def test_the_log_of_another_replay_is_never_taken_for_that_of_the_alerts(
    command: Command, out: Path, tmp_path: Path
) -> None:
    for name in ("fall.scenes", "loitering-shed.scenes"):
        (tmp_path / name).write_bytes((out / "loitering-shed.scenes").read_bytes())
    (tmp_path / "alerts.jsonl").write_bytes(b"")
    code, _, complaint = command("explain", tmp_path / "alerts.jsonl", "--at", "3")
    assert code == 16
    assert "ask one of them: " in complaint
    (tmp_path / "alerts.jsonl").write_bytes((out / "alerts.jsonl").read_bytes())
    assert command("explain", tmp_path / "alerts.jsonl", "--at", "3")[0] == 0
    (tmp_path / "loitering-shed.scenes").unlink()
    assert "no scene log" in command("explain", tmp_path / "alerts.jsonl", "--at", "3")[2]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_stands_for_itself_and_has_a_step_for_each_condition(
    command: Command, out: Path, tmp_path: Path, language: str
) -> None:
    code, _, complaint = command(
        "explain", out / "alerts.jsonl", "--at", "12", "--clip", CLIP, "--html", tmp_path, "--language", language
    )
    assert code == 0, complaint
    page = (tmp_path / "moment.html").read_text("utf-8")
    assert not re.search(r'(src|href)="(?!data:)', page)
    assert "<script" not in page
    assert "data:image/jpeg;base64," in page
    assert page.count('class="box ') >= 3
    assert page.count('class="failed" aria-current="step"') >= 3
    assert re.search(r"8\.\d s of 10\.0 s" if language == "en" else r"8\.\d 秒，需 10\.0 秒", page)


def test_the_page_fits_a_wide_screen_and_a_phone(command: Command, out: Path, tmp_path: Path) -> None:
    command("explain", out / "alerts.jsonl", "--at", "12", "--clip", CLIP, "--html", tmp_path, "--language", "zh")
    with chromium() as browser:
        page = browser.new_page()
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(f"file://{tmp_path / 'moment.html'}")
            assert page.evaluate("document.documentElement.scrollWidth") == width
            steps = page.locator("li[aria-current] b").all()
            assert {step.evaluate("e => getComputedStyle(e).fontWeight") for step in steps} == {"700"}
            assert page.locator(".view img").evaluate("e => e.naturalWidth") == 640


def test_names_of_places_and_rules_are_escaped(command: Command, tmp_path: Path) -> None:
    odd = "<script>alert(1)</script> & «门»"
    zones = tuple(zone.model_copy(update={"name": odd}) for zone in CAMERA.zones)
    rules = tuple(rule.model_copy(update={"zone": odd, "name": odd}) for rule in CAMERA.rules[:2])
    camera = CAMERA.model_copy(update={"zones": zones, "rules": rules})
    walk = Thing(1, [(0, IN), (10, IN)])
    path = write_log(tmp_path / "a.scenes", [scene(number / 5, [walk]) for number in range(40)], camera)
    code, _, complaint = command("explain", path, "--at", "5", "--html", tmp_path / "out")
    assert code == 0, complaint
    page = (tmp_path / "out" / "moment.html").read_text("utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_moment_in_a_long_log_is_as_if_every_scene_had_been_shown(tmp_path: Path) -> None:
    visits = [
        Thing(n, [(n * 400, OUT), (n * 400 + 1, IN), (n * 400 + 9, IN), (n * 400 + 10, OUT)]) for n in range(1, 4)
    ]
    path = write_log(tmp_path / "a.scenes", [scene(number / 5, visits) for number in range(5 * 1300)])
    answer = ask(read_runs(path), parse_at("20:08"))
    (subject,) = answer.subjects
    assert subject.track == 3
    assert [chain.failed for chain in subject.rules] == [None, None, subject.rules[2].failed]
    assert [alert.rule.name for alert in answer.alerts] == ["shed", "no entry"]
    assert answer.alerts[0].begin.episode == 3


def test_a_time_at_which_nothing_was_watched_is_told(tmp_path: Path) -> None:
    scenes = [scene(number / 5, []) for number in (*range(50), *range(500, 550))]
    runs = read_runs(write_log(tmp_path / "a.scenes", scenes))
    with pytest.raises(AskError, match=r"nothing was watched at 50.0 s; the last scene before is of 9.8 s"):
        ask(runs, parse_at("50"))
    assert ask(runs, START).since.total_seconds() == 0


@pytest.mark.parametrize(
    ("text", "seconds", "shown"),
    [
        ("12.5", 12.5, "12.5 s"),
        ("1:02.5", 62.5, "1:02.5"),
        ("1:02:03", 3723, "1:02:03.0"),
        ("90", 90, "1:30.0"),
        ("119.97", 119.97, "2:00.0"),
    ],
)
def test_times_are_read_and_told_as_people_write_them(text: str, seconds: float, shown: str) -> None:
    since = parse_at(text)
    assert not hasattr(since, "tzinfo")
    assert since.total_seconds() == seconds
    assert clock(since) == shown


def test_what_has_raised_without_saying_for_how_long_is_told_without_a_time(command: Command) -> None:
    config = REPOSITORY / "camera_configs/footage/fall.yaml"
    code, said, complaint = command("explain", REPOSITORY / "footage/fall.mp4", "--config", config, "--at", "12")
    assert code == 0, complaint
    assert "✓ Alert: Raised" in said
    assert "– s" not in said
