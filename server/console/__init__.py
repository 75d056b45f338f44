"""The console: the pages that people use."""

from fastapi import FastAPI

from server.console import assets, events
from server.console.headers import SecurityHeaders
from server.console.pages import alert, board, cameras, case, cases, dead_letters, login, nodes, snoozes


def include(app: FastAPI) -> None:
    """Put pages, event stream, static files and security headers on the application."""
    for router in (
        events.router,
        *(page.router for page in (login, board, alert, cases, case, cameras, nodes, snoozes)),
    ):
        app.include_router(router)
    app.include_router(dead_letters.router)
    app.mount(assets.PREFIX, assets.HashedFiles(directory=assets.DIST, check_dir=False), name="static")
    app.add_middleware(SecurityHeaders)
