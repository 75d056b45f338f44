"""Times that a node with a wrong clock may tell are shown like any other."""

from datetime import UTC, datetime

import pytest

from server.console.times import ago, clock, day, exact, machine, short

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
FIRST, LAST = datetime(1, 1, 1, 2, tzinfo=UTC), datetime(9999, 12, 31, 20, tzinfo=UTC)


def test_a_time_is_shown_as_clocks_at_the_camera_show_it() -> None:
    assert clock(NOW, "Asia/Shanghai") == "12:00:00"
    assert exact(NOW, "Asia/Shanghai") == "2026-03-01 12:00:00.000 Asia/Shanghai (UTC+08:00)"
    assert exact(NOW, "Asia/Nowhere") == "2026-03-01 04:00:00.000 UTC (UTC+00:00)"


@pytest.mark.parametrize(
    ("at", "zone", "shown"),
    [
        (LAST, "Asia/Shanghai", "31 Dec 9999 20:00:00"),
        (FIRST, "America/New_York", "1 Jan 1 02:00:00"),
    ],
)
def test_a_time_that_the_camera_s_clocks_cannot_show_is_shown_in_utc(at: datetime, zone: str, shown: str) -> None:
    assert f"{day(at, zone, 'en')} {clock(at, zone)}" == short(at, zone, NOW, "en") == shown
    assert exact(at, zone).endswith(f"{clock(at, zone)}.000 UTC (UTC+00:00)")
    assert machine(at).endswith("Z")
    assert ago(at, NOW, "en")
