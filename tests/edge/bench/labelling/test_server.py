import json
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.bench.events.footage import read_footage
from edge.bench.labelling.server import LARGEST_BODY
from tests.conftest import REPOSITORY
from tests.edge.bench.events.drawn import EVENT, ZONE, draw_scene
from tests.edge.bench.labelling.serving import Served, served


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_scene(tmp_path_factory.mktemp("footage"), "yard")


@pytest.fixture
def clip(drawn: Path, tmp_path: Path) -> Path:
    shutil.copytree(drawn.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / drawn.name


@pytest.fixture
def site(clip: Path) -> Iterator[Served]:
    with served(clip) as running:
        yield running


def truth_file(clip: Path) -> Path:
    return clip.with_name("yard.truth.json")


def test_the_page_is_served_under_a_strict_policy_and_listens_on_loopback_only(site: Served) -> None:
    for name in ("", "label.js", "timeline.js", "label.css", "truth"):
        answer, data = site.ask(name)
        assert (answer.status, bool(data)) == (200, True), name
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert site.server.server_address[0] == "127.0.0.1"
    page = site.ask("")[1].decode()
    assert "<style" not in page
    assert page.count("<script") == page.count("<script src=")


@pytest.mark.parametrize(
    ("asked", "status", "first", "last"),
    [
        ("bytes=0-99", 206, 0, 99),
        ("bytes=100-", 206, 100, None),
        ("bytes=-50", 206, -50, None),
        ("bytes=10-99999999", 206, 10, None),
    ],
)
def test_a_range_of_the_clip_is_given(
    site: Served, clip: Path, asked: str, status: int, first: int, last: int | None
) -> None:
    whole = clip.read_bytes()
    answer, data = site.ask("clip", Range=asked)
    assert answer.status == status
    assert data == whole[first : None if last is None else last + 1]
    begins = first % len(whole)
    assert answer.headers["Content-Range"] == f"bytes {begins}-{begins + len(data) - 1}/{len(whole)}"


def test_the_whole_clip_is_given_and_no_range_that_is_not_there(site: Served, clip: Path) -> None:
    answer, data = site.ask("clip")
    assert (answer.status, answer.headers["Accept-Ranges"], data) == (200, "bytes", clip.read_bytes())
    for asked in ("bytes=99999999-", "bytes=5-2", "bytes=-0", "bytes=-", "bytes=0-1,4-5", "lines=1-2"):
        answer, data = site.ask("clip", Range=asked)
        assert (answer.status, data) == (416, b""), asked


def test_a_clip_that_was_moved_away_is_not_there(site: Served, clip: Path) -> None:
    clip.rename(clip.with_name("elsewhere.mp4"))
    assert site.ask("clip")[0].status == 404
    assert site.ask("truth")[0].status == 200


def test_events_are_read_saved_and_read_back_and_eval_takes_them(site: Served, clip: Path) -> None:
    assert site.truth()["events"] == [EVENT]
    events = [EVENT | {"end": 6.0}, {"kind": "fall", "zone": None, "start": 1, "end": 2.12345}]
    status, said = site.put(events)
    assert status == 200
    assert said["events"] == [EVENT | {"end": 6.0}, {"kind": "fall", "zone": None, "start": 1.0, "end": 2.123}]
    assert site.truth()["events"] == said["events"]
    assert [event.kind for event in read_footage([clip])[0].events] == ["intrusion", "fall"]
    assert site.put([], version=said["version"])[0] == 200
    assert json.loads(truth_file(clip).read_text("utf-8")) == {"events": []}
    assert not list(clip.parent.glob(".*"))


def test_a_clip_without_truth_gets_one(clip: Path) -> None:
    truth_file(clip).unlink()
    with served(clip) as site:
        assert (site.truth()["events"], site.truth()["version"]) == ([], "")
        assert site.put([EVENT])[0] == 200
    assert truth_file(clip).read_text("utf-8").count("\n") == 3  # a line for each event


def test_all_else_of_rendered_footage_stays_byte_for_byte(tmp_path: Path) -> None:
    for name in ("tailgating.mp4", "tailgating.truth.json"):
        shutil.copy(REPOSITORY / "footage" / name, tmp_path)
    path = tmp_path / "tailgating.truth.json"
    before = path.read_text("utf-8")
    config = REPOSITORY / "camera_configs/footage/tailgating.yaml"
    with served(tmp_path / "tailgating.mp4", config) as site:
        events = site.truth()["events"]
        assert site.put(events)[0] == 200
        assert json.loads(path.read_text("utf-8")) == json.loads(before)
        assert site.put([{**events[0], "start": 10.5}])[0] == 200
    after = path.read_text("utf-8")
    assert json.loads(after)["events"] == [{**events[0], "start": 10.5}]
    head, tail = before.index('"events":'), before.index('"frames":')
    assert after.startswith(before[:head])
    assert after.endswith(before[tail:])


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"kind": "intrusoin"}, "kind", "There is no kind «intrusoin»"),
        ({"zone": "roof"}, "zone", "The camera has no zone or line «roof»"),
        ({"zone": 5}, "zone", "The camera has no zone or line «5»"),
        ({"end": 9.5}, "end", "9.5 s is past the end; the clip lasts 9 s"),
        ({"end": 1.0}, "end", "It ends at 1 s, before its start at 4.3 s"),
        ({"start": -1}, "start", "Write a number of seconds, 0 or more"),
        ({"start": None}, "start", "Write a number of seconds, 0 or more"),
        ({"end": float("inf")}, "end", "Write a number of seconds, 0 or more"),
        ({"start": float("nan")}, "start", "Write a number of seconds, 0 or more"),
    ],
)
def test_a_mistake_is_told_at_its_field_and_nothing_is_written(
    site: Served, clip: Path, changes: dict[str, object], field: str, said: str
) -> None:
    before = truth_file(clip).read_bytes()
    status, answer = site.put([EVENT, EVENT | changes])
    assert status == 422
    (problem,) = answer["problems"]
    assert (problem["event"], problem["field"], problem["text"]["en"]) == (1, field, said)
    assert problem["text"]["zh"] != said
    assert truth_file(clip).read_bytes() == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"version": ""}',
        b'{"version": "", "events": [1]}',
        b'{"version": "", "events": [], "path": "/etc/passwd"}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_list_of_events_is_refused(site: Served, clip: Path, body: bytes) -> None:
    before = truth_file(clip).read_bytes()
    answer, said = site.ask("truth", "PUT", body, Content_Type="application/json")
    assert answer.status == 422
    assert json.loads(said)["problems"][0]["text"]["en"] == "This is no list of events"
    assert truth_file(clip).read_bytes() == before


