"""For how long a rule may be snoozed: never without an end, and what is critical an hour at most."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.kinds import Severity
from server.snoozes.spans import Span, end_of, spans_of

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC")


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-03-01T15:00+08:00", "2026-03-02T06:00+08:00"),
        ("2026-03-01T02:00+08:00", "2026-03-01T06:00+08:00"),
        ("2026-03-01T06:00+08:00", "2026-03-02T06:00+08:00"),
    ],
)
def test_the_morning_is_the_next_six_o_clock_where_the_camera_is(now: str, morning: str) -> None:
    began = datetime.fromisoformat(now).astimezone(UTC)
    assert end_of(Span.MORNING, began, "Asia/Shanghai") == datetime.fromisoformat(morning)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    st.sampled_from(Span),
    st.sampled_from(ZONES),
)
def test_every_snooze_ends_within_a_day_and_an_hour(now: datetime, span: Span, zone: str) -> None:
    """The hour is the one that a clock is put back."""
    assert now < end_of(span, now, zone) <= now + timedelta(hours=25)


@pytest.mark.parametrize("severity", Severity)
def test_what_is_critical_is_snoozed_for_an_hour_at_most(severity: Severity) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    longest = max(end_of(span, now, "UTC") - now for span in spans_of(severity))
    assert (longest <= timedelta(hours=1)) == (severity is Severity.CRITICAL)


def test_the_morning_of_a_zone_that_this_machine_does_not_know_is_utc_s() -> None:
    now = datetime(2026, 3, 1, 15, tzinfo=UTC)
    assert end_of(Span.MORNING, now, "Asia/Nowhere") == datetime(2026, 3, 2, 6, tzinfo=UTC)
