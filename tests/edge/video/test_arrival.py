"""The clock that packets arrive by goes on evenly, and says when the wall clock was set."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from edge.video.arrival import ArrivalClock

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Clocks:
    """A monotonic and a wall clock, moved by hand."""

    def __init__(self) -> None:
        self.passed_s, self.set_by_s = 0.0, 0.0
        self.arrival = ArrivalClock(lambda: NOW + timedelta(seconds=self.passed_s + self.set_by_s), self.monotonic_s)

    def monotonic_s(self) -> float:
        return self.passed_s

    def read(self, after_s: float) -> tuple[float, float]:
        """Both of what is read so many seconds later, in seconds."""
        self.passed_s += after_s
        now, set_by = self.arrival.read()
        return (now - NOW).total_seconds(), set_by.total_seconds()


def test_it_is_the_wall_clock_while_nobody_sets_that() -> None:
    clocks = Clocks()
    assert [clocks.read(0.5) for _ in range(3)] == [(0.5, 0.0), (1.0, 0.0), (1.5, 0.0)]


@pytest.mark.parametrize("set_by_s", [-8 * 3600.0, 8 * 3600.0, -5.0, 5.0])
def test_a_clock_that_is_set_is_taken_at_once_and_said_once(set_by_s: float) -> None:
    clocks = Clocks()
    clocks.read(1.0)
    clocks.set_by_s = set_by_s
    assert clocks.read(1.0) == pytest.approx((2.0 + set_by_s, set_by_s))
    assert clocks.read(1.0) == pytest.approx((3.0 + set_by_s, 0.0))


@pytest.mark.parametrize("set_by_s", [-2.0, 2.0])
def test_a_small_step_is_made_up_for_without_a_step(set_by_s: float) -> None:
    clocks = Clocks()
    clocks.read(1.0)
    clocks.set_by_s = set_by_s
    read = [clocks.read(0.04) for _ in range(25 * 300)]
    assert all(0.035 < b - a < 0.045 for (a, _), (b, _) in pairwise(read))
    assert {set_by for _, set_by in read} == {0.0}
    assert read[-1][0] == pytest.approx(clocks.passed_s + set_by_s, abs=0.01)
