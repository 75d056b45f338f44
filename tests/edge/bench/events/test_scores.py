import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.bench.events.intervals import intervals
from edge.bench.events.judging import JudgedScene
from edge.bench.events.scores import NAMES, Tally, f1, figures, quantile, tallies, tally, total
from protocol.kinds import Kind
from tests.edge.bench.events.happenings import alert, event, scene

COUNTS = st.integers(0, 5)


@st.composite
def scenes(draw: st.DrawFn) -> list[JudgedScene]:
    made = draw(st.lists(st.tuples(COUNTS, COUNTS, COUNTS), min_size=1, max_size=5))
    return [
        scene(
            [event(10.0 * n, 10.0 * n + 3) for n in range(found + missed)],
            [alert(10.0 * n + 1 + number / 8) for n in range(found)] + [alert(500.0 + n) for n in range(false)],
            name=f"{number}.mp4",
        )
        for number, (found, missed, false) in enumerate(made)
    ]


def test_the_figures_are_those_worked_out_by_hand() -> None:
    counted = total(
        tallies(
            [
                scene([event(10, 20), event(30, 40)], [alert(12), alert(50)], name="a.mp4", seconds=1800),
                scene([event(5, 9)], [alert(9)], name="b.mp4", seconds=1800),
            ]
        )
    )
    found = figures(counted, recall_bias=0.65)
    assert (counted.found, counted.missed, counted.false_alerts) == (2, 1, 1)
    assert (found.precision, found.recall, found.f1) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert found.false_per_hour == 1.0
    assert (found.delay_median_s, found.delay_p95_s) == pytest.approx((3.0, 3.9))


@given(st.integers(1, 9), COUNTS, COUNTS, st.floats(0.01, 80))
def test_f1_put_with_counts_is_the_formula_of_precision_and_recall(
    found: int, missed: int, false: int, bias: float
) -> None:
    precision, recall = found / (found + false), found / (found + missed)
    expected = (bias + 1) * recall * precision / (recall + bias * precision)
    assert f1(found, missed, false, bias) == pytest.approx(expected)


def test_a_high_recall_bias_minds_misses_and_a_low_one_false_alerts() -> None:
    missing, crying = f1(8, 2, 0, 75.0), f1(8, 0, 2, 75.0)
    assert missing is not None
    assert crying is not None
    assert missing < crying
    assert f1(8, 2, 0, 0.65) > f1(8, 0, 2, 0.65)  # type: ignore[operator]


@given(st.integers(1, 5), st.integers(1, 4))
def test_perfect_alerts_give_one(clips: int, events: int) -> None:
    made = [
        scene(
            [event(10.0 * n, 10.0 * n + 3) for n in range(events)],
            [alert(10.0 * n) for n in range(events)],
            name=f"{c}.mp4",
        )
        for c in range(clips)
    ]
    found = figures(total(tallies(made)))
    assert (found.precision, found.recall, found.f1, found.ilids_f1) == pytest.approx((1, 1, 1, 1))
    assert (found.false_per_hour, found.delay_p95_s) == (0, 0)


@given(scenes())
def test_the_order_of_clips_does_not_matter(made: list[JudgedScene]) -> None:
    one, other = tallies(made), tallies(made[::-1])
    assert figures(total(one)) == figures(total(other))


def test_intervals_are_the_same_in_any_order_and_again() -> None:
    made = [scene([event(10, 20)], [alert(11.0 + n)] if n % 3 else [alert(40)], name=f"{n}.mp4") for n in range(6)]
    assert intervals(tallies(made)) == intervals(tallies(made[::-1]))
    found = intervals(tallies(made))["recall"]
    assert found is not None
    assert 0 <= found.low < 4 / 6 < found.high <= 1


def test_one_clip_says_nothing_of_how_sure_a_figure_is() -> None:
    assert intervals([Tally(1, 0, 0, 60.0)]) == dict.fromkeys(NAMES)


def test_what_cannot_be_divided_is_not_known() -> None:
    found = figures(total(tallies([scene()])))
    assert (found.precision, found.recall, found.f1, found.delay_median_s) == (None, None, None, None)
    assert found.false_per_hour == 0.0


def test_a_kind_that_is_not_switched_on_is_neither_found_nor_missed() -> None:
    judged = scene([event(10, 20, kind=Kind.FALL), event(30, 40)], [alert(31)])
    assert [(one.asked, one.missed) for one in judged.events] == [(False, False), (True, False)]
    assert tally(judged, Kind.FALL) is None
    whole = tally(judged)
    assert whole is not None
    assert (whole.found, whole.missed, whole.false_alerts) == (1, 0, 0)


def test_a_camera_that_watches_for_nothing_adds_no_camera_hours() -> None:
    assert tallies([scene(kinds=(), seconds=3600), scene(seconds=60, name="b.mp4")]) == [Tally(seconds=60)]


def test_the_own_delay_leaves_out_what_the_rule_is_told_to_wait() -> None:
    (judged,) = scene([event(10, 40)], [alert(21, after_s=10)]).alerts
    assert (judged.delay_s, judged.own_delay_s) == (11, 1)


def test_quantiles_lie_between_the_nearest_values() -> None:
    assert quantile([], 0.5) is None
    assert quantile([3.0], 0.95) == 3.0
    assert quantile([0.0, 10.0], 0.95) == pytest.approx(9.5)
