"""From a frame's time to its alert on the console: a real node, the real server, a board open in a real browser."""

import statistics
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from playwright.sync_api import Page, sync_playwright

from edge.alerts.life import Report
from edge.config import load_node
from edge.node import Node, open_detector
from edge.uplink.credentials import load_credentials
from edge.uplink.enrol import enrol
from tools.bench.footage import CLIPS, YOLOX, need
from tools.bench.report import number
from tools.bench.result import Absent, Figure, Result, Table, at_most
from tools.demo.sources import CAMERAS
from tools.running import USER, Running, command, server

CLIP = CLIPS / "person-bicycle-car.mp4"
CHROMIUM = Path("/usr/bin/chromium")
SECONDS = 180
SETTLE_S = 3
INTERVAL_MS = 200
"""Between two analysed frames, at 5 a second."""
GRID = 8
"""The view is cut into so many zones each way, so that what moves raises an alert in each it comes into."""
WHO = {"classes": ["person", "bicycle", "car"], "after_s": 0.0, "grace_s": 0.4}

WATCH = """() => {
  window.shown = {};
  const stamp = (id, what) => { (window.shown[id] ??= {})[what] ??= Date.now(); };
  const painted = (then) => requestAnimationFrame(() => {
    const channel = new MessageChannel();  // runs after the frame that was just made
    channel.port1.onmessage = then;
    channel.port2.postMessage(0);
  });
  const see = (card) => {
    const { id, came } = card.dataset;
    (window.shown[id] ??= {}).came ??= Date.parse(came);
    painted(() => stamp(id, "card"));
    const picture = card.querySelector("img");
    picture?.decode().then(() => painted(() => stamp(id, "picture"))).catch(() => {});
  };
  new MutationObserver((changes) => {
    for (const node of changes.flatMap((change) => [...change.addedNodes])) if (node.matches?.(".card")) see(node);
  }).observe(document.querySelector("#cards"), { childList: true });
}"""


@dataclass(frozen=True, slots=True)
class Way:
    """One alert's way, in milliseconds since the time of the frame that raised it."""

    raised: float
    """The node has signed it and its outbox has it."""
    came: float
    """The server has it."""
    card: float
    """Its card is painted on the board."""
    picture: float | None
    """With its picture; None if that never came."""


def bench() -> Result:
    """The clip in real time, in a loop, for three minutes."""
    need(CLIP, YOLOX, CHROMIUM)
    with tempfile.TemporaryDirectory() as name, server(Path(name)) as running:
        ways, lost = measure(running, write_node(Path(name)))
    if not ways:
        raise Absent("no alert came to the board")
    cards = [way.card for way in ways]
    pictures = [way.picture for way in ways if way.picture is not None]
    aim = at_most(INTERVAL_MS + 500)
    return Result(
        "From a frame's time to its alert on the console",
        f"person-bicycle-car.mp4 in real time through `edge.node` with YOLOX-nano 416 at 5 analysed fps, "
        f"`shouwang-server run` with its own broker, and the live board open in Chromium, all on one machine; "
        f"{GRID * GRID} zones, {len(ways) + lost} alerts in {SECONDS} s. From the time of the frame that raised an "
        f"alert to the paint of its card; the aim is the analysis interval of {INTERVAL_MS} ms and 500 ms.",
        (
            Figure("frame to card, median", statistics.median(cards), "ms"),
            Figure("frame to card, 95 %", percentile(cards, 95), "ms", aim),
            Figure("frame to picture, 95 %", percentile(pictures, 95) if pictures else 0, "ms"),
            Figure(f"alerts whose card was not painted {SETTLE_S} s after the last frame", lost, "", at_most(0)),
        ),
        (table(ways),),
    )


