"""The live board: what comes in stands there without a reload, whatever happened to the line meanwhile."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from protocol.kinds import Severity
from protocol.messages import Alert, Evidence
from server.clock import utc_now
from server.dependencies import COOKIE
from tests.server.console import footage
from tests.server.console.browser import PATIENCE_MS
from tests.server.console.conftest import OpenPage
from tests.server.console.site import Site, first_day, online
from tests.server.live import Live, running
from tests.server.parts import enrolled

STAYS = "window.here = true"
"""Set on a page, gone after a reload."""


def raised(site: Site, name: str, *evidence: Evidence, **changes: object) -> Alert:
    """An alert of this moment; each has a zone of its own, so that it opens a case of its own."""
    now = utc_now()
    return site.box.alert(name, now - timedelta(milliseconds=500), zone=name, evidence=evidence, **changes)


def card(page: Page, alert: Alert) -> str:
    return f"#card-{alert.id}"


def live(page: Page) -> None:
    """Wait until the page follows what happens."""
    expect(page.locator("[data-live=live]")).to_be_visible()


def test_a_new_alert_appears_without_a_reload_and_its_picture_follows(open_page: OpenPage, site: Site) -> None:
    page = open_page("/")
    live(page)
    page.evaluate(STAYS)
    picture = footage.snapshot(footage.drawn(1), utc_now())
    alert = site.sends(raised(site, "shed", picture.about))
    shown = page.locator(card(page, alert))
    expect(shown).to_contain_text("A person has been in «bays» for 0.5 s")
    expect(shown).to_contain_text("东门 East gate")
    expect(shown).to_contain_text("just now")
    expect(shown).to_contain_text("Picture is on its way")
    assert page.locator("#cards > li").first.get_attribute("id") == f"card-{alert.id}"
    site.brings(picture)
    expect(shown.locator("img")).to_be_visible()
    shown.locator("img").evaluate("image => image.decode()")
    assert page.evaluate("window.here")


def test_a_later_revision_renews_the_card_in_its_place(open_page: OpenPage, site: Site) -> None:
    page = open_page("/")
    live(page)
    begun = site.sends(raised(site, "renewed"))
    site.sends(raised(site, "above it"))
    expect(page.locator(card(page, begun))).to_contain_text("Going on")
    site.sends(
        site.box.alert(
            "renewed",
            begun.began_at,
            id=begun.id,
            zone="renewed",
            revision=2,
            phase="end",
            ended_at=begun.began_at + timedelta(seconds=3),
            evidence=(),
        )
    )
    expect(page.locator(card(page, begun))).to_contain_text("Ended")
    assert page.locator("#cards > li").nth(1).get_attribute("data-id") == str(begun.id)


def test_what_the_filters_hide_does_not_appear(open_page: OpenPage, site: Site) -> None:
    site.sends(raised(site, "on the first day there is nothing to filter"))
    page = open_page("/")
    live(page)
    page.get_by_role("form").get_by_text("Critical").click()
    expect(page).to_have_url(re.compile("severity=critical"))
    hidden = site.sends(raised(site, "hidden"))
    severe = site.sends(raised(site, "severe", severity=Severity.CRITICAL))
    expect(page.locator(card(page, severe))).to_be_visible()
    expect(page.locator(card(page, hidden))).to_have_count(0)
    page.reload()
    expect(page.locator(card(page, hidden))).to_have_count(0)
    page.get_by_role("form").get_by_text("Critical").click()
    expect(page.locator(card(page, hidden))).to_be_visible()


def test_nothing_that_fits_is_told_with_the_way_out(open_page: OpenPage) -> None:
    page = open_page("/?camera=gatehouse/lift-3&severity=low&unjudged=true")
    expect(page.get_by_role("heading", name="Nothing fits these filters")).to_be_visible()
    page.get_by_role("link", name="Show all alerts").click()
    expect(page.locator("[name=camera]")).to_have_value("")


def test_the_keyboard_chooses_judges_and_opens(open_page: OpenPage, site: Site) -> None:
    older, newer = site.sends(raised(site, "older")), site.sends(raised(site, "newer"))
    page = open_page("/")
    page.keyboard.press("j")
    expect(page.locator(f"{card(page, newer)}.chosen")).to_be_visible()
    page.keyboard.press("f")
    expect(page.locator(card(page, newer))).to_contain_text("False alarm")
    expect(page.locator(f"{card(page, older)}.chosen")).to_be_visible()
    page.keyboard.press("r")
    expect(page.locator(card(page, older))).to_have_attribute("data-verdict", "real")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/alerts/"))
    page.keyboard.press("u")
    page.wait_for_url(f"{site.address}/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("one frame back, one forward")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_second_person_sees_the_verdict_at_once(open_page: OpenPage, site: Site) -> None:
    alert = site.sends(raised(site, "seen by two"))
    first, second = open_page("/", person="operator"), open_page("/", person="colleague")
    live(second)
    second.evaluate(STAYS)
    first.locator(card(first, alert)).get_by_role("button", name="Real").click()
    for page in (first, second):
        expect(page.locator(card(page, alert))).to_have_attribute("data-verdict", "real")
    assert second.evaluate("window.here")


def test_a_viewer_sees_all_and_cannot_judge(open_page: OpenPage, site: Site) -> None:
    alert = site.sends(raised(site, "only looked at"))
    page = open_page("/", person="viewer")
    expect(page.locator(card(page, alert))).to_be_visible()
    expect(page.get_by_role("button", name="Real")).to_have_count(0)
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.goto(f"/alerts/{alert.id}")
    expect(page.get_by_text("Nobody has judged this alert yet.")).to_be_visible()
    expect(page.get_by_role("button", name="Real")).to_have_count(0)


@pytest.fixture
def fresh(browser: Browser, tmp_path: Path) -> Iterator[Live]:
    """A site of its own, on its first day."""
    with first_day(tmp_path) as server:
        yield server


def board_of(browser: Browser, live_site: Live, name: str = "admin") -> Page:
    context = browser.new_context(locale="en-GB", base_url=live_site.settings.address)
    context.set_default_timeout(PATIENCE_MS)
    token = live_site.session(name).token
    context.add_cookies([{"name": COOKIE, "value": token, "url": live_site.settings.address}])
    page = context.new_page()
    page.goto("/")
    return page


def test_the_first_day_leads_from_nothing_to_the_first_alert(browser: Browser, fresh: Live) -> None:
    page = board_of(browser, fresh)
    live(page)
    page.evaluate(STAYS)
    current = page.locator("[aria-current=step]")
    expect(current).to_contain_text("Add a node")
    expect(page.locator("#filters")).to_be_hidden()
    box = enrolled(fresh.context.database, fresh.settings, now=utc_now())
    with online(fresh, box) as site:
        expect(current).to_contain_text("Walk through a zone")
        expect(page.get_by_role("link", name="1 of 3 watching")).to_be_visible()
        alert = site.sends(raised(site, "first"))
        expect(page.locator(card(page, alert))).to_be_visible()
        expect(current).to_be_hidden()
        expect(page.locator("#filters")).to_be_visible()
    assert page.evaluate("window.here")
    page.context.close()


def test_a_page_that_lost_the_server_says_so_and_catches_up(browser: Browser, tmp_path: Path) -> None:
    with first_day(tmp_path) as server:
        box = enrolled(server.context.database, server.settings, now=utc_now())
        with online(server, box) as site:
            before = site.sends(raised(site, "before"))
            page = board_of(browser, server, "operator")
            expect(page.locator(card(page, before))).to_be_visible()
            live(page)
            page.evaluate(STAYS)
    expect(page.locator("[data-live=reconnecting], [data-live=stale]")).to_be_visible()
    page.route("**/events", lambda route: route.abort())  # until the missed alert is surely kept
    with running(server.settings) as again, online(again, box) as site:
        missed = site.sends(raised(site, "missed"))
        page.unroute("**/events")
        expect(page.locator(card(page, missed))).to_be_visible()
        live(page)
        at_once = site.sends(raised(site, "after"))
        expect(page.locator(card(page, at_once))).to_be_visible()
        assert page.locator("#cards > li").count() == 3
        assert page.evaluate("window.here")
        page.context.close()
