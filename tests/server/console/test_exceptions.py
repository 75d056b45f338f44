"""What verdicts have taught a node: seen beside the verdict and on the camera's page, accepted, and taken back."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from protocol.messages import Alert, Command, CommandWord, parse
from protocol.topics import Channel
from server.clock import utc_now
from server.db.tables.lessons import RuleException
from server.db.tables.people import Role
from tests.server.console.conftest import OpenPage
from tests.server.console.site import Site, statue
from tests.server.live import eventually


@pytest.fixture
def alert(request: pytest.FixtureRequest, site: Site) -> Alert:
    return site.sends(site.box.alert(request.node.name, utc_now(), camera="yard", evidence=()))


def commands(site: Site) -> list[tuple[CommandWord, str | None]]:
    """What the node is asked next; words on other channels are passed over."""
    while True:
        channel, payload = site.node.heard.get(timeout=10)
        if channel is Channel.COMMANDS:
            command = parse(Command, payload)
            return [(command.command, command.exception)]


def is_kept(site: Site, exception: str) -> bool:
    with site.live.context.database.reading() as db:
        return db.scalar(select(RuleException).where(RuleException.id == exception)) is not None


def called_false(open_page: OpenPage, alert: Alert) -> Page:
    """The alert's page, on which somebody has just called it false."""
    page = open_page(f"/alerts/{alert.id}")
    expect(page.locator("[data-live=live]")).to_be_visible()
    page.keyboard.press("f")
    expect(page.locator(".said")).to_contain_text("False alarm")
    return page


def test_a_false_verdict_shows_its_exception_and_cost_without_a_reload_and_it_can_be_taken_back(
    open_page: OpenPage, site: Site, alert: Alert
) -> None:
    page = called_false(open_page, alert)
    made = statue(alert)
    site.has_learnt(made)
    expect(page.locator(".exemption")).to_contain_text("Exception made")
    expect(page.locator(".exemption")).to_contain_text("A person standing 56% from the left and 55% from the top")
    expect(page.locator(".exemption")).to_contain_text("It would have hidden 0 of 41 alerts that were called real")
    page.get_by_role("button", name="Take back").click()
    expect(page.locator(".exemption")).to_contain_text("Being taken back")
    assert commands(site) == [(CommandWord.TAKE_BACK, made.id)]
    site.has_learnt()
    expect(page.locator(".exemption")).to_contain_text("No longer in force")
    expect(page.locator(".exemption")).to_contain_text("Taken back by 值班员 Duty officer")
    expect(page.get_by_role("button", name="Take back")).to_have_count(0)


def test_the_camera_s_page_lists_what_counts_and_what_was_taken_back(
    open_page: OpenPage, site: Site, alert: Alert
) -> None:
    site.has_learnt(statue(alert))
    page = open_page("/cameras")
    page.locator(".camera", has_text="自行车棚").get_by_role("link", name="Exceptions learnt: 1").click()
    expect(page.get_by_role("heading", name="自行车棚 Bicycle shed")).to_be_visible()
    counts = page.locator(".panel", has_text="What verdicts have taught it")
    expect(counts.locator(".exemption")).to_have_count(1)
    expect(page.locator(".camera-picture rect.box")).to_have_attribute("x", "520.0")
    expect(counts.get_by_role("link", name="the false alarm")).to_have_attribute("href", f"/alerts/{alert.id}")
    counts.get_by_role("button", name="Take back").click()
    expect(counts).to_contain_text("Being taken back")
    expect(page.locator("[data-live=live]")).to_be_visible()
    assert commands(site) == [(CommandWord.TAKE_BACK, statue(alert).id)]
    site.has_learnt()
    expect(counts).to_contain_text("Nothing yet")
    gone = page.locator(".panel", has=page.get_by_role("heading", name="Taken back"))
    expect(gone).to_contain_text(re.compile("Taken back by 值班员 Duty officer"))


def test_what_changes_between_a_page_and_its_stream_is_shown_without_waiting_for_more(
    open_page: OpenPage, site: Site, alert: Alert
) -> None:
    made = statue(alert)

    def only_when_it_has_changed(request: Route) -> None:
        site.has_learnt(made)
        eventually(lambda: is_kept(site, made.id))
        request.continue_()

    site.has_learnt()
    page = open_page("/nodes")
    page.route("**/events", only_when_it_has_changed)
    page.goto(f"{site.address}/cameras")
    yard = page.locator(".camera", has_text="自行车棚")
    expect(yard.get_by_role("link", name="Exceptions learnt: 1")).to_be_visible()
    site.has_learnt()


