"""Stamps become UTC: exactly for files, causally and rising for cameras."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.video.pace import Pace
from edge.video.timeline import FileTimeline, LiveTimeline

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@given(st.floats(-10, 1e6), st.floats(0, 1e5))
def test_a_recording_begins_at_its_start_and_keeps_its_distances(first_s: float, later_s: float) -> None:
    timeline = FileTimeline(NOW, first_s)
    assert timeline.at(first_s) == NOW
    assert (timeline.at(first_s + later_s) - NOW).total_seconds() == pytest.approx(later_s, abs=1e-5)


def play(timeline: LiveTimeline, arrivals: list[tuple[float, float]]) -> list[datetime]:
    """(stamp, delay) pairs, frame by frame."""
    times = []
    for stamp_s, arrival_s in arrivals:
        timeline.arrived(stamp_s, NOW + timedelta(seconds=arrival_s))
        times.append(timeline.at(stamp_s))
    return times


@given(st.lists(st.floats(0, 0.4), min_size=2, max_size=200), st.floats(0, 1e6))
def test_jitter_never_puts_a_frame_after_its_arrival_and_times_rise(delays_s: list[float], first_s: float) -> None:
    arrivals = [(first_s + number * 0.5, number * 0.5 + delay_s) for number, delay_s in enumerate(delays_s)]
    times = play(LiveTimeline(), arrivals)
    assert all(a < b for a, b in pairwise(times))
    for (_, arrival_s), at in zip(arrivals, times, strict=True):
        assert at <= NOW + timedelta(seconds=arrival_s, milliseconds=1)


@given(st.lists(st.tuples(st.floats(-1e5, 1e5), st.floats(-1e4, 1e4)), min_size=2, max_size=60))
def test_times_rise_whatever_stamps_and_clocks_do(arrivals: list[tuple[float, float]]) -> None:
    assert all(a < b for a, b in pairwise(play(LiveTimeline(), arrivals)))


def test_jitter_is_stated_as_uncertainty() -> None:
    timeline = LiveTimeline()
    play(timeline, [(0, 0), (0.2, 0.2), (0.4, 0.55), (0.6, 0.6)])
    assert 140 <= timeline.uncertainty_ms <= 155


@pytest.mark.parametrize("jump_s", [-900.0, 900.0, -86_400.0])
def test_a_jump_of_the_stamps_does_not_move_the_times(jump_s: float) -> None:
    timeline = LiveTimeline()
    times = play(timeline, [(n * 0.2 + (jump_s if n >= 10 else 0), n * 0.2) for n in range(20)])
    assert [round((at - NOW).total_seconds(), 3) for at in times] == [round(n * 0.2, 3) for n in range(20)]
    assert timeline.jumps == 1
    assert timeline.skipped_s == pytest.approx(-jump_s, abs=1e-3)


STALL = (10.0, 17.0)
"""Seconds between which nothing came; then all came at once."""


def held_back(stamp_s: float) -> float:
    return STALL[1] if STALL[0] < stamp_s <= STALL[1] else stamp_s


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 3, 1, 2)], ids=["in order", "B-frames"])
def test_what_a_stall_held_back_keeps_the_times_at_which_it_was_taken(order: tuple[int, ...]) -> None:
    timeline = LiveTimeline()
    shown_s = [number * 0.2 for number in range(200)]
    for first in range(0, 200, 4):
        arrival_s = max(held_back(stamp_s) for stamp_s in shown_s[first : first + 4])
        for place in order:
            timeline.arrived(shown_s[first + place], NOW + timedelta(seconds=arrival_s))
        for stamp_s in shown_s[first : first + 4]:
            assert (timeline.at(stamp_s) - NOW).total_seconds() == pytest.approx(stamp_s, abs=1.0)
    assert (timeline.jumps, timeline.skipped_s) == (0, 0.0)


def test_movement_after_a_stall_is_as_fast_as_it_was() -> None:
    times = play(LiveTimeline(), [(n * 0.2, held_back(n * 0.2)) for n in range(100)])
    assert all(0.1 < (b - a).total_seconds() < 0.5 for a, b in pairwise(times))


def test_a_camera_whose_clock_stood_still_is_tied_anew_when_it_does_not_catch_up() -> None:
    timeline = LiveTimeline()
    times = play(timeline, [(n * 0.2, n * 0.2 + (7 if n >= 50 else 0)) for n in range(200)])
    assert timeline.jumps == 1
    assert times[-1] == NOW + timedelta(seconds=199 * 0.2 + 7)


def test_a_stream_that_is_opened_anew_may_have_any_stamps() -> None:
    timeline = LiveTimeline()
    before = play(timeline, [(n * 0.2, n * 0.2) for n in range(10)])
    timeline.reopened()
    after = play(timeline, [(3 + n * 0.2, 60 + n * 0.2) for n in range(10)])
    assert [round((at - NOW).total_seconds(), 3) for at in after] == [round(60 + n * 0.2, 3) for n in range(10)]
    assert before[-1] < after[0]


def test_a_camera_clock_that_runs_slow_is_followed() -> None:
    timeline = LiveTimeline()
    times = play(timeline, [(n * 0.04 * 0.999, n * 0.04) for n in range(25 * 600)])
    error_s = 600 - (times[-1] - NOW).total_seconds()
    assert 0 <= error_s < 0.2


def test_a_frame_from_before_a_jump_is_not_placed_in_the_future() -> None:
    timeline = LiveTimeline()
    play(timeline, [(1000.0, 0), (1000.2, 0.2)])
    timeline.arrived(5.0, NOW + timedelta(seconds=0.4))
    assert timeline.at(1000.3) <= NOW + timedelta(seconds=0.4)
    assert timeline.at(5.2) <= NOW + timedelta(seconds=0.7)


@given(st.lists(st.integers(1, 400), min_size=5, max_size=200), st.sampled_from([1, 2.5, 5, 12]))
def test_a_packet_that_is_ruled_out_is_never_taken(steps_ms: list[int], fps: float) -> None:
    """Packets in decoding order (each pair swapped, as one B-frame does), frames in shown order behind them."""
    shown = [sum(steps_ms[:number]) / 1000 for number in range(len(steps_ms))]
    coded = [shown[0]]
    for number in range(1, len(shown), 2):
        coded += shown[number : number + 2][::-1]
    pace, plain = Pace(fps), Pace(fps)
    ruled_out: set[float] = set()
    taken = []
    ready = 0
    for count, stamp_s in enumerate(coded, 1):
        if not pace.may_take(stamp_s):
            ruled_out.add(stamp_s)
        while ready < len(shown) and shown[ready] in coded[:count] and (ready == 0 or count - ready >= 1):
            if shown[ready] not in ruled_out and pace.takes(shown[ready]):
                taken.append(shown[ready])
            ready += 1
    assert taken == [stamp_s for stamp_s in shown if plain.takes(stamp_s)]
