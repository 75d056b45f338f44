from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.ids import time_of, uuid7

times = st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


@given(times, st.text())
def test_a_seeded_id_is_a_pure_function_that_carries_its_time(at: datetime, seed: str) -> None:
    identifier = uuid7(at, seed)
    assert identifier == uuid7(at, seed)
    assert identifier.version == 7
    assert identifier.variant == "specified in RFC 4122"
    assert timedelta(0) <= at - time_of(identifier) < timedelta(milliseconds=1)


@given(times, times, st.text(), st.text())
def test_ids_sort_by_time(first: datetime, second: datetime, seed: str, other: str) -> None:
    if (second - first) >= timedelta(milliseconds=1):
        assert uuid7(first, seed) < uuid7(second, other)


def test_ids_without_a_seed_differ() -> None:
    at = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=8)))
    assert len({uuid7(at) for _ in range(1000)}) == 1000


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a time with a zone"):
        uuid7(datetime(2026, 1, 1))
