"""The bundled scripts, styles and icons: their addresses, and how they are served."""

import json
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from server.errors import ConfigurationError

DIST = Path(__file__).parent / "static" / "dist"
PREFIX = "/static"


@cache
def _manifest() -> dict[str, str]:
    path = DIST / "manifest.json"
    if not path.is_file():
        raise ConfigurationError("start.no_console", path=str(path))
    names: dict[str, str] = json.loads(path.read_text("utf-8"))
    return names


def need_assets() -> None:
    """Raises ConfigurationError if nothing was built: every page would fail."""
    _manifest()


def address(name: str) -> str:
    """Where a browser finds an asset. Raises ConfigurationError if nothing was built, KeyError for an unknown one."""
    return f"{PREFIX}/{_manifest()[name]}"


class HashedFiles(StaticFiles):
    """Files whose names hold the hash of their content: a browser need never ask for them again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, to be kept for a year."""
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
