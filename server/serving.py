"""One server process: the parts, then HTTP before them, until a signal ends it."""

import signal
import socket
import sys
from types import FrameType

import uvicorn
from fastapi import FastAPI

from server.app import Server, application
from server.console.assets import need_assets
from server.ingest.board import Board
from server.listening import listen
from server.settings import Http, Settings

STREAMS_END_WITHIN_S = 5


def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT. Raises ConfigurationError or Unreachable before the first request is answered."""
    need_assets()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, _end)
    with listen(settings.http.host, settings.http.port, "http") as listener, Server(settings) as server:
        _Http(application(server.context), settings.http, server.context.board).run(sockets=[listener])


class _Http(uvicorn.Server):
    """uvicorn, which ends the open event streams itself instead of waiting for their readers."""

    def __init__(self, app: FastAPI, http: Http, board: Board) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="off",
                forwarded_allow_ips=http.trusted_proxies,
                server_header=False,
                access_log=False,
                log_level="warning",
                timeout_graceful_shutdown=STREAMS_END_WITHIN_S,
            )
        )
        self._board = board

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, end what is open."""
        self._board.close()
        await super().shutdown(sockets)


def _end(_signal: int, _frame: FrameType | None) -> None:
    """Unwinds what was started. uvicorn takes the signals while it runs, and sends them here when it has ended."""
    sys.exit(0)
