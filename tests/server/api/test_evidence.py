"""Evidence comes in whole, resumed or not at all, under its own hash only; people see it, ranges included."""

import errno
import hashlib
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from botocore.exceptions import EndpointConnectionError

from server.api import evidence
from server.clock import utc_now
from server.db.tables import Node
from server.evidence.s3 import S3Store
from server.evidence.uploads import Upload
from server.nodes.enrolment import revoke
from tests.server.live import Live, eventually, running
from tests.server.object_store import new_bucket, object_store
from tests.server.parts import Box, enrolled, settings_in

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 2000


pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:botocore.*", "ignore::DeprecationWarning:moto.*")


@pytest.fixture(scope="module", params=["folder", "s3"])
def live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("live")
    if request.param == "folder":
        with running(settings_in(folder)) as server:
            yield server
        return
    with object_store() as endpoint:
        bucket = new_bucket(endpoint, max_bytes=1024 * 1024, least_free_bytes=0)
        with running(settings_in(folder, evidence=bucket)) as server:
            yield server


_names = iter(f"box-{number}" for number in range(100))


@dataclass(frozen=True, slots=True)
class Sender:
    """A node's HTTP client."""

    box: Box
    http: httpx.Client

    def put(self, data: bytes, name: str | None = None, **headers: str) -> httpx.Response:
        return self.http.put(
            f"/api/v1/evidence/{name or sha256(data)}", content=data, headers={"Content-Type": "image/jpeg", **headers}
        )

    def offset(self, name: str) -> int:
        return int(self.http.head(f"/api/v1/evidence/{name}").headers["Upload-Offset"])


@pytest.fixture
def sender(live: Live) -> Iterator[Sender]:
    box = enrolled(live.context.database, live.settings, next(_names), utc_now())
    token = {"Authorization": f"Bearer {box.answer.evidence_token}"}
    with httpx.Client(base_url=live.settings.address, headers=token) as http:
        yield Sender(box, http)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def picture(name: str) -> bytes:
    return JPEG + name.encode()


def test_what_was_brought_is_seen_by_people_and_nobody_else(live: Live, sender: Sender) -> None:
    data = picture("seen")
    assert sender.offset(sha256(data)) == 0
    assert sender.put(data).status_code == 201
    assert sender.put(data).status_code == 200
    assert sender.offset(sha256(data)) == len(data)
    with live.browser() as browser:
        answer = browser.get(f"/evidence/{sha256(data)}")
        assert (answer.status_code, answer.content) == (200, data)
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert browser.get(f"/evidence/{'0' * 64}").status_code == 404
    assert sender.http.get(f"/evidence/{sha256(data)}", headers={"Accept": "image/*"}).status_code == 401


def test_what_was_seen_is_shown_again_only_to_who_is_signed_in(live: Live, sender: Sender) -> None:
    data = picture("seen again")
    sender.put(data)
    with live.browser() as browser:
        seen = browser.get(f"/evidence/{sha256(data)}")
        assert seen.headers["cache-control"] == "private, no-cache"
        known = {"If-None-Match": seen.headers["etag"]}
        again = browser.get(f"/evidence/{sha256(data)}", headers=known)
        assert (again.status_code, again.content) == (304, b"")
        assert browser.get(f"/evidence/{sha256(data)}", headers={"If-None-Match": '"another"'}).content == data
        browser.post("/logout")
        assert browser.get(f"/evidence/{sha256(data)}", headers=known).status_code == 401


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [("bytes=0-", 0, None), ("bytes=10-19", 10, 20), ("bytes=-7", -7, None), ("bytes=5-99999999", 5, None)],
)
def test_a_player_may_ask_for_a_range(live: Live, sender: Sender, wanted: str, start: int, end: int | None) -> None:
    data = picture("range")
    sender.put(data)
    with live.browser() as browser:
        answer = browser.get(f"/evidence/{sha256(data)}", headers={"Range": wanted})
        assert answer.content == data[start:end]
        assert answer.status_code == (200 if len(answer.content) == len(data) else 206)
        outside = browser.get(f"/evidence/{sha256(data)}", headers={"Range": f"bytes={len(data)}-"})
        assert (outside.status_code, outside.headers["content-range"]) == (416, f"bytes */{len(data)}")


def test_bytes_that_do_not_hash_to_the_name_are_forgotten(live: Live, sender: Sender) -> None:
    name = sha256(picture("true"))
    answer = sender.put(picture("false"), name)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert sender.offset(name) == 0
    assert live.context.evidence.size(name) is None


def test_an_upload_goes_on_where_it_broke_off(live: Live, sender: Sender) -> None:
    data = picture("resumed")
    name, half = sha256(data), len(data) // 2

    def broken() -> Iterator[bytes]:
        yield data[:half]
        raise OSError("the line is cut")

    with pytest.raises(OSError, match="cut"):
        sender.http.put(
            f"/api/v1/evidence/{name}",
            content=broken(),
            headers={"Content-Type": "image/jpeg", "Content-Length": str(len(data))},
        )
    eventually(lambda: sender.offset(name) > 0)
    offset = sender.offset(name)
    assert offset <= half
    wrong = sender.put(data[offset + 2 :], name, **{"Content-Range": f"bytes {offset + 2}-{len(data) - 1}/{len(data)}"})
    assert wrong.status_code == 422
    rest = sender.put(data[offset:], name, **{"Content-Range": f"bytes {offset}-{len(data) - 1}/{len(data)}"})
    assert rest.status_code == 201
    assert b"".join(live.context.evidence.read(name, 0, len(data))) == data


