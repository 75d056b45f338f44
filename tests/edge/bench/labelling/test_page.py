"""The page in Chromium, as a tester uses it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from protocol.kinds import Kind
from protocol.sentences import LANGUAGES, catalogue
from tests.conftest import REPOSITORY
from tests.edge.bench.events.drawn import EVENT, ZONE, draw_scene
from tests.edge.bench.labelling.serving import served
from tests.edge.clips import draw_clip
from tests.server.console.browser import CHROMIUM, PATIENCE_MS, chromium

PAGE = REPOSITORY / "edge/bench/labelling"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.is_file():
        pytest.skip(f"{CHROMIUM} is not here: install the package chromium")
    with chromium() as running:
        yield running


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return draw_scene(tmp_path, "yard")


@pytest.fixture
def page(browser: Browser, clip: Path) -> Iterator[Page]:
    faults: list[str] = []
    with served(clip) as site:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.set_default_timeout(PATIENCE_MS)
        opened = context.new_page()
        opened.on("pageerror", lambda error: faults.append(str(error)))
        opened.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
        opened.goto(site.address)
        expect(opened.locator("#clock")).to_have_text("0:00.00 / 0:09.00")
        opened.wait_for_function("document.querySelector('video').readyState >= 2")
        yield opened
        context.close()
    assert not faults


def events_of(clip: Path) -> list[dict[str, object]]:
    events: list[dict[str, object]] = json.loads(clip.with_name("yard.truth.json").read_text("utf-8"))["events"]
    return events


def step(page: Page, frames: int) -> None:
    for _ in range(abs(frames)):
        page.keyboard.press("." if frames > 0 else ",")


def test_an_event_is_marked_with_keys_alone_and_is_there_after_loading_anew(page: Page, clip: Path) -> None:
    expect(page.locator("#state")).to_have_text("All is saved")
    step(page, 12)
    page.keyboard.press("n")
    step(page, 10)
    page.keyboard.press("o")
    step(page, -7)
    page.keyboard.press("i")
    expect(page.locator("#state")).to_have_text("Not saved yet")
    assert len(events_of(clip)) == 1
    page.keyboard.press("Control+s")
    expect(page.locator("#state")).to_have_text("All is saved")
    new = {"kind": "intrusion", "zone": ZONE, "start": 1.5, "end": 2.2}
    assert events_of(clip) == [EVENT, new]
    page.reload()
    expect(page.locator("#list li")).to_have_count(2)
    expect(page.locator("#start-1")).to_have_value("1.5")
    expect(page.locator(".bar")).to_have_count(2)


def test_bars_are_dragged_at_their_ends_and_as_a_whole(page: Page) -> None:
    bar, track = page.locator(".bar"), page.locator(".track").bounding_box()
    box = bar.bounding_box()
    assert track is not None
    assert box is not None
    second, middle = track["width"] / 9, box["y"] + box["height"] / 2

    def drag(x: float, seconds: float) -> None:
        page.mouse.move(x, middle)
        page.mouse.down()
        page.mouse.move(x + seconds * second, middle, steps=4)
        page.mouse.up()

    drag(box["x"] + box["width"] - 3, 1)
    expect(page.locator("#end-0")).to_have_value("7.6")
    expect(page.locator("#start-0")).to_have_value("4.3")
    drag(box["x"] + 3, -1)
    expect(page.locator("#start-0")).to_have_value("3.3")
    drag(box["x"] + box["width"] / 2, 5)  # no further than the clip goes
    expect(page.locator("#end-0")).to_have_value("9")
    expect(page.locator("#start-0")).to_have_value("4.7")
    bar.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#end-0")).to_have_value("8.9")


def test_a_mistake_stands_at_its_field_in_both_languages(page: Page, clip: Path) -> None:
    page.locator("#end-0").fill("99")
    page.locator("#save").click()
    expect(page.locator("#end-0")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#wrong-end-0")).to_have_text("99 s is past the end; the clip lasts 9 s")
    expect(page.locator("#end-0")).to_be_focused()
    page.locator("[data-language=zh]").click()
    expect(page.locator("#wrong-end-0")).to_contain_text("超出视频末尾")
    expect(page.locator("#kind-0 option:checked")).to_have_text("区域入侵")
    assert events_of(clip) == [EVENT]
    page.locator("#end-0").fill("6")
    page.locator("#save").click()
    expect(page.locator("#state")).to_have_text("已全部保存")
    assert events_of(clip) == [EVENT | {"end": 6.0}]


def test_leaving_with_unsaved_changes_asks(page: Page) -> None:
    asked: list[str] = []
    page.locator("#delete-0").click()
    expect(page.locator("#none")).to_be_visible()

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.reload()
    assert asked == ["beforeunload"]
    expect(page.locator("#list li")).to_have_count(1)


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_sticks_out_and_every_control_has_a_name(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == width
    for control in page.locator("button, input, select").all():
        named = control.evaluate("e => e.ariaLabel || e.labels?.[0]?.textContent || e.textContent")
        assert named.strip(), control


def test_a_zone_is_given_by_its_name_in_the_picture(page: Page) -> None:
    page.locator("#zone-0").select_option("")
    expect(page.locator("#names .chosen")).to_have_count(0)
    page.locator("#names button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#zone-0")).to_have_value(ZONE)
    expect(page.locator("#names .chosen")).to_be_focused()


def test_a_clip_that_the_browser_cannot_play_is_told(browser: Browser, tmp_path: Path) -> None:
    with served(draw_clip(tmp_path / "old.mp4", 2, "mpeg4")) as site:
        page = browser.new_page()
        page.goto(site.address + "?language=zh")
        expect(page.locator("#cannot-play")).to_contain_text("无法播放")
        expect(page.locator("#no-camera")).to_be_visible()
        page.locator("#new").click()
        page.locator("#save").click()
        expect(page.locator("#state")).to_have_text("已全部保存")
        page.close()
    assert (tmp_path / "old.truth.json").is_file()


def test_every_word_of_the_page_is_in_both_catalogues() -> None:
    text = "".join((PAGE / name).read_text("utf-8") for name in ("label.html", "label.js", "timeline.js"))
    used = set(re.findall(r'data-(?:word|label)="(\w+)"', text)) | set(re.findall(r'\bword\("(\w+)"', text))
    used |= {"play", "pause", "saved", "unsaved", "saving", "refused", "lost", "kind", "zone", "start", "end"}
    own = {name for name in catalogue("en") if name.startswith("mark.") and not name.startswith("mark.wrong.")}
    assert own == {f"mark.{name}" for name in used}
    for language in LANGUAGES:
        assert own | {f"kind.{kind}" for kind in Kind} <= catalogue(language).keys()


def test_a_truth_file_that_cannot_be_read_is_told_in_the_language_of_the_page(page: Page, clip: Path) -> None:
    address = page.url
    clip.with_name("yard.truth.json").write_text("{", "utf-8")
    page.goto(address)
    expect(page.get_by_text("is not JSON")).to_be_visible()
    page.goto(f"{address}?language=zh")
    expect(page.get_by_text("不是 JSON")).to_be_visible()
