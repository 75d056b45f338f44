from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from edge.rules.schedule import Hours, Schedule

MONDAY_NOON_IN_SHANGHAI = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
times = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))


def test_without_hours_it_is_always_open() -> None:
    assert Schedule((), "Asia/Shanghai").open(MONDAY_NOON_IN_SHANGHAI)


def test_hours_are_the_cameras_own() -> None:
    noon = (Hours.model_validate({"from": "11:00", "to": "13:00"}),)
    assert Schedule(noon, "Asia/Shanghai").open(MONDAY_NOON_IN_SHANGHAI)
    assert not Schedule(noon, "Europe/Berlin").open(MONDAY_NOON_IN_SHANGHAI)


@pytest.mark.parametrize(
    ("hours_after_noon", "is_open"),
    [(9.9, False), (10, True), (17.9, True), (18, False), (34, False), (24 * 5 + 10, False)],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(hours_after_noon: float, is_open: bool) -> None:
    monday_night = (Hours.model_validate({"days": ["mon"], "from": "22:00", "to": "06:00"}),)
    at = MONDAY_NOON_IN_SHANGHAI + timedelta(hours=hours_after_noon)
    assert Schedule(monday_night, "Asia/Shanghai").open(at) == is_open


@given(times, st.integers(0, 23), st.integers(0, 23))
def test_a_span_and_its_opposite_share_the_day(at: datetime, start: int, end: int) -> None:
    if start == end:
        return
    one = Schedule((Hours.model_validate({"from": f"{start:02}:00", "to": f"{end:02}:00"}),), "Asia/Shanghai")
    other = Schedule((Hours.model_validate({"from": f"{end:02}:00", "to": f"{start:02}:00"}),), "Asia/Shanghai")
    assert one.open(at) != other.open(at)


@pytest.mark.parametrize("wrong", ["24:01", "7:00", "noon", "25:00", 700])
def test_a_wrong_time_of_day_is_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        Hours.model_validate({"from": wrong})