def test_a_piece_whose_sender_fell_silent_is_free_for_it_when_it_is_back(
    live: Live, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "LONGEST_SILENCE_S", 0.5)
    data = picture("silent")
    request = sender.http.build_request(
        "PUT", f"/api/v1/evidence/{sha256(data)}", headers={"Content-Type": "image/jpeg"}
    )
    lines = [f"{name}: {value}" for name, value in request.headers.items() if name != "content-length"]
    head = "\r\n".join([f"PUT {request.url.path} HTTP/1.1", *lines, f"Content-Length: {len(data)}", "", ""])
    with socket.create_connection(("127.0.0.1", live.settings.http.port)) as silent:
        silent.sendall(head.encode() + data[:1000])
        eventually(lambda: sender.offset(sha256(data)) > 0)
        rest = data[999:]
        place = f"bytes 999-{len(data) - 1}/{len(data)}"
        assert sender.put(rest, sha256(data), **{"Content-Range": place}).status_code == 201


def test_one_node_s_unfinished_piece_is_not_another_s(live: Live, sender: Sender) -> None:
    other = enrolled(live.context.database, live.settings, next(_names), utc_now())
    data = picture("mine")
    (live.settings.evidence_folder / "unfinished" / f"{other.name}.{sha256(data)}").write_bytes(b"poison")
    assert sender.offset(sha256(data)) == 0
    assert sender.put(data).status_code == 201


def test_too_large_is_refused_before_it_is_read(sender: Sender) -> None:
    assert sender.put(b"\xff\xd8\xff" + bytes(1024 * 1024)).status_code == 413
    claimed = sender.put(JPEG, **{"Content-Range": f"bytes 0-{len(JPEG) - 1}/{10**9}"})
    assert claimed.status_code == 413


@pytest.mark.parametrize(
    ("data", "media_type", "status"),
    [
        (b"<script>alert(1)</script>", "image/jpeg", 415),
        (b"<html>", "text/html", 415),
        (JPEG, "video/mp4", 415),
        (json.dumps({"tracks": []}).encode(), "application/json", 201),
        (b"\0\0\0\x18ftypisom", "video/mp4", 201),
    ],
)
def test_bytes_are_what_they_are_said_to_be(sender: Sender, data: bytes, media_type: str, status: int) -> None:
    assert sender.put(data, **{"Content-Type": media_type}).status_code == status


@pytest.mark.parametrize(
    "name", ["..%2f..%2fetc%2fpasswd", "../../secret", "A" * 64, "0" * 63, "0" * 64 + "%00", "%2e%2e"]
)
def test_names_that_are_no_hash_reach_no_file(live: Live, sender: Sender, name: str) -> None:
    assert sender.http.put(f"/api/v1/evidence/{name}", content=JPEG).status_code in (404, 405, 422)
    with live.browser() as browser:
        assert browser.get(f"/evidence/{name}", headers={"Accept": "*/*"}).status_code in (404, 422)


def test_without_a_node_s_token_nothing_comes_in(live: Live, sender: Sender) -> None:
    for authorization in ("", "Bearer", "Bearer wrong", f"Basic {sender.box.answer.evidence_token}"):
        answer = sender.put(JPEG, Authorization=authorization)
        assert answer.status_code == 401
    with live.context.database.writing() as db:
        revoke(db, db.get_one(Node, sender.box.name), utc_now())
        db.commit()
    assert sender.put(JPEG).status_code == 401


def test_a_full_disk_is_told_and_the_piece_comes_when_there_is_room(
    live: Live, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = picture("full")
    with monkeypatch.context() as full:
        full.setattr(live.context.uploads, "_least_free_bytes", 2**60)
        answer = sender.put(data, **{"Accept-Language": "en"})
        assert answer.status_code == 507
        assert "free space" in answer.json()["detail"]
        assert sender.offset(sha256(data)) == 0
    assert sender.put(data).status_code == 201


def test_a_disk_that_fills_up_while_bytes_come_in_is_told(
    live: Live, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = picture("filling")

    def no_space(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(Upload, "write", no_space)
        assert sender.put(data).status_code == 507
    assert sender.put(data).status_code == 201
    assert b"".join(live.context.evidence.read(sha256(data), 0, len(data))) == data


def test_an_object_store_that_is_away_is_told_and_the_piece_is_tried_again(
    live: Live, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not isinstance(live.context.evidence, S3Store):
        pytest.skip("a folder is never away")
    data = picture("away")

    def away(*_: object, **__: object) -> None:
        raise EndpointConnectionError(endpoint_url="http://store")

    with monkeypatch.context() as cut:
        cut.setattr(live.context.evidence._client, "upload_file", away)
        assert sender.put(data).status_code == 503
    offset = sender.offset(sha256(data))
    assert offset == len(data) - 1  # all bytes are here; a node that was told so would forget what is not yet kept
    rest = {"Content-Range": f"bytes {offset}-{offset}/{len(data)}"}
    assert sender.put(data[offset:], sha256(data), **rest).status_code == 201
    assert sender.offset(sha256(data)) == len(data)
