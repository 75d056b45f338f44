"""The page of an alert: the clip plays, what is drawn over it is where it is in the picture, and people judge."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from protocol.messages import Alert, Box, Rations, SeenObject
from server.clock import utc_now
from server.db.tables import Camera
from tests.server.console import footage
from tests.server.console.conftest import OpenPage
from tests.server.console.footage import FPS, WIDTH, Piece
from tests.server.console.site import Site
from tests.server.live import eventually

LENGTH_S = 4
BEGAN_S = 1.5
"""When in the clip the alert begins."""

WHITE_BOX = """video => {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  const paper = canvas.getContext("2d");
  paper.drawImage(video, 0, 0);
  const { data, width } = paper.getImageData(0, 0, video.videoWidth, video.videoHeight);
  let [left, top, right, bottom] = [Infinity, Infinity, -1, -1];
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] < 160) continue;
    const x = (i / 4) % width, y = Math.floor(i / 4 / width);
    left = Math.min(left, x); right = Math.max(right, x + 1); top = Math.min(top, y); bottom = Math.max(bottom, y + 1);
  }
  return [left, top, right, bottom];
}"""
DRAWN_BOX = """() => {
  const box = document.querySelector("[data-layer=boxes] rect");
  const [x, y, w, h] = ["x", "y", "width", "height"].map((name) => Number(box.getAttribute(name)) / 1000);
  return [x, y, x + w, y + h];
}"""


BAG: Box = (0.7, 0.6, 0.8, 0.8)


def complete(site: Site, name: str, **changes: object) -> tuple[Alert, Sequence[Piece]]:
    """An alert of just now with snapshot, clip, the drawn square's tracks, and a bag without one for a second."""
    start = utc_now() - timedelta(seconds=30)
    began = start + timedelta(seconds=BEGAN_S)
    pieces = (
        footage.snapshot(footage.drawn(BEGAN_S), began),
        footage.clip([footage.drawn(index / FPS) for index in range(LENGTH_S * FPS)], start),
        footage.tracks(start, LENGTH_S, lambda second: [footage.box_at(second)], things=bag_at),
    )
    return _alert(site, name, pieces, began, **changes), pieces


def bag_at(second: float) -> list[Box]:
    return [BAG] if 3 <= second < 3.7 else []


def _alert(site: Site, name: str, pieces: Sequence[Piece], began: Any, **changes: object) -> Alert:
    return site.box.alert(
        name,
        began - timedelta(milliseconds=500),
        began_at=began,
        zone=footage.ZONE["name"],
        objects=(SeenObject(track=1, label="person", score=0.91, box=footage.box_at(BEGAN_S)),),
        evidence=tuple(piece.about for piece in pieces),
        **changes,
    )


@pytest.fixture(scope="module")
def filmed(site: Site) -> Alert:
    alert, pieces = complete(site, "filmed", phase="end", ended_at=utc_now())
    return site.sends(alert, *pieces)


def seek(page: Page, seconds: float) -> None:
    """Move the clip and wait until that frame is shown and drawn upon."""
    page.locator("video").evaluate(
        """(video, seconds) => new Promise((done) => {
             video.requestVideoFrameCallback(() => requestAnimationFrame(done));
             video.currentTime = seconds;
           })""",
        seconds,
    )


def opened(page: Page) -> Page:
    """Wait until clip and tracks have come."""
    expect(page.locator("#player[data-ready=true]")).to_be_visible()
    eventually(lambda: abs(shown_s(page) - BEGAN_S) < 0.05)
    return page


def shown_s(page: Page) -> float:
    """Which second of the clip is drawn upon."""
    return float(page.locator("#player").get_attribute("data-shown") or 0)


def test_the_clip_opens_where_the_alert_begins_and_plays(open_page: OpenPage, filmed: Alert) -> None:
    page = opened(open_page(f"/alerts/{filmed.id}"))
    expect(page.locator("[data-offset]")).to_have_text("0.0 s after the start")
    page.keyboard.press("Space")
    eventually(lambda: shown_s(page) > BEGAN_S + 0.3)
    page.get_by_role("button", name="Pause").click()
    assert page.locator("video").evaluate("video => video.paused")


def test_a_clip_from_a_zone_that_nobody_here_knows_plays_by_utc(open_page: OpenPage, site: Site) -> None:
    alert, pieces = complete(site, "elsewhere", camera="elsewhere", phase="end", ended_at=utc_now())
    site.sends(alert, *pieces)
    with site.live.context.database.writing() as db:
        camera = db.get_one(Camera, (site.box.name, "elsewhere"))
        camera.timezone, camera.removed_at = "Mars/Base", utc_now()
        db.commit()
    page = opened(open_page(f"/alerts/{alert.id}"))
    expect(page.locator("[data-clock]")).to_have_text(re.compile(f"^{alert.began_at:%H:%M:%S}"))


