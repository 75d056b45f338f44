"""The console: the pages that people use."""

from fastapi import FastAPI

from server.console import assets, events
from server.console.headers import SecurityHeaders
from server.console.pages import alert, board, camera, cameras, case, cases, dead_letters, login, nodes, snoozes


def include(app: FastAPI) -> None:
    """Put pages, event stream, static files and security headers on the application."""
    app.include_router(events.router)
    for page in (login, board, alert, cases, case, cameras, camera, nodes, snoozes, dead_letters):
        app.include_router(page.router)
    app.mount(assets.PREFIX, assets.HashedFiles(directory=assets.DIST, check_dir=False), name="static")
    app.add_middleware(SecurityHeaders)
