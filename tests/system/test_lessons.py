"""A statue is called false: its node makes an exception, tells of it, and takes it back when it is asked to."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.learning.exceptions import Lessons
from edge.learning.lessons import lessons_file, save_lessons
from server.db.tables.people import Role
from server.settings import Settings
from tests.edge.box import CAMERA
from tests.edge.clips import draw_clip, stands_at
from tests.edge.learning.test_exceptions import witness
from tests.server.live import Live, eventually, running
from tests.server.mosquitto import mosquitto
from tests.server.parts import settings_in
from tests.system.box import alerts, at_work, box_in, edge

pytestmark = pytest.mark.timeout(150)

STOOD_S = 8
"""After so long a thing is sure to stand."""
STATUE: dict[str, Any] = {"rules": [{"kind": "intrusion", "zone": "middle"}], "looping": True}


@pytest.fixture(params=["embedded", "mosquitto"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Of a server with either broker."""
    if request.param == "embedded":
        yield settings_in(tmp_path / "server")
        return
    with mosquitto(tmp_path / "mosquitto") as broker:
        yield settings_in(tmp_path / "server", mqtt=broker.settings)


def box_of(tmp_path: Path, site: Live, **changes: object) -> Path:
    folder = tmp_path / "box"
    folder.mkdir()
    source = draw_clip(folder / "statue.mp4", square=stands_at)
    return box_in(folder, site, CAMERA | STATUE | {"source": str(source)} | changes)


def called_false(client: httpx.Client) -> dict[str, Any]:
    """The statue's alert, judged when it has stood there for long enough."""
    eventually(lambda: bool(alerts(client)), within_s=40)
    (alert,) = alerts(client)
    time.sleep(STOOD_S)
    assert client.post(f"/api/v1/alerts/{alert['id']}/verdict", json={"verdict": "false"}).is_success
    return alert


def standing(client: httpx.Client, alert: dict[str, Any]) -> str:
    """Of the exception on the alert's page; empty without one."""
    found = re.search(
        r"exemption-(proposed|accepting|in_force|going|gone|refused)", client.get(f"/alerts/{alert['id']}").text
    )
    return found[1] if found else ""


def in_list(box: Path) -> list[str]:
    """Ids of the exceptions that the box's own command lists."""
    return re.findall(r"^ +([0-9a-f]{12})  ", edge("lessons", "list", str(box / "node.yaml")), re.MULTILINE)


def ask(client: httpx.Client, exception: str, word: str) -> None:
    answer = client.post(f"/exceptions/gatehouse/{exception}/{word}", data={"back": "camera"})
    assert answer.status_code == 303, answer.text


def judged_by_whatif(box: Path) -> tuple[int, int]:
    """How many alerts were real and how many false, by the box's own scenes and the verdicts that it heard."""
    verdicts = ("--verdicts", str(box / "data" / "learnt" / "verdicts.jsonl"))
    said = edge(
        "whatif", str(box / "data" / "scenes" / "yard"), "--set", "middle.after_s=0.5", *verdicts, "--json", "-"
    )
    (row,) = json.loads(said)["rows"]
    return row["real"], row["false"]


def test_an_exception_is_made_shown_and_taken_back_from_the_console(settings: Settings, tmp_path: Path) -> None:
    with running(settings) as site:
        box = box_of(tmp_path, site)
        with at_work(box) as node, site.browser() as client:
            alert = called_false(client)
            eventually(lambda: standing(client, alert) == "in_force")
            (made,) = in_list(box)
            page = client.get("/cameras/gatehouse/yard").text
            assert "It would have hidden none" in page or "一条也不会漏掉" in page
            ask(client, made, "taking-back")
            eventually(lambda: standing(client, alert) == "gone")
            assert in_list(box) == []
            assert node.stop() == 0, node.said[-2000:]
    assert judged_by_whatif(box) == (0, 1)


def test_a_proposed_exception_counts_when_it_is_accepted_in_the_console(tmp_path: Path) -> None:
    with running(settings_in(tmp_path / "server")) as site:
        box = box_of(tmp_path, site, learning={"propose": True})
        with at_work(box), site.browser(Role.ADMINISTRATOR) as client:
            alert = called_false(client)
            eventually(lambda: standing(client, alert) == "proposed")
            (proposed,) = in_list(box)
            ask(client, proposed, "acceptance")
            eventually(lambda: standing(client, alert) == "in_force")
            assert "roposed" not in edge("lessons", "list", str(box / "node.yaml"))


def test_where_somebody_real_was_no_exception_is_made_which_the_console_and_the_box_say(tmp_path: Path) -> None:
    there = witness(1, box=stands_at(0), score=0.9, real=True)
    with running(settings_in(tmp_path / "server")) as site:
        box = box_of(tmp_path, site)
        save_lessons(
            lessons_file(box / "data" / "learnt", "yard"), "yard", {"intrusion middle": Lessons(heard=[there])}
        )
        with at_work(box) as node, site.browser() as client:
            alert = called_false(client)
            eventually(lambda: standing(client, alert) == "refused")
            page = client.get("/cameras/gatehouse/yard").text
            assert "It would have hidden 1 of 1 alerts" in page or "1 条告警中，它会漏掉 1 条" in page
            assert in_list(box) == []
            assert node.stop() == 0, node.said[-2000:]
        assert "No exception was made: it would have hidden 1 of 1" in edge("lessons", "list", str(box / "node.yaml"))
    assert judged_by_whatif(box) == (0, 1)


@pytest.mark.parametrize("settings", ["mosquitto", pytest.param("embedded", marks=pytest.mark.slow)], indirect=True)
def test_nothing_is_lost_that_happens_while_server_or_node_is_away(settings: Settings, tmp_path: Path) -> None:
    with running(settings) as site:
        box = box_of(tmp_path, site)
        with at_work(box), site.browser() as client:
            alert = called_false(client)
            eventually(lambda: standing(client, alert) == "in_force")
            (made,) = in_list(box)
        with site.browser() as client:  # the node is away
            ask(client, made, "taking-back")
            assert standing(client, alert) == "going"
            with at_work(box):
                eventually(lambda: standing(client, alert) == "gone", within_s=30)
        assert in_list(box) == []


@pytest.mark.parametrize("settings", ["mosquitto", pytest.param("embedded", marks=pytest.mark.slow)], indirect=True)
def test_what_is_changed_on_the_box_while_the_server_is_away_is_known_when_it_is_back(
    settings: Settings, tmp_path: Path
) -> None:
    with running(settings) as site:
        box = box_of(tmp_path, site)
        node = at_work(box)
        node.start()
        with site.browser() as client:
            alert = called_false(client)
            eventually(lambda: standing(client, alert) == "in_force")
    edge("lessons", "remove", str(box / "node.yaml"), *in_list(box))
    with running(settings) as site, site.browser() as client:
        eventually(lambda: standing(client, alert) == "gone", within_s=40)
        assert node.stop() == 0, node.said[-2000:]
