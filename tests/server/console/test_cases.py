"""Cases: found by state and number, moved only as the table of transitions allows, with a reason where it asks one."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from protocol.messages import Alert
from server.clock import utc_now
from server.db.tables import Case
from server.ingest.ingest import ingest
from tests.server.console.conftest import Complaints, OpenPage
from tests.server.console.site import Site


def opened(site: Site, name: str) -> tuple[Alert, str, str]:
    """An alert that opened a case of its own; the case's address and number."""
    alert = site.sends(site.box.alert(name, utc_now() - timedelta(seconds=1), zone=name, evidence=()))
    case = site.case_of(alert)
    with site.live.context.database.reading() as db:
        return alert, f"/cases/{case}", db.get_one(Case, case).number


def state(page: Page) -> str:
    return page.locator(".page-head .pill").first.inner_text()


def test_a_case_is_accepted_sent_handled_and_resolved_with_what_was_done(open_page: OpenPage, site: Site) -> None:
    _, address, number = opened(site, "the whole way")
    page = open_page(address)
    expect(page.get_by_role("heading", name=number)).to_be_visible()
    for step, reached in (("Accept", "Accepted"), ("Dispatch", "Dispatched"), ("Handling has begun", "In progress")):
        page.get_by_role("button", name=step, exact=True).click()
        expect(page.locator(".page-head .pill").first).to_have_text(reached)
    page.get_by_label("Note").fill("Spoke with the owner; the bicycle is gone")
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator(".page-head .pill").first).to_have_text("Resolved")
    expect(page.get_by_text("Outcome")).to_be_visible()
    history = page.locator(".history li")
    expect(history).to_have_count(5)
    expect(history.first).to_contain_text(
        re.compile("From In progress to Resolved.*Spoke with.*值班员 Duty officer", re.S)
    )
    expect(history.last).to_contain_text(re.compile("Opened by alert.*System", re.S))


def test_a_step_that_needs_a_reason_is_not_taken_without_one(
    open_page: OpenPage, site: Site, complaints: Complaints
) -> None:
    _, address, _ = opened(site, "no reason")
    page = open_page(address)
    page.get_by_role("button", name="Decline").click()
    expect(page.locator(".toast")).to_have_text("Please write a note first")
    expect(page.get_by_label("Note")).to_be_focused()
    assert state(page) == "Received"
    complaints.forgive("status of 422")
    page.locator("form[action$=moves]").evaluate(
        """form => {
             form.append(Object.assign(document.createElement("input"), { name: "to", value: "declined" }));
             form.submit();
           }"""
    )  # as a browser without our script would
    expect(page.get_by_role("alert")).to_have_text("Declined: say why in the note")
    assert state(page) == "Received"
    page.get_by_label("Note").fill("A cat")
    page.get_by_role("button", name="Decline").click()
    expect(page.locator(".page-head .pill").first).to_have_text("Declined")


def test_what_somebody_else_did_meanwhile_is_told_and_what_was_typed_is_kept(
    open_page: OpenPage, site: Site, complaints: Complaints
) -> None:
    complaints.forgive("status of 409")
    _, address, number = opened(site, "two at once")
    first, second = open_page(address, person="operator"), open_page(address, person="colleague")
    second.get_by_label("Note").fill("I know this one")
    first.get_by_role("button", name="Accept", exact=True).click()
    expect(first.locator(".page-head .pill").first).to_have_text("Accepted")
    second.get_by_role("button", name="Decline").click()
    expect(second.get_by_role("alert")).to_contain_text(f"Somebody else changed case {number} meanwhile")
    expect(second.get_by_label("Note")).to_have_value("I know this one")
    assert state(second) == "Accepted"


def test_a_case_follows_what_others_do_unless_somebody_types(open_page: OpenPage, site: Site) -> None:
    _, address, _ = opened(site, "followed")
    typing, reading, acting = (open_page(address, person=name) for name in ("operator", "viewer", "colleague"))
    for page in (typing, reading):
        expect(page.locator("[data-live=live]")).to_be_visible()
    typing.get_by_label("Note").fill("half a sen")
    acting.get_by_role("button", name="Accept", exact=True).click()
    expect(reading.locator(".page-head .pill").first).to_have_text("Accepted")
    expect(reading.locator(".history li")).to_have_count(2)
    expect(reading.locator("[data-live=live]")).to_be_visible()
    assert state(typing) == "Received"
    expect(typing.get_by_label("Note")).to_have_value("half a sen")


