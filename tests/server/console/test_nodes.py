"""Nodes, cameras and refused messages: how each does now, how a node joins, and who may see what."""

import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from protocol.enrolment import EnrolmentRequest
from protocol.messages import NodeState, Rations
from protocol.signing import new_key, public_text
from protocol.topics import Channel
from server.clock import utc_now
from server.db.tables import Camera, Node
from server.db.tables.people import Role
from server.nodes.enrolment import revoke
from server.settings import Http
from tests.server.console import footage
from tests.server.console.conftest import Complaints, OpenPage
from tests.server.console.site import Site, health, status
from tests.server.live import running
from tests.server.parts import enrolled, free_port, settings_in


def test_each_camera_says_how_it_does_and_what_mends_it(open_page: OpenPage, site: Site) -> None:
    page = open_page("/cameras")
    cards = page.locator(".camera")
    expect(cards).to_have_count(3)
    gate = cards.filter(has_text="东门 East gate")
    expect(gate).to_contain_text("Watching")
    expect(gate).to_contain_text(re.compile(r"Frames/s\s*25\.0"))
    shed = cards.filter(has_text="自行车棚 Bicycle shed")
    expect(shed).to_contain_text("Unreachable")
    expect(shed).to_contain_text("Check its power, its cable and its address")
    expect(gate.locator("polygon.zone")).to_have_attribute("points", re.compile("^350.0,300.0 "))
    gate.get_by_role("link", name="Its alerts").click()
    expect(page.locator("[name=camera]")).to_have_value("gatehouse/east-gate")


def test_a_camera_on_short_rations_says_what_is_left_out_until_its_node_has_room(
    open_page: OpenPage, site: Site
) -> None:
    page = open_page("/cameras")
    gate = page.locator(".camera", has_text="东门 East gate")
    expect(gate.locator(".status")).to_contain_text("Watching")
    expect(page.locator("[data-live=live]")).to_be_visible()
    now = utc_now()
    first, *others = health(site.box.name, now).cameras
    rations = Rations(analysed_per_s=2.5, of_per_s=5, smaller_picture=True, paused=("shed",))
    short = health(site.box.name, now).model_copy(
        update={"cameras": (first.model_copy(update={"rations": rations}), *others)}
    )
    site.node.publishes(Channel.HEALTH, short)
    said = "The node cannot keep up: 2.5 of 5 frames a second, a smaller picture, «shed» rests"
    expect(gate.get_by_text(said)).to_be_visible()
    site.node.publishes(Channel.HEALTH, health(site.box.name, utc_now()))
    expect(gate.get_by_text("cannot keep up")).to_have_count(0)


def test_a_camera_of_a_revoked_node_is_said_to_be_one(tmp_path: Path) -> None:
    with running(settings_in(tmp_path)) as live, live.browser() as browser:
        box = enrolled(live.context.database, live.settings, "retired", utc_now())
        with live.context.database.writing() as db:
            db.add(Camera(node=box.name, name="gate", title="Gate", zones=[], lines=[], kinds=[]))
            revoke(db, db.get_one(Node, box.name), utc_now())
            db.commit()
        page = browser.get("/cameras", headers={"Accept-Language": "en"}).text
    assert "Its node was revoked" in page
    assert "Enrol the node again" in page
    assert "power and network" not in page


def test_a_node_without_a_title_is_named_once(tmp_path: Path) -> None:
    with running(settings_in(tmp_path)) as live, live.browser() as browser:
        box = enrolled(live.context.database, live.settings, "untitled", utc_now())
        assert browser.get("/nodes").text.count("untitled") == 2
        with live.context.database.writing() as db:
            db.get_one(Node, box.name).title = box.name
            db.commit()
        assert browser.get("/nodes").text.count("untitled") == 1


def test_the_way_to_revoke_a_node_leaves_its_row_as_it_was(open_page: OpenPage, site: Site) -> None:
    row = open_page("/nodes", person="admin").locator("tbody tr", has_text="门卫室 Gatehouse")
    cells = row.locator(".number > div, .status")
    before = [cell.bounding_box() for cell in cells.all()]
    row.get_by_text("Revoke", exact=True).click()
    expect(row.get_by_text("The node is cut off at once")).to_be_visible()
    after = [cell.bounding_box() for cell in cells.all()]
    assert len(before) == 4
    assert [box and box["height"] for box in after] == [box and box["height"] for box in before]


def test_a_camera_shows_its_last_picture(open_page: OpenPage, site: Site) -> None:
    picture = footage.snapshot(footage.drawn(2), utc_now())
    site.sends(site.box.alert("pictured", utc_now() - timedelta(seconds=1), evidence=(picture.about,)), picture)
    page = open_page("/cameras")
    shown = page.get_by_alt_text("Last picture of 东门 East gate")
    shown.scroll_into_view_if_needed()
    expect(shown).to_have_attribute("src", f"/evidence/{picture.about.sha256}")