@pytest.mark.parametrize("seconds", [0.02, 0.9, 1.62, 2.5, 3.9])
def test_the_box_lies_on_the_object_after_a_seek(open_page: OpenPage, filmed: Alert, seconds: float) -> None:
    page = opened(open_page(f"/alerts/{filmed.id}"))
    seek(page, seconds)
    seen = page.locator("video").evaluate(WHITE_BOX)
    drawn = page.evaluate(DRAWN_BOX)
    frame_s = int(seconds * FPS) / FPS
    assert seen[0] == pytest.approx(footage.box_at(frame_s)[0] * WIDTH, abs=1.5)  # the seek led to that frame
    assert [drawn[0] * 640, drawn[1] * 360, drawn[2] * 640, drawn[3] * 360] == pytest.approx(seen, abs=2)


def test_a_thing_without_a_track_is_drawn_while_it_is_there(open_page: OpenPage, filmed: Alert) -> None:
    page = opened(open_page(f"/alerts/{filmed.id}"))
    bag = page.locator("[data-layer=boxes] rect[data-track='-1']")
    for seconds, there in ((2.7, 0), (3.3, 1), (3.9, 0)):
        seek(page, seconds)
        expect(bag).to_have_count(there)
    seek(page, 3.3)
    assert [float(bag.get_attribute(name) or 0) for name in ("x", "y", "width", "height")] == pytest.approx(
        [1000 * v for v in (BAG[0], BAG[1], BAG[2] - BAG[0], BAG[3] - BAG[1])]
    )
    expect(page.locator("[data-labels] .label", has_text="Bag")).to_have_text("Bag")  # no detector's score


def test_the_box_keeps_step_while_the_clip_plays(open_page: OpenPage, filmed: Alert) -> None:
    page = opened(open_page(f"/alerts/{filmed.id}"))
    seek(page, 0.2)
    pairs = page.locator("video").evaluate(
        f"""(video) => new Promise((done) => {{
          const seen = {WHITE_BOX}, drawn = {DRAWN_BOX}, pairs = [];
          const onFrame = () => {{
            pairs.push([seen(video)[0], drawn()[0] * video.videoWidth]);
            if (pairs.length < 12) video.requestVideoFrameCallback(onFrame);
            else {{ video.pause(); done(pairs); }}
          }};
          video.requestVideoFrameCallback(onFrame);
          video.play();
        }})"""
    )
    assert pairs[-1][0] - pairs[0][0] > 10
    frame_px = 80 / FPS
    for seen, drawn in pairs:
        assert drawn == pytest.approx(seen, abs=frame_px + 2)  # a frame later than the one it was drawn for


def test_what_is_drawn_lies_over_the_picture_on_the_screen_too(open_page: OpenPage, filmed: Alert) -> None:
    for size in ({"width": 1440, "height": 900}, {"width": 700, "height": 420}, {"width": 390, "height": 844}):
        page = opened(open_page(f"/alerts/{filmed.id}", viewport=size, color_scheme="dark"))
        seek(page, 2.5)
        drawn = page.locator("[data-layer=boxes] rect").evaluate(
            """box => {
                 const { left: x, top: y } = document.querySelector("[data-stage]").getBoundingClientRect();
                 const { left, top, right, bottom } = box.getBoundingClientRect();
                 return [left - x, top - y, right - x, bottom - y];
               }"""
        )
        for layer in ("boxes", "paths", "zones"):
            page.locator(f"[data-toggle={layer}]").evaluate("button => button.click()")
        shot = cv2.imdecode(np.frombuffer(page.locator("[data-stage]").screenshot(), np.uint8), cv2.IMREAD_COLOR)
        assert shot is not None
        rows, columns = np.nonzero((shot > 160).all(axis=2))
        seen = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        assert drawn == pytest.approx(seen, abs=4)


def test_zone_path_and_label_come_from_data_and_can_be_switched_off(open_page: OpenPage, filmed: Alert) -> None:
    page = opened(open_page(f"/alerts/{filmed.id}"))
    seek(page, 2.5)
    polygon = page.locator("[data-layer=zones] polygon").get_attribute("points") or ""
    corners = [[float(value) / 1000 for value in point.split(",")] for point in polygon.split()]
    assert corners == footage.ZONE["polygon"]
    path = page.locator("[data-layer=paths] polyline").get_attribute("points") or ""
    assert float(path.split()[-1].split(",")[0]) == pytest.approx(1000 * sum(footage.box_at(2.5)[::2]) / 2, abs=3)
    expect(page.locator(".label")).to_have_text("Person 91 %")
    for layer, name in (("boxes", "Boxes"), ("paths", "Paths"), ("zones", "Zone")):
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.locator(f"[data-layer={layer}] > *")).to_be_hidden()
    expect(page.locator(".label")).to_be_hidden()


