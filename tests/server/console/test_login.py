"""Logging in: as a person does, with a wrong password, too often, and from a form that is not ours."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.server.console.browser import log_in
from tests.server.console.conftest import Complaints, OpenPage
from tests.server.console.site import Site


def test_somebody_logs_in_gets_where_he_wanted_and_leaves(open_page: OpenPage, site: Site) -> None:
    page = open_page("/cases", person=None)
    expect(page).to_have_url(re.compile("/login\\?next=%2Fcases"))
    expect(page.get_by_label("User name")).to_be_focused()
    page.keyboard.type("colleague")
    page.keyboard.press("Tab")
    page.keyboard.type("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Cases", exact=True)).to_be_visible()
    expect(page.locator(".who")).to_contain_text("同事 Colleague")
    page.get_by_role("button", name="Log out").click()
    page.goto("/cases")
    expect(page).to_have_url(re.compile("/login"))


def test_a_wrong_password_is_told_without_saying_which_of_both_was_wrong(
    open_page: OpenPage, site: Site, complaints: Complaints
) -> None:
    complaints.forgive("status of 401")
    page = open_page("/login", person=None)
    texts = []
    for name in ("operator", "nobody"):
        log_in(page, site.address, name, "wrong")
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("User name or password is wrong")
        texts.append(alert.inner_text())
        expect(page.get_by_label("User name")).to_have_value(name)
        expect(page.get_by_label("Password")).to_be_focused()
        expect(page.get_by_label("Password")).to_have_value("")
    assert texts[0] == texts[1]


def test_too_many_attempts_must_wait_and_are_told_how_long(
    open_page: OpenPage, site: Site, complaints: Complaints
) -> None:
    complaints.forgive("status of 4(01|29)")
    page = open_page("/login", person=None)
    for _ in range(6):
        log_in(page, site.address, "guessed", "wrong")
    expect(page.get_by_role("alert")).to_contain_text(re.compile(r"Too many attempts\. Try again in 1[45] min"))


@pytest.mark.parametrize("token", ["", "another"])
def test_a_form_from_elsewhere_is_refused(site: Site, token: str) -> None:
    with httpx.Client(base_url=site.address, headers={"Accept": "text/html"}) as client:
        client.get("/login")
        form = {"name": "operator", "password": "correct horse battery", "form_token": token}
        answer = client.post("/login", data=form)
    assert answer.status_code == 403
    assert "shouwang_session" not in answer.cookies


@pytest.mark.parametrize("path", ["/login", "/preferences"])
@pytest.mark.parametrize("origin", ["http://[", "http://a]b", "null", "https://evil.example"])
def test_a_form_whose_browser_names_another_site_or_none_is_refused(site: Site, path: str, origin: str) -> None:
    assert httpx.post(f"{site.address}{path}", headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize(("scheme", "by_https_only"), [("https", True), ("http", False)])
def test_cookies_of_a_browser_that_came_by_https_go_by_nothing_else(
    site: Site, scheme: str, by_https_only: bool
) -> None:
    proxy = {"X-Forwarded-Proto": scheme, "X-Forwarded-For": "203.0.113.9"}
    with httpx.Client(base_url=site.address, headers=proxy) as client:
        form = client.get("/login").headers["set-cookie"]
        cookie, token = form.partition(";")[0], form.partition(";")[0].partition("=")[2]
        words = {"name": "operator", "password": "correct horse battery", "form_token": token}
        entered = client.post("/login", data=words, headers={"Cookie": cookie})
        chosen = client.post("/preferences", data={"language": "en", "theme": "dark"})
    set_here = [form, entered.headers["set-cookie"].partition("shouwang_form")[0], chosen.headers["set-cookie"]]
    assert ["Secure" in one for one in set_here] == [by_https_only] * 3
    assert set_here[1].startswith("shouwang_session=")


def test_a_change_without_the_session_s_token_is_refused(site: Site) -> None:
    token = site.live.session("operator").token
    with httpx.Client(base_url=site.address, cookies={"shouwang_session": token}) as client:
        assert client.post("/nodes/codes", headers={"Accept": "text/html"}).status_code == 403
        assert client.post("/logout", data={"csrf_token": "guessed"}).status_code == 403
        assert client.get("/cases").status_code == 200


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_the_way_after_the_log_in_never_leads_to_another_site(open_page: OpenPage, site: Site, path: str) -> None:
    page = open_page(f"/login?next={path}", person="operator")
    expect(page).to_have_url(f"{site.address}/")
