"""Serves the page to one person on this machine: the clip and its truth, under an address that nobody can guess."""

import hmac
import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from threading import Lock
from typing import Any, BinaryIO, ClassVar

from edge.bench.labelling.scene import Scene, told, told_of
from edge.bench.labelling.truthfile import ChangedError, RefusedError
from edge.documents import ConfigError
from edge.files import TargetError

HOST = "127.0.0.1"
LARGEST_BODY = 1_000_000
PIECE = 1 << 16
PAGES = {
    "": ("label.html", "text/html; charset=utf-8"),
    "label.js": ("label.js", "text/javascript; charset=utf-8"),
    "timeline.js": ("timeline.js", "text/javascript; charset=utf-8"),
    "label.css": ("label.css", "text/css; charset=utf-8"),
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; media-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
TYPES = {".webm": "video/webm", ".mkv": "video/x-matroska", ".avi": "video/x-msvideo", ".ts": "video/mp2t"}


class LabelServer(ThreadingHTTPServer):
    """Listens on loopback only; `address` holds the token without which nothing is answered."""

    daemon_threads = True

    def __init__(self, scene: Scene, port: int = 0) -> None:
        """Port 0: any that is free. Raises OSError if the port cannot be had."""
        self.scene = scene
        self.saving = Lock()
        self.token = secrets.token_urlsafe(24)
        super().__init__((HOST, port), _Handler)

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self.server_port}/{self.token}/"

    @property
    def hosts(self) -> frozenset[str]:
        """What a browser calls us; another name that leads here is somebody's trick."""
        return frozenset(f"{name}:{self.server_port}" for name in (HOST, "localhost"))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "Shouwang", ""
    timeout = 60
    server: LabelServer
    names: ClassVar = frozenset({*PAGES, "clip", "truth"})

    def do_GET(self) -> None:
        with self._answering() as name:
            if name in PAGES:
                file, kind = PAGES[name]
                data = resources.files("edge.bench.labelling").joinpath(file).read_bytes()
                self._say(HTTPStatus.OK, data, kind)
            elif name == "clip":
                self._clip()
            elif name == "truth":
                self._json(HTTPStatus.OK, self.server.scene.shown())

    def do_PUT(self) -> None:
        with self._answering() as name:
            if name is None:
                return
            if name != "truth":
                self._refuse(HTTPStatus.METHOD_NOT_ALLOWED)
            elif self.headers.get("Origin", f"http://{self.headers['Host']}") != f"http://{self.headers['Host']}":
                self._refuse(HTTPStatus.FORBIDDEN)
            elif self.headers.get_content_type() != "application/json":
                self._refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
            else:
                self._save()

    @contextmanager
    def _answering(self) -> Iterator[str | None]:
        """The name of what is asked for; None if that is refused already. A reader who goes away is no fault."""
        try:
            yield self._name()
        except ConfigError as error:
            said = {"problems": told_of(error), "language": self.server.scene.language}
            self._json(HTTPStatus.CONFLICT, said)
        except FileNotFoundError:  # the clip was moved away meanwhile
            self._refuse(HTTPStatus.NOT_FOUND)
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def _name(self) -> str | None:
        if self.headers.get_all("Host", []) not in [[host] for host in self.server.hosts]:
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
            return None
        _, token, *rest = [*self.path.partition("?")[0].split("/", 2), ""]
        known = hmac.compare_digest(token.encode("latin-1", "replace"), self.server.token.encode())
        if not known or self.path.count("/") < 2 or rest[0] not in self.names:
            self._refuse(HTTPStatus.NOT_FOUND)
            return None
        return rest[0]

    def _save(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch(r"[0-9]{1,9}", length) or "Transfer-Encoding" in self.headers:
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
        elif int(length) > LARGEST_BODY:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._json(*self._saved(self.rfile.read(int(length))))

    def _saved(self, body: bytes) -> tuple[HTTPStatus, dict[str, Any]]:
        try:
            with self.server.saving:
                events, version = self.server.scene.truth.save(body)
        except ChangedError as error:
            return HTTPStatus.CONFLICT, {"problems": told(error.problems)}
        except RefusedError as error:
            return HTTPStatus.UNPROCESSABLE_ENTITY, {"problems": told(error.problems)}
        except TargetError as error:
            return HTTPStatus.INTERNAL_SERVER_ERROR, {"problems": told_of(error, "mark.wrong.not_written")}
        return HTTPStatus.OK, {"events": events, "version": version}

    def _clip(self) -> None:
        """The clip, or the one range of it that is asked for."""
        path = self.server.scene.clip
        with path.open("rb") as file:
            size = file.seek(0, 2)
            asked = self.headers.get("Range")
            part = _range(asked, size) if asked else None
            if asked and part is None:
                self._head(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, 0, {"Content-Range": f"bytes */{size}"})
                return
            first, last = part or (0, size - 1)
            more = {"Content-Type": TYPES.get(path.suffix.lower(), "video/mp4"), "Accept-Ranges": "bytes"}
            if part:
                more["Content-Range"] = f"bytes {first}-{last}/{size}"
            self._head(HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK, last - first + 1, more)
            file.seek(first)
            self._copy(file, last - first + 1)

    def _copy(self, file: BinaryIO, length: int) -> None:
        while length > 0 and (piece := file.read(min(PIECE, length))):
            self.wfile.write(piece)
            length -= len(piece)
        self.close_connection = self.close_connection or length > 0  # the file became shorter meanwhile

    def _json(self, status: HTTPStatus, value: dict[str, Any]) -> None:
        self._say(status, json.dumps(value, ensure_ascii=True).encode(), "application/json")

    def _say(self, status: HTTPStatus, data: bytes, kind: str) -> None:
        self._head(status, len(data), {"Content-Type": kind})
        self.wfile.write(data)

    def _refuse(self, status: HTTPStatus) -> None:
        self.close_connection = True  # a body that was sent along is not read
        self._head(status, 0, {"Connection": "close"})

    def _head(self, status: HTTPStatus, length: int, more: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Length": str(length), **more}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: an address in a log would give the token away."""


def _range(asked: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a Range header; None if there is nothing there, or several pieces are asked for."""
    found = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", asked.strip(), re.ASCII)
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        first, last = max(0, size - int(found[2])), size - 1
    else:
        first, last = int(found[1]), min(int(found[2] or size), size - 1)
    return (first, last) if first <= last else None
