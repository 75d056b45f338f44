from pathlib import Path

import pytest

from edge.bench.events.running import Setup
from edge.bench.examples import Shown, run_examples
from edge.config import load_camera
from edge.documents import ConfigError
from edge.vision.card import MODELS, find_card
from tests.edge.box import CAMERA, write

INTRUSION = {"kind": "intrusion", "zone": "middle", "from_s": 3, "to_s": 6}
CROSSING = {"kind": "line_crossing", "zone": "gate", "from_s": 3, "to_s": 7}


def shown(folder: Path, *examples: dict[str, object]) -> list[Shown]:
    write(folder / "camera.yaml", CAMERA | {"examples": list(examples)})
    card, weights = find_card(folder / "brightness.yaml", MODELS)
    return list(run_examples(load_camera(folder / "camera.yaml"), folder, Setup(card, weights, tolerance_s=0.0)))


def test_an_example_that_gives_just_the_alerts_it_must_is_right(box: Path) -> None:
    (one,) = shown(box, {"clip": "drawn.mp4", "must": [INTRUSION, CROSSING]})
    assert one.wrong == ()


def test_what_is_missing_and_what_is_too_much_is_said(box: Path) -> None:
    late = INTRUSION | {"from_s": 9, "to_s": 10}
    (one,) = shown(box, {"clip": "drawn.mp4", "must": [late, CROSSING]})
    assert one.wrong[0] == "no intrusion in «middle» from 9 to 10 s"
    assert one.wrong[1].startswith("intrusion at 4")


def test_only_what_must_not_come_is_wrong_where_it_is_named(box: Path) -> None:
    allowed, forbidden = shown(
        box,
        {"clip": "drawn.mp4", "must": [CROSSING], "must_not": [{"kind": "loitering"}]},
        {"clip": "drawn.mp4", "must": [], "must_not": [{"kind": "line_crossing", "zone": "gate"}]},
    )
    assert allowed.wrong == ()
    assert [text.split(" at ")[0] for text in forbidden.wrong] == ["line crossing"]


def test_a_clip_that_is_not_there_is_named_with_its_place(box: Path) -> None:
    with pytest.raises(ConfigError, match=r"camera «yard» examples\[0\].clip: .*gone.mp4 is not here"):
        shown(box, {"clip": "gone.mp4"})


def test_times_in_the_wrong_order_are_a_mistake(tmp_path: Path) -> None:
    wrong = INTRUSION | {"from_s": 6, "to_s": 3}
    write(tmp_path / "camera.yaml", CAMERA | {"examples": [{"clip": "drawn.mp4", "must": [wrong]}]})
    with pytest.raises(ConfigError, match="to_s 3 lies before from_s 6; give the earlier time first"):
        load_camera(tmp_path / "camera.yaml")