def test_a_false_verdict_that_made_no_exception_says_why_without_a_reload(
    open_page: OpenPage, site: Site, alert: Alert
) -> None:
    page = called_false(open_page, alert)
    site.has_learnt(refused=[statue(alert, would_have_hidden=2)])
    told = page.locator(".exemption-refused")
    expect(told).to_contain_text("No exception made")
    expect(told).to_contain_text("It would have hidden 2 of 41 alerts that were called real here")
    expect(told).to_contain_text("A person standing 56% from the left and 55% from the top of the picture still counts")
    expect(told.get_by_role("button")).to_have_count(0)
    page.keyboard.press("r")
    expect(page.locator(".said")).to_contain_text("Real")
    expect(told).to_have_count(0)


def test_the_camera_s_page_lists_the_newest_that_were_not_made(open_page: OpenPage, site: Site, alert: Alert) -> None:
    more = [site.sends(site.box.alert(f"more {n}", utc_now(), camera="lift-3", evidence=())) for n in range(6)]
    with site.live.browser() as staff:
        for one in more:
            staff.post(f"/api/v1/alerts/{one.id}/verdict", json={"verdict": "false"}).raise_for_status()
    now = utc_now()
    tried = [statue(one, would_have_hidden=2, since=now + timedelta(seconds=n)) for n, one in enumerate(more)]
    site.has_learnt(refused=tried)
    page = open_page(f"/cameras/{site.box.name}/lift-3", locale="zh-CN")
    panel = page.locator(".panel", has=page.get_by_role("heading", name="未生成的例外"))
    expect(panel.locator(".exemption")).to_have_count(5)
    expect(panel).to_contain_text("此处已研判属实的 41 条告警中，它会漏掉 2 条")
    expect(panel).to_contain_text("更早的见各告警页面")
    expect(panel.get_by_role("link", name="被判为误报的告警").first).to_have_attribute("href", f"/alerts/{more[-1].id}")
    expect(page.locator(".camera-picture rect.box")).to_have_count(0)


def test_a_proposal_is_accepted_by_an_administrator_only(open_page: OpenPage, site: Site, alert: Alert) -> None:
    site.has_learnt(statue(alert, proposed=True))
    page = open_page(f"/alerts/{alert.id}")
    expect(page.get_by_role("button", name="Discard")).to_be_visible()
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)
    page = open_page(f"/alerts/{alert.id}", person="admin")
    expect(page.locator(".exemption")).to_contain_text("Exception proposed")
    page.get_by_role("button", name="Accept").click()
    expect(page.locator(".exemption")).to_contain_text("Accepted, the node follows")
    assert commands(site) == [(CommandWord.ACCEPT, statue(alert).id)]
    site.has_learnt(statue(alert))
    expect(page.locator(".exemption")).to_contain_text("Exception made")
    expect(page.locator(".exemption")).to_contain_text("Accepted by Admin")


def test_who_only_looks_sees_it_and_has_no_button(open_page: OpenPage, site: Site, alert: Alert) -> None:
    site.has_learnt(statue(alert))
    page = open_page(f"/alerts/{alert.id}", person="viewer")
    expect(page.locator(".exemption")).to_be_visible()
    expect(page.locator(".exemption button")).to_have_count(0)


@pytest.mark.parametrize("word", ["taking-back", "acceptance"])
def test_neither_a_viewer_nor_a_foreign_form_changes_anything(site: Site, alert: Alert, word: str) -> None:
    made = statue(alert, proposed=True)
    site.has_learnt(made)
    address = f"/exceptions/{site.box.name}/{made.id}/{word}"
    with site.live.browser(Role.VIEWER) as viewer, site.live.browser(Role.ADMINISTRATOR) as chief:
        assert viewer.post(address, data={"back": "alert"}).status_code == 403
        del chief.headers["X-CSRF-Token"]
        assert chief.post(address, data={"back": "alert"}).status_code == 403
        assert chief.post(address, data={"back": "alert", "csrf_token": "guessed"}).status_code == 403
    with site.live.browser(Role.ADMINISTRATOR) as chief:
        unknown = f"/exceptions/{site.box.name}/{'f' * 12}/{word}"
        assert chief.post(unknown, data={"back": "alert"}).status_code == 404
        assert chief.post(address, data={"back": "//elsewhere.example"}).status_code == 422
