"""Times as people at a camera's site read them: its own zone, short when it is today, exact on demand."""

from datetime import UTC, datetime, timedelta

from server.clock import zone_named
from server.console.texts import say


def _there(at: datetime, zone: str) -> datetime:
    """A time as clocks of a zone show it; of the first and the last day that there is, as UTC does.

    A node's clock may say anything: a page shows it all the same.
    """
    try:
        return at.astimezone(zone_named(zone))
    except OverflowError:
        return at.astimezone(zone_named("UTC"))


def clock(at: datetime, zone: str) -> str:
    """14:03:22."""
    return f"{_there(at, zone):%H:%M:%S}"


def day(at: datetime, zone: str, language: str) -> str:
    """24 Nov 2026, 2026年11月24日."""
    local = _there(at, zone)
    return say(language, "time.day", year=local.year, month=say(language, f"time.month.{local.month}"), day=local.day)


def short(at: datetime, zone: str, now: datetime, language: str) -> str:
    """The clock alone today, with the day before it otherwise."""
    if _there(at, zone).date() == _there(now, zone).date():
        return clock(at, zone)
    return f"{day(at, zone, language)} {clock(at, zone)}"


def exact(at: datetime, zone: str) -> str:
    """2026-11-24 14:03:22.120 Asia/Shanghai (UTC+08:00)."""
    local = _there(at, zone)
    offset = local.strftime("%z")
    milliseconds = local.microsecond // 1000
    return f"{local:%Y-%m-%d %H:%M:%S}.{milliseconds:03d} {local.tzinfo} (UTC{offset[:3]}:{offset[3:5]})"


def machine(at: datetime) -> str:
    """RFC 3339 with milliseconds, for `datetime` attributes and scripts."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def ago(at: datetime, now: datetime, language: str) -> str:
    """How long since, in one unit; the page's script keeps it up to date in the same words."""
    if now - at < timedelta(seconds=5):
        return say(language, "time.just_now")
    return say(language, "time.ago", span=span((now - at).total_seconds(), language))


def span(seconds: float, language: str) -> str:
    """A duration in its largest whole unit: 42 s, 5 min, 3 h, 2 d."""
    whole = max(0, int(seconds))
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if whole >= length:
            return say(language, f"time.span.{unit}", n=whole // length)
    return say(language, "time.span.s", n=whole)
