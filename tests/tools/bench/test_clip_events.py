from pathlib import Path

import numpy as np
import pytest

from edge.vision.detector import Detections
from tools.bench.clip_events import HELD, Event, events_of, shows
from tools.train.recipe import CLIPS as LEARNED

EVENTS = """
clip.mp4:
  events:
    - {t: 9.9, what: "enter", object: "cyclist 1", place: [0.69, 0.05]}
    - {t: [1.0, 2.0], what: "walks along the wall", place: [0.5, 0.5]}
    - {t: 3.6, what: "leave", object: "white car", place: [0.0, 0.45]}
    - {t: [7.4, 11.9], what: "nobody in the picture", place: [0.5, 0.5]}
    - {t: 5, what: "enter", object: "person", place: [[0.1, 0.1], [0.2, 0.2]]}
    - {t: 6, what: "enter", object: "person", place: [0.1, 0.1], sure: false}
    - {t: 50.5, what: "gate opens", place: [0.6, 0.33]}
    - {t: [2.5, 5.5], what: "bends down beside the front of the car", place: [0.57, 1.0]}
"""


def test_events_are_read_that_name_one_place_and_people_or_vehicles(tmp_path: Path) -> None:
    path = tmp_path / "events.yaml"
    path.write_text(EVENTS)
    assert events_of("clip", path) == [
        Event("people", 9.4, 10.4, (0.69, 0.05)),
        Event("people", 0.5, 2.5, (0.5, 0.5)),
        Event("vehicles", 3.1, 4.1, (0.0, 0.45)),
        Event("people", 2.0, 6.0, (0.57, 1.0)),
    ]


def test_the_events_of_every_clip_that_is_not_learned_from_are_counted(shared_data: Path) -> None:
    there = {clip.stem for clip in (shared_data / "clips").glob("*.mp4")}
    assert set(HELD) == there - set(LEARNED)


@pytest.mark.parametrize(
    ("label", "score", "box", "seen"),
    [
        ("person", 0.9, (0.4, 0.2, 0.6, 0.48), True),  # the foot point is a little below the box
        ("person", 0.2, (0.4, 0.2, 0.6, 0.5), False),  # not sure
        ("car", 0.9, (0.4, 0.2, 0.6, 0.5), False),
        ("person", 0.9, (0.7, 0.2, 0.9, 0.5), False),
    ],
)
def test_an_event_is_seen_by_a_sure_box_of_its_kind_at_its_place(
    label: str, score: float, box: tuple[float, ...], seen: bool
) -> None:
    found = Detections(np.array([box], np.float32), np.array([score], np.float32), (label,))
    assert shows(found, Event("people", 0, 1, (0.5, 0.5)), 0.5) is seen


def test_nothing_found_shows_nothing() -> None:
    assert not shows(Detections.none(), Event("people", 0, 1, (0.5, 0.5)), 0.5)