def test_a_node_that_is_lost_and_back_is_seen_without_a_reload(open_page: OpenPage, site: Site) -> None:
    nodes, cameras = open_page("/nodes"), open_page("/cameras")
    row = nodes.locator("tbody tr", has_text="门卫室 Gatehouse")
    expect(row).to_contain_text("Online")
    expect(row).to_contain_text("37 %")
    expect(row).to_contain_text("yolox-nano@1f2e3d4c5b6a")
    for page in (nodes, cameras):
        expect(page.locator("[data-live=live]")).to_be_visible()
        page.evaluate("window.here = true")
    site.node.publishes(Channel.STATUS, status(site.box.name, utc_now(), NodeState.LOST))
    expect(row).to_contain_text("Lost")
    expect(cameras.get_by_text("Unknown, node is not online")).to_have_count(3)
    site.node.publishes(Channel.STATUS, status(site.box.name, utc_now()))
    site.node.publishes(Channel.HEALTH, health(site.box.name, utc_now()))
    expect(row).to_contain_text("Online")
    expect(cameras.locator(".status-watching")).to_have_count(1)
    assert nodes.evaluate("window.here")
    assert cameras.evaluate("window.here")


def test_a_node_appears_while_its_code_is_still_shown(open_page: OpenPage, site: Site) -> None:
    page = open_page("/nodes", person="admin")
    page.get_by_role("button", name="Add a node").click()
    expect(page.locator("[data-live=live]")).to_be_visible()
    code = page.locator("#enrol-command").inner_text().split()[3]
    body = EnrolmentRequest(code=code, node="shown", title="Shown box", public_key=public_text(new_key()))
    httpx.post(f"{site.address}/api/v1/enrolments", json=body.model_dump(mode="json")).raise_for_status()
    expect(page.locator("tbody tr", has_text="Shown box")).to_be_visible()
    expect(page.locator("#enrol-command")).to_contain_text(code)


def test_an_enrolment_code_is_shown_once_and_lets_one_node_in(open_page: OpenPage, site: Site) -> None:
    page = open_page("/nodes", person="admin", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Add a node").click()
    command = page.locator("#enrol-command").inner_text()
    found = re.fullmatch(rf"shouwang-edge enrol {site.address} (\S+) --config node.yaml", command)
    assert found
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == command
    page.get_by_role("button", name="中文").click()
    expect(page).to_have_url(f"{site.address}/nodes")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_text(found[1])).to_have_count(0)
    expect(page.get_by_text(re.compile(r"Codes not used yet: \d"))).to_be_visible()
    request = EnrolmentRequest(code=found[1], node="new-box", title="New box", public_key=public_text(new_key()))
    body = request.model_dump(mode="json")
    assert httpx.post(f"{site.address}/api/v1/enrolments", json=body).is_success
    assert httpx.post(f"{site.address}/api/v1/enrolments", json=body).is_client_error
    page.goto("/nodes")
    expect(page.locator("tbody tr", has_text="New box")).to_contain_text("Enrolled, not seen yet")
    page.locator("tbody tr", has_text="New box").get_by_text("Revoke", exact=True).click()
    page.get_by_role("button", name="Revoke New box").click()
    expect(page.locator("tbody tr", has_text="New box")).to_contain_text("Revoked")


def test_a_server_that_listens_everywhere_is_joined_where_its_page_was_found(tmp_path: Path) -> None:
    port = free_port()
    settings = settings_in(tmp_path, http=Http(host="0.0.0.0", port=port))  # noqa: S104
    with running(settings) as live, live.browser(Role.ADMINISTRATOR) as browser:
        page = browser.post(f"http://localhost:{port}/nodes/codes").text
    assert f"shouwang-edge enrol http://localhost:{port} " in page


@pytest.mark.parametrize("person", ["viewer", "operator"])
def test_only_administrators_enrol_revoke_and_see_refused_messages(
    open_page: OpenPage, complaints: Complaints, person: str
) -> None:
    complaints.forgive("status of 403")
    page = open_page("/nodes", person=person)
    expect(page.get_by_role("button", name="Add a node")).to_have_count(0)
    expect(page.get_by_text("Revoke", exact=True)).to_have_count(0)
    expect(page.get_by_role("link", name="Refused messages")).to_have_count(0)
    page.goto("/dead-letters")
    expect(page.get_by_role("heading", name="Not allowed")).to_be_visible()
    expect(page.get_by_text("This needs the role Administrator")).to_be_visible()


def test_a_refused_message_is_shown_with_its_reason_and_harmlessly(open_page: OpenPage, site: Site) -> None:
    site.node.publishes(Channel.ALERTS, b"<script>window.harm = true</script>")
    page = open_page("/dead-letters", person="admin")
    letter = page.locator(".letter").first
    expect(letter).to_contain_text("not JSON")
    expect(letter).to_contain_text("shouwang/v1/gatehouse/alerts")
    letter.locator("summary").click()
    expect(letter.locator("pre")).to_have_text("<script>window.harm = true</script>")
    assert page.evaluate("window.harm") is None
