"""A drawn scene whose page is served, and what a browser would send to it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from threading import Thread
from typing import Any

from edge.bench.labelling.scene import open_scene
from edge.bench.labelling.server import LabelServer


@contextmanager
def served(clip: Path, config: Path | None = None) -> Iterator["Served"]:
    """The page of a clip, until the end of the block."""
    with LabelServer(open_scene(clip, config, "en")) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield Served(server)
        finally:
            server.shutdown()
            thread.join()


class Served:
    """Asks like a browser; `headers` of a call replace those that a browser sends."""

    def __init__(self, server: LabelServer) -> None:
        self.server = server
        self.address = server.address
        self.host = f"127.0.0.1:{server.server_port}"

    def ask(
        self, name: str, method: str = "GET", body: bytes | None = None, path: str | None = None, **headers: str
    ) -> tuple[HTTPResponse, bytes]:
        connection = HTTPConnection("127.0.0.1", self.server.server_port, timeout=10)
        try:
            sent = {"Host": self.host} | {key.replace("_", "-"): value for key, value in headers.items()}
            connection.request(method, path or f"/{self.server.token}/{name}", body, sent)
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def truth(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.ask("truth")[1])
        return read

    def put(self, events: Any, version: str | None = None, **headers: str) -> tuple[int, Any]:
        """Send events as the page does; status and answer."""
        version = self.truth()["version"] if version is None else version
        body = json.dumps({"version": version, "events": events}).encode()
        answer, said = self.ask("truth", "PUT", body, **{"Content_Type": "application/json", **headers})
        return answer.status, json.loads(said) if said else None