def test_keys_step_one_frame(open_page: OpenPage, filmed: Alert) -> None:
    page = opened(open_page(f"/alerts/{filmed.id}"))
    seek(page, 2.02)
    for key, expected in ((".", 2.04), (".", 2.08), (",", 2.04)):
        page.keyboard.press(key)
        expect(page.locator("#player")).to_have_attribute("data-shown", re.compile(rf"^{expected}0*\d?$"))


def test_evidence_that_comes_later_appears_by_itself(open_page: OpenPage, site: Site) -> None:
    alert, (snapshot, clip, tracks) = complete(site, "in pieces")
    clip = footage.clip([footage.drawn(1 + index / FPS) for index in range(2 * FPS)], clip.about.from_)
    alert = site.sends(_alert(site, "in pieces", (snapshot, clip, tracks), alert.began_at), snapshot)
    page = open_page(f"/alerts/{alert.id}")
    expect(page.locator("[data-live=live]")).to_be_visible()
    expect(page.locator(".stage-note")).to_contain_text("The clip is on its way")
    expect(page.locator("[data-layer=boxes] rect")).to_have_count(1)
    page.get_by_placeholder("Note (optional)").fill("half a senten")
    site.brings(tracks)
    site.brings(clip)
    opened(page)
    expect(page.locator(".waiting")).to_have_count(0)
    expect(page.get_by_placeholder("Note (optional)")).to_have_value("half a senten")


def test_a_verdict_by_button_with_a_note_is_seen_by_a_second_person_and_can_be_changed(
    open_page: OpenPage, site: Site
) -> None:
    alert = site.sends(site.box.alert("two judges", utc_now() - timedelta(seconds=1), zone="two", evidence=()))
    first, second = (open_page(f"/alerts/{alert.id}", person=name) for name in ("operator", "colleague"))
    expect(second.locator("[data-live=live]")).to_be_visible()
    first.get_by_placeholder("Note (optional)").fill("a cat")
    first.get_by_role("button", name="False alarm").click()
    for page in (first, second):
        expect(page.locator(".said")).to_contain_text(re.compile("False alarm.*值班员 Duty officer", re.S))
        expect(page.locator("blockquote")).to_have_text("a cat")
    expect(second.locator("#why")).to_contain_text("Declined")
    second.get_by_role("button", name="Change to: Real").click()
    for page in (first, second):
        expect(page.locator(".said")).to_contain_text(re.compile("Real.*同事 Colleague", re.S))
        expect(page.locator("#why")).to_contain_text("Accepted")


def test_a_verdict_by_key_leads_on_to_the_next(open_page: OpenPage, site: Site) -> None:
    older, newer = (
        site.sends(site.box.alert(name, utc_now() - timedelta(seconds=1), zone=name, evidence=()))
        for name in ("key one", "key two")
    )
    page = open_page(f"/alerts/{newer.id}")
    page.keyboard.press("r")
    expect(page.locator(".said")).to_contain_text("Real")
    page.keyboard.press("f")
    expect(page.locator(".said")).to_contain_text("False alarm")
    page.keyboard.press("j")
    page.wait_for_url(f"{site.address}/alerts/{older.id}")


def test_letters_typed_into_the_note_judge_nothing(open_page: OpenPage, site: Site) -> None:
    alert = site.sends(site.box.alert("typed", utc_now() - timedelta(seconds=1), zone="typed", evidence=()))
    page = open_page(f"/alerts/{alert.id}")
    page.get_by_placeholder("Note (optional)").press_sequentially("for real")
    expect(page.get_by_text("Is this alert real?")).to_be_visible()


def test_an_alert_raised_on_short_rations_says_so_on_its_card_and_beside_its_reason(
    open_page: OpenPage, site: Site
) -> None:
    rations = Rations(analysed_per_s=1.9, of_per_s=5, paused=("shed", "queue"))
    alert = site.sends(site.box.alert("short", utc_now(), rations=rations))
    said = "The node could not keep up: 1.9 of 5 frames a second, «shed» rests, «queue» rests"
    expect(open_page(f"/alerts/{alert.id}").locator("#why").get_by_text(said)).to_be_visible()
    expect(open_page("/").locator(f"#card-{alert.id}").get_by_text("Less was watched")).to_have_attribute("title", said)
    chinese = open_page(f"/alerts/{alert.id}", locale="zh-CN").locator("#why")
    expect(chinese.get_by_text("每秒 5 帧中分析 1.9 帧、「shed」已暂停")).to_be_visible()


def test_an_alert_that_is_not_there_is_told_in_the_console_s_look(
    open_page: OpenPage, complaints: Any, site: Site
) -> None:
    complaints.forgive("status of 404")
    page = open_page("/alerts/018f0000-0000-7000-8000-000000000000")
    expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()
    page.get_by_role("link", name="To the live board").click()
    expect(page).to_have_url(f"{site.address}/")
