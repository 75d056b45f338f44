from dataclasses import replace

import pytest

from edge.bench.events.intervals import Interval
from edge.bench.events.words import bare_interval, clock, kind_name, listed, not_asked, place_name, shown, watched
from protocol.kinds import Kind
from tests.edge.bench.events.happenings import event, report, scene


def test_times_are_short() -> None:
    assert [clock(at, "en") for at in (0, 59, 65, 7325)] == ["0 s", "59 s", "1:05", "2:02:05"]
    assert [clock(at, "zh") for at in (0, 65)] == ["0 秒", "1:05"]


@pytest.mark.parametrize(("language", "names"), [("en", ["line crossing", "all together"]), ("zh", ["越线", "合计"])])
def test_kinds_are_named_as_within_a_line(language: str, names: list[str]) -> None:
    assert [kind_name(kind, language) for kind in (Kind.LINE_CROSSING, None)] == names


@pytest.mark.parametrize("zone", ["kind", "kind.", "kind of yard", "{yard}"])
def test_a_zone_stands_as_it_is_called_whatever_that_is(zone: str) -> None:
    assert place_name(Kind.FALL, zone, "en") == f"fall in «{zone}»"
    assert place_name(Kind.FALL, zone, "zh") == f"「{zone}」跌倒"


def test_figures_have_their_unit_where_they_are_known() -> None:
    delays = [shown("delay_median_s", value, "en") for value in (2.25, -0.25, -0.01, None)]
    assert delays == ["2.2 s", "−0.2 s", "0.0 s", "–"]
    assert [shown(name, 1.0, "zh") for name in ("delay_p95_s", "f1", "false_per_hour")] == ["1.0 秒", "1.00", "1.0"]


@pytest.mark.parametrize(("low", "said"), [(-0.64, "−0.6 – 1.2"), (0.4, "0.4–1.2")])
def test_an_interval_below_nothing_can_still_be_read(low: float, said: str) -> None:
    whole = report(scene()).rows[None]
    ends = {**whole.intervals, "own_delay_median_s": Interval(low, 1.2)}
    assert bare_interval(replace(whole, intervals=ends), "own_delay_median_s") == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(59, ("59 seconds", "59 秒")), (90, ("1.5 minutes", "1.5 分钟")), (9000, ("2.5 hours", "2.5 小时"))],
)
def test_how_long_was_watched_is_said_in_a_fitting_unit(seconds: float, said: tuple[str, str]) -> None:
    of = report(scene(seconds=seconds))
    assert (watched(of, "en"), watched(of, "zh")) == said


def test_lists_are_joined_as_the_language_does() -> None:
    unasked = report(scene([event(1, 2, kind=Kind.FALL), event(3, 4, kind=Kind.FIGHT)]))
    assert (not_asked(unasked, "en"), not_asked(unasked, "zh")) == ("fall 1, fight 1", "跌倒 1 起、打架 1 起")
    assert listed([], "en") == ""
