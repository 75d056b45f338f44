"""`shouwang-edge enrol`: what keeps a box from joining is said, and no code is lost."""

import os
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.edge.command import Command


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
