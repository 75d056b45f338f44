"""A real HTTP server for one file: with ranges, and with whatever goes wrong on the way."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar


@dataclass
class Shelf:
    """What the server gives, and what it was asked."""

    content: bytes
    cut_after: list[int] = field(default_factory=list)
    """For each request in turn: bytes after which the line goes dead; then no more."""
    version: str = '"one"'
    status: int | None = None
    detours: list[str] = field(default_factory=list)
    """For each request in turn: where it is sent instead."""
    ranges: list[str | None] = field(default_factory=list)
    """The Range of each request."""
    address: str = ""


class _Handler(BaseHTTPRequestHandler):
    shelf: ClassVar[Shelf]

    def do_GET(self) -> None:
        shelf = self.shelf
        wanted = self.headers.get("Range")
        shelf.ranges.append(wanted)
        if shelf.detours:
            self.send_response(302)
            self.send_header("Location", shelf.detours.pop(0))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if shelf.status is not None:
            self.send_error(shelf.status)
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        if wanted and self.headers.get("If-Range") not in (None, shelf.version):
            start = 0
        if start >= len(shelf.content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(shelf.content) - start))
        self.send_header("ETag", shelf.version)
        self.end_headers()
        cut = shelf.cut_after.pop(0) if shelf.cut_after else None
        self.wfile.write(shelf.content[start:][:cut])

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


@contextmanager
def served(content: bytes, name: str = "model.onnx") -> Iterator[Shelf]:
    """The file's address is in the shelf."""
    shelf = Shelf(content)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"shelf": shelf}))
    shelf.address = f"http://127.0.0.1:{server.server_address[1]}/{name}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield shelf
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
