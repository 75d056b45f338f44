"""What holds on every page: readable in both themes, nothing cut off on a phone, focus seen, nothing complained of."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from server.console.shell import LANGUAGE_COOKIE, THEME_COOKIE
from server.dependencies import COOKIE
from tests.server.console.conftest import Complaints, OpenPage
from tests.server.console.looking import cut_off, focused, low_contrast, sideways_px, small_targets
from tests.server.console.scenes import drawn, fill
from tests.server.console.screenshots import FIRST_DAY, pages
from tests.server.console.site import Site, first_day

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def addresses(site: Site) -> dict[str, str]:
    """Every page of a busy site behind the log-in, by name."""
    found = fill(site, [drawn(shift_s, 3) for shift_s in range(3)])
    return pages(found, site.case_of(found.newest))


def dressed(page: Page, site: Site, language: str, theme: str) -> None:
    for name, value in ((LANGUAGE_COOKIE, language), (THEME_COOKIE, theme)):
        page.context.add_cookies([{"name": name, "value": value, "url": site.address}])


def settled(page: Page, address: str) -> None:
    page.goto(address)
    page.evaluate("document.fonts.ready")
    if page.locator("[data-live]").count():
        expect(page.locator("[data-live=live]")).to_be_visible()


def assert_readable(page: Page, name: str) -> None:
    """In both themes."""
    for theme in ("light", "dark"):
        page.locator("html").evaluate("(html, theme) => { html.dataset.theme = theme }", theme)
        assert low_contrast(page) == [], f"{name}, {theme}"


def test_every_text_is_readable_and_nothing_is_complained_of(
    open_page: OpenPage, addresses: dict[str, str], complaints: Complaints
) -> None:
    complaints.forgive("nothing-here.*status of 404")
    page = open_page("/", person="admin", viewport=DESK, reduced_motion="reduce")
    for name, address in addresses.items():
        settled(page, address)
        for details in page.locator("details").all():
            details.evaluate("details => { details.open = true }")
        assert_readable(page, name)
    page.goto("/nodes")
    page.get_by_role("button", name="Add a node").click()
    assert_readable(page, "a new code")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert_readable(page, "keys")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_phone_shows_every_page_whole_with_targets_for_fingers(
    open_page: OpenPage, site: Site, addresses: dict[str, str], complaints: Complaints, language: str
) -> None:
    complaints.forgive("nothing-here.*status of 404")
    page = open_page("/", person="admin", viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce")
    dressed(page, site, language, "light")
    for name, address in addresses.items():
        settled(page, address)
        assert sideways_px(page) <= 0, name
        assert cut_off(page) == [], name
        assert small_targets(page) == [], name
    page.goto("/cases")
    page.locator("[popovertarget=account]").tap()
    expect(page.locator("#account")).to_be_visible()
    assert small_targets(page) == []
    page.locator("#account").get_by_role("link").tap()
    expect(page).to_have_url(f"{site.address}/dead-letters")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_log_in_is_as_good_as_what_it_leads_to(open_page: OpenPage, complaints: Complaints, theme: str) -> None:
    complaints.forgive("status of 401")
    page = open_page("/login", person=None, viewport=PHONE, color_scheme=theme, reduced_motion="reduce")
    page.get_by_label("User name").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert low_contrast(page) == []
    assert sideways_px(page) <= 0
    assert small_targets(page) == []


def test_no_page_needs_scrolling_sideways_between_phone_and_desk(
    open_page: OpenPage, addresses: dict[str, str], complaints: Complaints
) -> None:
    complaints.forgive("nothing-here.*status of 404")
    page = open_page("/", person="admin")
    for name, address in addresses.items():
        settled(page, address)
        for width in (768, 1024, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert sideways_px(page) <= 0, f"{name}, {width}"
            assert cut_off(page) == [], f"{name}, {width}"


def test_whoever_uses_the_keyboard_always_sees_where_he_is(
    open_page: OpenPage, addresses: dict[str, str], complaints: Complaints
) -> None:
    complaints.forgive("nothing-here.*status of 404")
    page = open_page("/", person="admin", viewport=DESK)
    for name, address in addresses.items():
        settled(page, address)
        reached = []
        for _ in range(30):
            page.keyboard.press("Tab")
            at = focused(page)
            if at is None:
                break
            reached.append(at)
        assert len(reached) >= 3, name
        assert [what for what, seen in reached if not seen] == [], name


def test_the_first_tab_leads_past_the_navigation(open_page: OpenPage) -> None:
    page = open_page("/cases")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_every_page_speaks_chinese_whole(
    open_page: OpenPage, site: Site, addresses: dict[str, str], complaints: Complaints
) -> None:
    complaints.forgive("nothing-here.*status of 404")
    page = open_page("/", person="admin", locale="zh-CN")
    dressed(page, site, "zh", "light")
    for name, address in addresses.items():
        settled(page, address)
        assert page.locator("html").get_attribute("lang") == "zh-CN"
        untold = page.evaluate(
            """() => [...document.querySelectorAll("h1, h2, h3, button, label, dt, th, summary, .pill, .severity")]
                 .filter((e) => e.checkVisibility() && /^[A-Za-z ]{3,}$/.test(e.innerText.trim()))
                 .map((e) => e.innerText.trim()).filter((text) => text !== "English")"""
        )
        assert untold == [], name


def test_a_fault_of_the_server_is_told_in_the_console_s_look(
    open_page: OpenPage, site: Site, complaints: Complaints
) -> None:
    complaints.forgive("status of 500")

    def fail() -> None:
        raise RuntimeError("a mistake in the server, made by this test")

    site.live.app.add_api_route("/faulty", fail)
    page = open_page("/")
    answer = page.goto("/faulty")
    assert answer is not None
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    expect(page.get_by_role("heading", name="The server failed")).to_be_visible()
    expect(page.get_by_text("its log says why")).to_be_visible()
    assert "RuntimeError" not in page.content()


def test_the_language_is_the_browser_s_until_somebody_chooses(open_page: OpenPage, site: Site) -> None:
    page = open_page("/cases", person="viewer", locale="zh-CN")
    expect(page.get_by_role("heading", name="案件", exact=True)).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page).to_have_url(f"{site.address}/cases")
    expect(page.get_by_role("heading", name="Cases", exact=True)).to_be_visible()
    elsewhere = open_page("/cases", person="viewer", locale="zh-CN")  # it is the person's choice, not the browser's
    expect(elsewhere.get_by_role("heading", name="Cases", exact=True)).to_be_visible()


def test_the_theme_is_the_system_s_until_somebody_chooses(open_page: OpenPage) -> None:
    page = open_page("/cases", color_scheme="dark")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    dark = page.evaluate(ground)
    page.get_by_role("button", name="Light").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert page.evaluate(ground) != dark
    page.get_by_role("button", name="As the system").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "auto")
    assert page.evaluate(ground) == dark


def test_times_are_those_of_the_cameras_place(open_page: OpenPage, addresses: dict[str, str]) -> None:
    page = open_page(addresses["alert"])  # the browser sits in New York
    expect(page.locator("#player[data-ready=true]")).to_be_visible()
    time = page.locator("#why time").first
    moment, shown, exact = (time.get_attribute("datetime"), time.inner_text(), time.get_attribute("title") or "")
    there = page.evaluate(
        """moment => new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", timeStyle: "medium" })
             .format(new Date(moment))""",
        moment,
    )
    assert shown.endswith(there)
    assert exact.endswith("Asia/Shanghai (UTC+08:00)")
    expect(page.locator("[data-clock]")).to_contain_text(there[:3])
    page.goto("/nodes")
    assert "Asia/Shanghai" in (page.locator("tbody time").first.get_attribute("title") or "")


@pytest.fixture
def first(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    with first_day(tmp_path) as live:
        context = browser.new_context(base_url=live.settings.address, viewport=PHONE, reduced_motion="reduce")
        token = live.session("admin").token
        context.add_cookies([{"name": COOKIE, "value": token, "url": live.settings.address}])
        yield context.new_page()
        context.close()


def test_a_first_day_s_pages_say_what_to_do_next(first: Page, complaints: Complaints) -> None:
    complaints.listen(first)
    for name, address in FIRST_DAY.items():
        settled(first, address)
        assert first.locator(".empty p, .steps p").count() > 0, name
        assert low_contrast(first) == [], name
        assert sideways_px(first) <= 0, name
        assert small_targets(first) == [], name
