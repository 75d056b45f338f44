"""The browser of the tests: the system's Chromium, and what a person does first."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.server.parts import PASSWORD

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PATIENCE_MS = 15_000
"""How long a page is waited for: a busy machine is no fault of the page."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium; what is expected of its pages is waited for with patience."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def log_in(page: Page, address: str, name: str = "operator", password: str = PASSWORD) -> None:
    """Fill in the log-in page and send it."""
    page.goto(f"{address}/login")
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=password]").fill(password)
    page.locator(".gate-card button").click()
