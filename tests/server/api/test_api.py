"""The JSON interface: who may what, with which words it refuses, and one alert's way from node to closed question."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from protocol.messages import Verdict, VerdictWord, parse
from protocol.signing import new_key, public_text
from protocol.topics import Channel
from server.api.nodes import ENROLMENT
from server.clock import utc_now
from server.db.tables.people import Role
from server.ingest.ingest import ingest
from server.people.attempts import MOST_BY_ADDRESS, stand_in_line
from server.settings import Settings
from tests.server.live import Live, NodeClient, running
from tests.server.parts import enrolled, settings_in


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with running(settings_in(tmp_path_factory.mktemp("live"))) as server:
        yield server


def test_from_the_node_s_alert_to_the_verdict_it_hears(live: Live) -> None:
    box = enrolled(live.context.database, live.settings, "one-way", utc_now())
    alert = box.alert("one way through", utc_now())
    with NodeClient(box, live.settings.mqtt.port).ready() as node, live.browser() as staff:
        node.says(alert)
        node.receipts(1)
        listed = staff.get("/api/v1/alerts", params={"node": box.name}).json()
        assert [row["id"] for row in listed] == [str(alert.id)]
        assert [piece["arrived"] for piece in listed[0]["evidence"]] == [False]
        judged = staff.post(f"/api/v1/alerts/{alert.id}/verdict", json={"verdict": "real", "note": "two men"})
        assert (judged.status_code, judged.json()["verdict"]) == (200, "real")
        channel, payload = node.heard.get(timeout=5)
        assert (channel, parse(Verdict, payload).verdict) == (Channel.VERDICTS, VerdictWord.REAL)
        case = staff.get(f"/api/v1/cases/{listed[0]['case_id']}").json()
        assert case["state"] == "accepted"
        assert [line["what"]["id"] for line in case["history"]] == ["event.opened", "event.verdict", "event.moved"]
        assert {step["to_state"] for step in case["moves"]} == {"dispatched", "declined", "merged", "withdrawn"}
        moved = staff.post(f"/api/v1/cases/{case['id']}/moves", json={"to": "dispatched", "version": case["version"]})
        assert moved.json()["state"] == "dispatched"
        late = staff.post(f"/api/v1/cases/{case['id']}/moves", json={"to": "handling", "version": case["version"]})
        assert late.status_code == 409
        assert [row["id"] for row in staff.get("/api/v1/cases", params={"state": "dispatched"}).json()] == [case["id"]]


def test_a_long_case_tells_its_end_and_how_much_there_is_before(live: Live) -> None:
    box = enrolled(live.context.database, live.settings, "long-case", utc_now())
    ingest(live.context.database, [box.says(box.alert(f"{n}", utc_now())) for n in range(57)], live.settings, utc_now())
    with live.browser() as staff:
        (case_id,) = {row["case_id"] for row in staff.get("/api/v1/alerts", params={"node": box.name}).json()}
        case = staff.get(f"/api/v1/cases/{case_id}").json()
        assert (len(case["alerts"]), case["older_alerts"]) == (50, 7)
        assert (len(case["history"]), case["older_history"]) == (50, 7)
        for part in ("alerts", "history"):
            path = f"/api/v1/cases/{case_id}/{part}"
            rest = staff.get(path, params={"before": case[part][0]["id"]}).json()
            assert rest == staff.get(path, params={"limit": 200}).json()[50:]
            assert [len(rest), staff.get(path, params={"before": rest[-1]["id"]}).json()] == [7, []]
        assert staff.get(f"/api/v1/cases/{case_id}/history", params={"before": 2**63}).status_code == 422


def test_a_snooze_from_its_beginning_to_its_end(live: Live) -> None:
    box = enrolled(live.context.database, live.settings, "noisy", utc_now())
    alert = box.alert("noisy", utc_now())
    with NodeClient(box, live.settings.mqtt.port).ready() as node, live.browser() as staff:
        node.says(alert)
        node.receipts(1)
        path = f"/api/v1/alerts/{alert.id}/snooze"
        assert staff.post(path, json={"span": "1h", "reason": " "}).status_code == 422
        assert staff.post(path, json={"span": "for ever", "reason": "rain"}).status_code == 422
        begun = staff.post(path, json={"span": "1h", "reason": "rain"})
        assert begun.status_code == 201
        assert (begun.json()["rule"], begun.json()["reason"], begun.json()["holds"]) == (alert.rule, "rain", True)
        assert staff.post(path, json={"span": "1h", "reason": "rain"}).status_code == 409
        during = box.alert("noisy again", utc_now())
        node.says(during)
        node.receipts(1)
        assert staff.get(f"/api/v1/alerts/{during.id}").json()["snooze_id"] == begun.json()["id"]
        with live.browser(Role.VIEWER) as viewer:
            (listed,) = viewer.get("/api/v1/snoozes", params={"holds": True}).json()
            assert (listed["id"], listed["alerts"]) == (begun.json()["id"], 1)
            assert viewer.post(path, json={"span": "1h", "reason": "rain"}).status_code == 403
            assert viewer.post(f"/api/v1/snoozes/{listed['id']}/end").status_code == 403
        ended = staff.post(f"/api/v1/snoozes/{listed['id']}/end")
        assert (ended.status_code, ended.json()["holds"]) == (200, False)
        assert ended.json()["ended_by"] == ended.json()["began_by"]
        assert staff.get("/api/v1/snoozes", params={"holds": True}).json() == []


READS = ("/api/v1/alerts", "/api/v1/cases", "/api/v1/nodes", "/api/v1/cameras", "/api/v1/snoozes")
CHANGES = ("/api/v1/enrolment-codes", "/api/v1/nodes/nobody/revocation")


def test_each_role_reaches_what_it_may(live: Live) -> None:
    for role in Role:
        with live.browser(role) as browser:
            assert [browser.get(path).status_code for path in READS] == [200] * len(READS)
            admin = role is Role.ADMINISTRATOR
            assert browser.get("/api/v1/dead-letters").status_code == (200 if admin else 403)
            assert [browser.post(path).status_code for path in CHANGES] == ([201, 404] if admin else [403, 403])


@pytest.mark.parametrize("path", [*READS, "/api/v1/dead-letters"])
def test_who_is_not_signed_in_is_told_so(live: Live, path: str) -> None:
    answer = httpx.get(live.settings.address + path, headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "请先登录"


def test_a_change_without_the_session_s_token_is_refused(live: Live) -> None:
    with live.browser(Role.ADMINISTRATOR) as browser:
        for token in ("", "wrong"):
            answer = browser.post("/api/v1/enrolment-codes", headers={"X-CSRF-Token": token})
            assert (answer.status_code, answer.json()["title"]) == (403, "error.csrf")
        del browser.headers["X-CSRF-Token"]
        assert browser.post("/api/v1/enrolment-codes").status_code == 403


def test_a_node_enrols_over_http_once_and_guesses_are_limited(live: Live) -> None:
    def enrol(code: str, name: str = "fresh") -> httpx.Response:
        request = {"code": code, "node": name, "title": "Fresh", "public_key": public_text(new_key())}
        return httpx.post(f"{live.settings.address}/api/v1/enrolments", json=request)

    with live.browser(Role.ADMINISTRATOR) as browser:
        code = browser.post("/api/v1/enrolment-codes").json()["code"]
        assert enrol(code).json()["mqtt_username"] == "fresh"
        again = enrol(code, "other")
        assert (again.status_code, "detail" in again.json()) == (403, True)
        assert [row["name"] for row in browser.get("/api/v1/nodes").json() if row["name"] in ("fresh", "other")] == [
            "fresh"
        ]
        assert [enrol("AAAA-2222").status_code for _ in range(20)][-1] == 429
        code = browser.post("/api/v1/enrolment-codes").json()["code"]
        limited = enrol(code)
        assert (limited.status_code, int(limited.headers["Retry-After"]) > 0) == (429, True)


def test_codes_that_are_guessed_at_once_count_like_others(settings: Settings) -> None:
    guess = {"code": "AAAA-2222", "node": "fresh", "title": "Fresh", "public_key": public_text(new_key())}
    with running(settings) as live, ThreadPoolExecutor(20) as guessing:
        asked = [
            guessing.submit(httpx.post, f"{live.settings.address}/api/v1/enrolments", json=guess) for _ in range(60)
        ]
        answers = [one.result().status_code for one in asked]
    assert (answers.count(403), answers.count(429)) == (MOST_BY_ADDRESS, 60 - MOST_BY_ADDRESS)


def test_codes_guessed_from_an_address_of_any_length_count_like_others(settings: Settings) -> None:
    guess = {"code": "AAAA-2222", "node": "fresh", "title": "Fresh", "public_key": public_text(new_key())}
    with running(settings) as live, httpx.Client(headers={"X-Forwarded-For": "somewhere" * 20}) as proxy:
        answers = [
            proxy.post(f"{live.settings.address}/api/v1/enrolments", json=guess).status_code
            for _ in range(MOST_BY_ADDRESS + 1)
        ]
    assert answers == [403] * MOST_BY_ADDRESS + [429]


def test_a_code_waits_for_those_before_it_from_the_same_address(postgres_settings: Settings) -> None:
    guess = {"code": "AAAA-2222", "node": "fresh", "title": "Fresh", "public_key": public_text(new_key())}
    with running(postgres_settings) as live, ThreadPoolExecutor(1) as guessing:
        with live.context.database.writing() as db:
            stand_in_line(db, ENROLMENT, "127.0.0.1")
            asked = guessing.submit(httpx.post, f"{live.settings.address}/api/v1/enrolments", json=guess)
            with pytest.raises(TimeoutError):
                asked.result(timeout=1)
        assert asked.result().status_code == 403


FILE = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize(
    ("path", "media_type", "begins"),
    [
        ("/api/v1/enrolments", "application/json", b'{"code":"'),
        ("/login", "application/x-www-form-urlencoded", b"name="),
        ("/login", "multipart/form-data; boundary=x", FILE),
    ],
)
def test_who_is_not_signed_in_has_no_large_body_read(
    live: Live, path: str, media_type: str, begins: bytes, declared: bool
) -> None:
    def body() -> Iterator[bytes]:
        yield begins
        for _ in range(400):
            yield b"a" * 100_000

    headers = {"Content-Type": media_type, "Accept-Language": "en"}
    if declared:
        headers["Content-Length"] = str(len(begins) + 400 * 100_000)
    try:
        answer = httpx.post(live.settings.address + path, content=body(), headers=headers, timeout=30)
    except httpx.TransportError:  # the connection was ended before all was sent: refused as well
        assert httpx.get(f"{live.settings.address}/healthz").status_code == 200
    else:
        assert answer.status_code == 413
        assert "At most 262144 bytes" in answer.text


def test_a_text_that_no_database_keeps_is_refused_and_no_fault(postgres_settings: Settings) -> None:
    with running(postgres_settings) as live, live.browser() as browser:
        answer = browser.get("/cases", params={"q": "\0"}, headers={"Accept-Language": "en"})
    assert answer.status_code == 422


def test_wrong_fields_are_named(live: Live) -> None:
    with live.browser() as browser:
        answer = browser.get("/api/v1/alerts", params={"limit": 0}, headers={"Accept-Language": "en"})
        assert answer.status_code == 422
        assert "limit: input should be greater than or equal to 1" in answer.json()["detail"]
        chinese = browser.get("/api/v1/alerts", params={"limit": 0}, headers={"Accept-Language": "zh-CN"})
        assert chinese.json()["detail"] == "请求中有字段不正确：limit：不应小于 1"
        assert browser.get("/api/v1/alerts/not-an-id").status_code == 422
        assert browser.get("/api/v1/nothing").status_code == 404
        assert browser.put("/api/v1/alerts").status_code == 405


def test_monitoring_is_there_and_metrics_are_for_loopback(live: Live) -> None:
    base = live.settings.address
    assert httpx.get(f"{base}/healthz").json() == {"status": "ok"}
    assert httpx.get(f"{base}/readyz").json() == {"database": True, "broker": True}
    text = httpx.get(f"{base}/metrics").text
    for name in ("shouwang_ingested_total", "shouwang_receipt_seconds_bucket", "shouwang_board_subscribers"):
        assert name in text
    forwarded = httpx.get(f"{base}/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    assert forwarded.status_code == 403


def test_openapi_names_every_path_of_the_interface(live: Live) -> None:
    paths = httpx.get(f"{live.settings.address}/api/v1/openapi.json").json()["paths"]
    assert {"/api/v1/alerts/{alert_id}/verdict", "/api/v1/cases/{case_id}/moves", "/api/v1/enrolments"} <= set(paths)