def write_node(folder: Path) -> Path:
    """The clip as a camera whose view is all zones."""
    camera: dict[str, Any] = yaml.safe_load((CAMERAS / "car-park.yaml").read_text("utf-8"))
    cells = [(column, row) for row in range(GRID) for column in range(GRID)]
    camera |= {
        "source": str(CLIP),
        "looping": True,
        "lines": [],
        "zones": [{"name": f"cell {x}-{y}", "polygon": cell(x, y)} for x, y in cells],
        "rules": [{"kind": "intrusion", "zone": f"cell {x}-{y}", **WHO} for x, y in cells],
    }
    node = {"name": "bench", "title": "Bench", "data_dir": "edge", "model": str(YOLOX), "cameras": ["camera.yaml"]}
    (folder / "camera.yaml").write_text(yaml.safe_dump(camera), "utf-8")
    (folder / "node.yaml").write_text(yaml.safe_dump(node), "utf-8")
    return folder / "node.yaml"


def cell(x: int, y: int) -> list[list[float]]:
    """A square of the grid, in shares of the picture."""
    left, top, right, bottom = (round(value / GRID, 4) for value in (x, y, x + 1, y + 1))
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def measure(running: Running, config: Path) -> tuple[list[Way], int]:
    """Run the node while the board is open; the ways of the alerts that began, and how many never came to the board."""
    raised: dict[str, tuple[datetime, datetime]] = {}

    def note(report: Report) -> None:
        if report.alert.revision == 1:
            raised[str(report.alert.id)] = (report.alert.at, datetime.now(UTC))

    with board(running) as page, at_work(running, config, note):
        page.wait_for_timeout(1000 * SECONDS)
        page.wait_for_timeout(1000 * SETTLE_S)
        shown: dict[str, dict[str, float]] = page.evaluate("window.shown")
    return arrived(raised, shown)


def arrived(
    raised: Mapping[str, tuple[datetime, datetime]], shown: Mapping[str, Mapping[str, float]]
) -> tuple[list[Way], int]:
    """The ways of the alerts whose cards were painted, and the number of the others: those would be the slowest."""
    ways = [way(*times, shown[name]) for name, times in raised.items() if "card" in shown.get(name, {})]
    return ways, len(raised) - len(ways)


def way(frame: datetime, ready: datetime, shown: Mapping[str, float]) -> Way:
    """All moments of one alert, since its frame."""
    start_ms = frame.timestamp() * 1000
    picture = shown.get("picture")
    return Way(
        ready.timestamp() * 1000 - start_ms,
        shown["came"] - start_ms,
        shown["card"] - start_ms,
        None if picture is None else picture - start_ms,
    )


@contextmanager
def board(running: Running) -> Iterator[Page]:
    """The live board in a browser, following what happens."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        page = browser.new_page()
        page.goto(f"{running.url}/login")
        page.locator("[name=name]").fill(USER)
        page.locator("[name=password]").fill(running.password)
        page.locator(".gate-card button").click()
        page.locator("[data-live=live]").wait_for()
        page.evaluate(WATCH)
        yield page
        browser.close()


@contextmanager
def at_work(running: Running, config: Path, note: Callable[[Report], None]) -> Iterator[None]:
    """The node, enrolled, in a thread of this process, so that each alert is heard of at once."""
    loaded = load_node(config)
    folder = loaded.folder / loaded.node.data_dir
    code = command("shouwang-server", "new-code", "--by", USER, environment=running.environment).split()[-1]
    enrol(running.url, code, loaded.node.name, loaded.node.shown_title, folder)
    node = Node(loaded, open_detector(loaded), load_credentials(folder, loaded.node.name), note)
    thread = threading.Thread(target=node.run)
    thread.start()
    try:
        yield
    finally:
        node.stop()
        thread.join()


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many of a hundred do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else values[0]


def table(ways: Sequence[Way]) -> Table:
    """Where the time goes."""
    steps: dict[str, list[float]] = {
        "raised and kept by the node": [way.raised for way in ways],
        "at the server": [way.came for way in ways],
        "card painted": [way.card for way in ways],
        "picture painted": [way.picture for way in ways if way.picture is not None],
    }
    rows = tuple(
        (name, str(len(values)), *(number(percentile(values, percent)) for percent in (50, 95, 99)))
        for name, values in steps.items()
        if values
    )
    return Table("Since the frame's time, ms", ("step", "alerts", "median", "95 %", "99 %"), rows)
