"""Snoozing a rule from one of its alerts: everybody sees it, nothing of it reaches the board, and it ends by hand."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from protocol.kinds import Severity
from protocol.messages import Alert
from server.clock import utc_now
from tests.server.console.conftest import OpenPage
from tests.server.console.site import Site


def raised(site: Site, name: str, rule: str, **changes: object) -> Alert:
    now = utc_now()
    return site.sends(site.box.alert(name, now - timedelta(milliseconds=500), rule=rule, zone=rule, **changes))


def card(page: Page, alert: Alert) -> str:
    return f"#card-{alert.id}"


def snooze(page: Page, rule: str, reason: str) -> None:
    page.get_by_text(f"Silence «{rule}» for a while").click()
    panel = page.locator("#snooze")
    panel.get_by_label("How long").select_option("for an hour")
    panel.get_by_label("Why").fill(reason)
    panel.get_by_role("button", name="Snooze").click()
    expect(panel).to_contain_text("Snoozed until")


def test_a_snooze_is_seen_by_everybody_and_its_alerts_stay_off_the_board(open_page: OpenPage, site: Site) -> None:
    noisy = raised(site, "noisy", "hedge")
    board = open_page("/", person="colleague")
    expect(board.locator("[data-live=live]")).to_be_visible()
    page = open_page(f"/alerts/{noisy.id}")
    snooze(page, "hedge", "wind in the leaves")
    strip = board.locator("#snoozes li", has_text="hedge")
    expect(strip).to_contain_text("Duty officer: wind in the leaves")
    during = raised(site, "noisy meanwhile", "hedge")
    heard = raised(site, "heard meanwhile", "fence")
    expect(board.locator(card(board, heard))).to_be_visible()
    expect(board.locator(card(board, during))).to_have_count(0)
    expect(strip).to_contain_text("1 kept back")
    viewer = open_page("/?snoozed=true", person="viewer")
    expect(viewer.locator(card(viewer, during))).to_contain_text("Snoozed")
    expect(viewer.locator(card(viewer, heard))).to_have_count(0)
    expect(viewer.get_by_role("button", name="End snooze")).to_have_count(0)
    meanwhile = open_page(f"/alerts/{during.id}", person="viewer")
    expect(meanwhile.locator("#why")).to_contain_text("while its rule was snoozed by 值班员 Duty officer")


def test_ending_it_by_hand_brings_up_what_still_goes_on_and_its_record_stays(open_page: OpenPage, site: Site) -> None:
    noisy = raised(site, "loud", "gate post")
    page = open_page(f"/alerts/{noisy.id}")
    snooze(page, "gate post", "a film team works here")
    going_on = raised(site, "loud meanwhile", "gate post")
    board = open_page("/", person="colleague")
    strip = board.locator("#snoozes li", has_text="gate post")
    expect(board.locator(card(board, going_on))).to_have_count(0)
    strip.get_by_role("button", name="End snooze").click()
    expect(strip).to_have_count(0)
    expect(board.locator(card(board, going_on))).to_be_visible()
    expect(page.locator("#snooze")).to_contain_text("Silence «gate post» for a while")
    record = open_page("/snoozes", person="viewer").locator("tbody tr", has_text="gate post")
    expect(record).to_contain_text("ended by 同事 Colleague")
    expect(record).to_contain_text("a film team works here")
    case = open_page(f"/cases/{site.case_of(noisy)}", person="viewer").locator(".history")
    expect(case).to_contain_text("«gate post» snoozed, for an hour")
    expect(case).to_contain_text("Snooze of «gate post» ended before its time")


def test_what_is_critical_is_snoozed_by_an_administrator_for_an_hour_at_most(open_page: OpenPage, site: Site) -> None:
    fire = raised(site, "smoke", "kitchen", severity=Severity.CRITICAL)
    expect(open_page(f"/alerts/{fire.id}").locator("#snooze")).to_contain_text("by the role Administrator only")
    page = open_page(f"/alerts/{fire.id}", person="admin")
    page.get_by_text("Silence «kitchen» for a while").click()
    assert page.locator("#snooze option").all_inner_texts() == ["for 15 minutes", "for an hour"]
    expect(open_page(f"/alerts/{fire.id}", person="viewer").locator("#snooze form")).to_have_count(0)


def test_a_snooze_without_a_reason_is_not_sent(open_page: OpenPage, site: Site) -> None:
    page = open_page(f"/alerts/{raised(site, 'no reason', 'shed door').id}")
    page.get_by_text("Silence «shed door» for a while").click()
    page.locator("#snooze").get_by_role("button", name="Snooze").click()
    expect(page.locator("#snooze [name=reason]:invalid")).to_have_count(1)
    expect(page.locator("#snooze")).not_to_contain_text("Snoozed until")