@pytest.mark.parametrize("more", [{"note": "\ud800"}, {"note": float("inf")}])
def test_what_json_cannot_hold_is_refused(site: Served, more: dict[str, object]) -> None:
    assert site.put([EVENT | more])[0] == 422


def test_a_file_that_something_else_changed_is_not_written_over(site: Served, clip: Path) -> None:
    version = site.truth()["version"]
    truth_file(clip).write_text('{"events": [], "by": "hand"}', "utf-8")
    status, answer = site.put([EVENT], version=version)
    assert (status, answer["problems"][0]["event"]) == (409, None)
    assert "by" in truth_file(clip).read_text("utf-8")
    truth_file(clip).write_text("{", "utf-8")
    answer, said = site.ask("truth")
    (problem,) = json.loads(said)["problems"]
    assert answer.status == 409
    assert "is not JSON" in problem["text"]["en"]
    assert "不是 JSON" in problem["text"]["zh"]


def test_a_file_that_cannot_be_written_is_told(site: Served, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    status, answer = site.put([])
    assert status == 500
    assert "No space left on device" in answer["problems"][0]["text"]["en"]


@pytest.mark.parametrize("name", ["", "clip", "truth", "label.js"])
def test_without_the_token_nothing_is_there(site: Served, name: str) -> None:
    token = site.server.token
    for wrong in ("x" * len(token), token[:-1], token + "x", "", "%C3%A9"):
        answer, data = site.ask(name, path=f"/{wrong}/{name}")
        assert (answer.status, data) == (404, b"")


@pytest.mark.parametrize("name", ["../yard.mp4", "server.py", "yard.camera.yaml", "clip/", "/clip", "%2e%2e/clip"])
def test_nothing_but_the_clip_and_its_truth_can_be_reached(site: Served, name: str) -> None:
    assert site.ask(name)[0].status == 404


def test_paths_without_a_name_are_not_there(site: Served) -> None:
    for path in ("/", "//", f"/{site.server.token}", "*"):
        assert site.ask("", path=path)[0].status == 404


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:{port}.evil.example", ""]
)
def test_another_name_that_leads_here_is_refused(site: Served, host: str) -> None:
    named = host.format(port=site.server.server_port)
    assert site.ask("truth", Host=named)[0].status == 421
    assert site.put([], version="", Host=named) == (421, None)


@pytest.mark.parametrize(
    ("path", "more", "status"),
    [
        ("/{token}/", "Host: evil.example\r\n", b" 421 "),
        ("/\xe9/clip", "", b" 404 "),
        ("/\xe9{token}/clip", "", b" 404 "),
    ],
)
def test_what_no_browser_sends_is_refused(site: Served, path: str, more: str, status: bytes) -> None:
    asked = f"GET {path.format(token=site.server.token)} HTTP/1.1\r\nHost: {site.host}\r\n{more}\r\n"
    with socket.create_connection(("127.0.0.1", site.server.server_port), 5) as line:
        line.sendall(asked.encode("latin-1"))
        assert status in line.recv(100)


def test_localhost_is_a_name_of_ours(site: Served) -> None:
    assert site.ask("truth", Host=f"localhost:{site.server.server_port}")[0].status == 200


def test_other_pages_forms_and_large_bodies_are_refused(site: Served, clip: Path) -> None:
    before = truth_file(clip).read_bytes()
    assert site.put([], Origin="http://evil.example") == (403, None)
    assert site.put([], Origin="null") == (403, None)
    assert site.put([], Content_Type="text/plain") == (415, None)
    assert site.put([], Content_Length=str(LARGEST_BODY + 1)) == (413, None)
    assert site.put([], Content_Length="-1") == (411, None)
    assert site.ask("clip", "PUT", b"{}", Content_Type="application/json")[0].status == 405
    assert site.ask("truth", "DELETE")[0].status == 501
    assert truth_file(clip).read_bytes() == before
    assert site.put([], Origin=f"http://{site.host}")[0] == 200


def test_the_camera_file_is_found_as_eval_finds_it(clip: Path) -> None:
    with served(clip) as site:
        shown = site.truth()
        assert [place["name"] for place in shown["places"]] == [ZONE]
        assert (shown["camera"], shown["seconds"], shown["fps"], shown["watched"]) == (True, 9.0, 10.0, ["intrusion"])
        assert shown["words"]["zh"].keys() == shown["words"]["en"].keys()
    clip.with_name("yard.camera.yaml").unlink()
    with served(clip) as site:
        assert (site.truth()["camera"], site.truth()["places"]) == (False, [])
        assert site.put([EVENT | {"zone": "any name"}])[0] == 200
