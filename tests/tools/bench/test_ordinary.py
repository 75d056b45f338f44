from uuid import uuid4

import numpy as np
import pytest

from edge.rules import kinds
from protocol.kinds import Kind
from tests.protocol.example import ALERT
from tools.bench.mischief import Moment
from tools.bench.ordinary import Told, Watched, likely, result, sketches
from tools.bench.weather import DARK, WEATHER

GREY = np.full((90, 160, 3), 120, np.uint8)


def test_every_kind_is_on_for_some_clip_and_all_but_those_without_a_place_for_each() -> None:
    on = {name: {rule.kind for rule in sketch.camera(name).rules} for name, sketch in sketches().items()}
    assert set.union(*on.values()) == set(kinds())
    everywhere = {Kind.FALL, Kind.FIRE_SMOKE, Kind.ABANDONED_OBJECT, Kind.TAMPER, Kind.RUNNING, Kind.CROWD}
    assert all(everywhere <= those for those in on.values())


def test_only_what_nobody_would_expect_is_counted() -> None:
    told = [
        Told("plaza", "rain", 3.0, ALERT.model_copy(update={"id": uuid4(), "kind": kind}), right)
        for kind, right in ((Kind.FALL, False), (Kind.FALL, False), (Kind.LOITERING, True))
    ]
    found = result([Watched("plaza", {"as it is": 0.25, "rain": 0.25}, frozenset(kinds()), tuple(told))])
    assert [figure.value for figure in found.figures] == [4.0, 0.5]
    assert [row[0] for row in found.tables[1].rows] == ["plaza"] * 2
    rows = {row[0]: row for row in found.tables[0].rows}
    assert rows["fall"][2 + list(WEATHER).index("rain")] == "2"
    assert rows["loitering"][2:-1] == ("0",) * len(WEATHER)


def test_it_is_told_how_many_of_the_clips_the_detector_has_learned_from() -> None:
    seen = [Watched(name, {"as it is": 0.25}, frozenset(kinds()), ()) for name in ("plaza", "street", "motorway")]
    assert "pictures of 2 of them it has learned from" in result(seen).remarks[1]


@pytest.mark.parametrize("weather", WEATHER)
def test_weather_leaves_a_picture_of_the_same_size_and_begins_gently(weather: str) -> None:
    first, later = (
        WEATHER[weather](GREY, Moment(since_s, GREY, GREY), np.random.default_rng(1)) for since_s in (0.0, 60.0)
    )
    assert first.shape == later.shape == GREY.shape
    assert first.dtype == later.dtype == np.uint8
    if weather not in DARK:
        assert abs(int(np.median(first)) - 120) <= 1


def test_the_true_rate_is_likely_around_what_was_counted() -> None:
    assert likely(0, 1.0) == pytest.approx((0.0, 3.69), abs=0.05)
    assert likely(5, 2.0) == pytest.approx((0.81, 5.83), abs=0.05)
