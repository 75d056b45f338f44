"""Saves a picture of every page in both widths, languages and themes, to be looked at.

`python -m tests.server.console.screenshots [FOLDER [LOOK …]]`; a look is named as in 1440-zh-light.
"""

import sys
import tempfile
from collections.abc import Collection
from itertools import product
from pathlib import Path
from uuid import UUID

from playwright.sync_api import Browser, BrowserContext

from server.console.shell import LANGUAGE_COOKIE, THEME_COOKIE
from tests.conftest import REPOSITORY
from tests.server.console.browser import chromium, log_in
from tests.server.console.scenes import Filled, fill, scenes
from tests.server.console.site import Site, first_day, running_site

SIZES = {1440: 900, 390: 844}
LOOKS = [f"{width}-{language}-{theme}" for width, language, theme in product(SIZES, ("zh", "en"), ("light", "dark"))]
SETTLE_MS = 600
"""Pictures, clip and stream have come."""


def filled(site: Site) -> dict[str, str]:
    """A busy site's pages by name."""
    found = fill(site, scenes())
    return pages(found, site.case_of(found.newest))


def pages(found: Filled, case: UUID) -> dict[str, str]:
    """Addresses by name."""
    excepted = found.excepted
    return {
        "board": "/",
        "board-none": "/?severity=low&camera=gatehouse/lift-3&unjudged=true",
        "alert": f"/alerts/{found.newest.id}",
        "alert-on-its-way": f"/alerts/{found.on_its_way.id}",
        "board-snoozed": "/?snoozed=true",
        "snoozes": "/snoozes",
        "alert-excepted": f"/alerts/{excepted.id}",
        "alert-refused": f"/alerts/{found.refused.id}",
        "cases": "/cases",
        "cases-none": "/cases?q=9999",
        "case": f"/cases/{case}",
        "cameras": "/cameras",
        "camera": f"/cameras/{excepted.node}/{excepted.camera}",
        "nodes": "/nodes",
        "dead-letters": "/dead-letters",
        "missing": "/nothing-here",
    }


FIRST_DAY = {
    "first-board": "/",
    "first-cases": "/cases",
    "first-cameras": "/cameras",
    "first-nodes": "/nodes",
    "first-snoozes": "/snoozes",
    "first-dead-letters": "/dead-letters",
}


def shots(browser: Browser, address: str, pages: dict[str, str], look: str, folder: Path) -> None:
    """Every page in one look, the log-in and the sheet of keys included."""
    context = _context(browser, address, look)
    page = context.new_page()
    page.goto(f"{address}/login")
    page.screenshot(path=folder / f"{look}-login.png")
    log_in(page, address, "admin")
    for name, path in pages.items():
        page.goto(address + path)
        page.wait_for_timeout(SETTLE_MS)
        for details in page.locator("#snooze details").all():
            details.evaluate("details => { details.open = true }")
        page.screenshot(path=folder / f"{look}-{name}.png", full_page=name != "board")
    page.goto(f"{address}/nodes")
    page.locator("form[action='/nodes/codes'] button").click()
    page.screenshot(path=folder / f"{look}-enrol.png")
    if look.startswith("390"):
        page.locator("[popovertarget=account]").click()
    else:
        page.keyboard.press("?")
    page.screenshot(path=folder / f"{look}-sheet.png")
    context.close()


def _context(browser: Browser, address: str, look: str) -> BrowserContext:
    width, language, theme = look.split("-")
    context = browser.new_context(
        viewport={"width": int(width), "height": SIZES[int(width)]},
        locale="en-GB",
        has_touch=width == "390",
        is_mobile=width == "390",
    )
    for name, value in ((LANGUAGE_COOKIE, language), (THEME_COOKIE, theme)):
        context.add_cookies([{"name": name, "value": value, "url": address}])
    return context


def main(folder: Path, looks: Collection[str]) -> None:
    """A busy site, then one on its first day."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, chromium() as browser:
        with running_site(Path(data) / "busy") as site:
            addresses = filled(site)
            for look in looks:
                shots(browser, site.address, addresses, look, folder)
        with first_day(Path(data) / "first") as live:
            for look in looks:
                shots(browser, live.settings.address, FIRST_DAY, look, folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "out" / "screens", sys.argv[2:] or LOOKS)