def test_a_long_case_is_shown_from_its_newest_alerts_on_and_leads_to_the_older_ones(
    open_page: OpenPage, site: Site
) -> None:
    alert, address, _ = opened(site, "without end")
    again = [site.box.alert(f"again {n}", utc_now(), zone="without end", evidence=()) for n in range(56)]
    ingest(site.live.context.database, [site.box.says(one) for one in again], site.live.settings, utc_now())
    page = open_page(address)
    alerts, history = page.locator(".thumb"), page.locator(".history li")
    expect(alerts).to_have_count(50)
    expect(page.get_by_role("heading", name="Alerts of this case 57")).to_be_visible()
    page.get_by_role("link", name="Older alerts: 7").click()
    expect(alerts).to_have_count(7)
    expect(alerts.last.locator(f"a[href='/alerts/{alert.id}']")).to_be_visible()
    site.sends(site.box.alert("one more", utc_now(), zone="without end", evidence=()))
    expect(page.get_by_role("heading", name="Alerts of this case 58")).to_be_visible()
    expect(alerts).to_have_count(7)
    page.get_by_role("link", name="Newest").click()
    expect(alerts).to_have_count(50)
    page.get_by_role("link", name="Earlier lines: 8").click()
    expect(history).to_have_count(8)
    expect(history.last).to_contain_text("Opened by alert")
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(history.first).to_contain_text("From Received to Accepted")
    expect(history).to_have_count(50)


def test_a_step_the_table_does_not_list_is_refused(site: Site) -> None:
    _, address, _ = opened(site, "no short cut")
    with site.live.browser() as client:
        form = {"to": "resolved", "version": "1", "note": "done"}
        answer = client.post(f"{address}/moves", data=form, headers={"Accept": "text/html", "Accept-Language": "en"})
        assert answer.status_code == 409
        assert "A case cannot go from Received to Resolved" in answer.text


def test_a_viewer_sees_a_case_and_is_offered_no_step(open_page: OpenPage, site: Site) -> None:
    _, address, number = opened(site, "only read")
    page = open_page(address, person="viewer")
    expect(page.get_by_role("heading", name=number)).to_be_visible()
    expect(page.get_by_text("There is nothing you can do with this case")).to_be_visible()
    expect(page.locator("[data-moves]")).to_have_count(0)


def test_cases_are_found_by_state_and_by_part_of_their_number(open_page: OpenPage, site: Site) -> None:
    _, _, number = opened(site, "to be found")
    page = open_page("/cases")
    page.get_by_role("searchbox").press_sequentially(number[-4:])
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text(number)
    expect(page).to_have_url(re.compile(f"q={number[-4:]}"))
    page.get_by_role("searchbox").fill("9999999")
    expect(page.get_by_role("heading", name="No case fits")).to_be_visible()
    page.get_by_role("link", name="Show all cases").click()
    page.get_by_role("link", name=re.compile("^Received")).click()
    expect(page.locator("tbody tr", has_text=number)).to_be_visible()
    page.get_by_role("link", name=re.compile("^Declined")).click()
    expect(page.locator("tbody tr", has_text=number)).to_have_count(0)


def test_the_list_follows_what_happens(open_page: OpenPage, site: Site) -> None:
    page = open_page("/cases")
    expect(page.locator("[data-live=live]")).to_be_visible()
    page.evaluate("window.here = true")
    alert, _, number = opened(site, "just opened")
    row = page.locator("tbody tr", has_text=number)
    expect(row).to_contain_text("Received")
    with site.live.browser() as client:
        client.post(f"/api/v1/alerts/{alert.id}/verdict", json={"verdict": "real"}).raise_for_status()
    expect(row).to_contain_text("Accepted")
    assert page.evaluate("window.here")


def test_rows_are_chosen_and_opened_by_key(open_page: OpenPage, site: Site) -> None:
    _, address, _ = opened(site, "by key")
    page = open_page("/cases")
    page.keyboard.press("j")
    expect(page.locator("tr.chosen")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.address}{address}")
    page.keyboard.press("u")
    page.wait_for_url(f"{site.address}/cases")
