import re
from xml.etree import ElementTree as ET

import pytest

from edge.bench.events.strip import lanes, strip, ticks
from protocol.kinds import Kind
from tests.edge.bench.events.happenings import alert, event, scene


def test_a_strip_is_sound_and_tells_each_bar_in_words_whatever_zones_are_called() -> None:
    zone = '<围栏> & "hof"'
    judged = scene(
        [event(10, 20, zone=zone), event(30, 40), event(5, 50, kind=Kind.FALL)],
        [alert(12, zone=zone), alert(55)],
        name="夜间 <&>.mp4",
    )
    root = ET.fromstring(strip(judged, "en"))  # noqa: S314 - our own text
    titles = [title.text or "" for title in root.iter("title")]
    assert len(titles) == 5
    assert f"intrusion in «{zone}», 10–20 s: found" in titles
    assert "fall in «yard», 5–50 s: not asked for" in titles
    assert any("false alert" in title for title in titles)
    assert [line.get("class") for line in root.iter("line")].count("thread") == 1


def test_a_strip_is_told_in_the_readers_language() -> None:
    told = strip(scene([event(10, 20), event(5, 50, kind=Kind.FALL)], [alert(12), alert(55)]), "zh")
    root = ET.fromstring(told)  # noqa: S314 - our own text
    assert [title.text for title in root.iter("title")] == [
        "「yard」跌倒，5–50 秒：未启用",
        "「yard」区域入侵，10–20 秒：检出",
        "12 秒区域入侵告警，晚于事件开始 2 秒。有人在「yard」内已 1.0 秒（限 1.0 秒）",
        "55 秒区域入侵告警：误报。有人在「yard」内已 1.0 秒（限 1.0 秒）",
    ]
    assert [span.text for span in root.iter("span")] == ["真值", "告警"]
    assert not re.search(r"[a-z]{2,}", re.sub(r"<[^>]*>|yard", "", told))


def test_bars_that_overlap_lie_in_lanes_of_their_own() -> None:
    assert lanes([(0, 10), (5, 8), (9, 12), (20, 21)], 100) == [0, 1, 1, 0]
    assert lanes([(5, 5), (5, 5)], 100) == [0, 1]


@pytest.mark.parametrize(("length", "step"), [(6.0, 1), (16.0, 5), (60.0, 10), (7200.0, 1200)])
def test_the_axis_has_few_round_marks(length: float, step: float) -> None:
    marks = ticks(length)
    assert marks[1] - marks[0] == step
    assert 3 <= len(marks) <= 7
