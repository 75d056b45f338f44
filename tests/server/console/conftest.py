"""One Chromium and one site for all tests of the console; at each test's end no page may have complained."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from server.console.assets import DIST
from server.dependencies import COOKIE
from tests.server.console.browser import CHROMIUM, PATIENCE_MS, chromium
from tests.server.console.site import Site, running_site

OpenPage = Callable[..., Page]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.is_file():
        pytest.skip(f"{CHROMIUM} is not here: install the package chromium")
    if not (DIST / "manifest.json").is_file():
        pytest.skip("the console's front end is not built: run `make frontend`")
    with chromium() as running:
        yield running


@pytest.fixture(scope="package")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="package")
def sessions(site: Site) -> Callable[[str], str]:
    """The session token of one of PEOPLE, made once."""
    tokens: dict[str, str] = {}

    def token(name: str) -> str:
        if name not in tokens:
            tokens[name] = site.live.session(name).token
        return tokens[name]

    return token


class Complaints:
    """What pages say on their console, refused policies included, and requests that got no answer."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.forgiven: list[str] = []

    def listen(self, page: Page) -> None:
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.heard.append(f"{page.url}: {error}"))
        page.on("requestfailed", self._on_failed)

    def forgive(self, pattern: str) -> None:
        """What this test brings about on purpose."""
        self.forgiven.append(pattern)

    def left(self) -> list[str]:
        return [said for said in self.heard if not any(re.search(pattern, said) for pattern in self.forgiven)]

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.heard.append(f"{message.location.get('url', '')}: {message.text}")

    def _on_failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # what a page leaves behind when somebody goes on
            self.heard.append(f"{request.url}: {request.failure}")


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    collected = Complaints()
    yield collected
    assert not collected.left()


@pytest.fixture
def open_page(
    browser: Browser, site: Site, sessions: Callable[[str], str], complaints: Complaints
) -> Iterator[OpenPage]:
    """Opens a path in a browser of its own: in English, far from the site, signed in as `person`."""
    contexts: list[BrowserContext] = []

    def opened(path: str = "/", person: str | None = "operator", **options: Any) -> Page:
        context = browser.new_context(
            **{"locale": "en-GB", "timezone_id": "America/New_York", "base_url": site.address, **options}
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        if person:
            context.add_cookies([{"name": COOKIE, "value": sessions(person), "url": site.address}])
        page = context.new_page()
        complaints.listen(page)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
