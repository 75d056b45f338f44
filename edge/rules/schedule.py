"""When a rule is on: weekdays and hours in the camera's own time zone, across midnight if need be."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from edge.complaints import UnfitError, complaint

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


def _clock(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        raise UnfitError(complaint("rule.no_time_of_day", text=text))
    return text


ClockTime = Annotated[str, AfterValidator(_clock)]


class Hours(BaseModel):
    """A span on the days it begins: `to` at or before `from` means the next morning."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    days: tuple[Weekday, ...] = Field(default=WEEKDAYS, min_length=1)
    from_: ClockTime = Field(default="00:00", alias="from")
    to: ClockTime = "24:00"

    @model_validator(mode="after")
    def _opens(self) -> Self:
        if self.from_ == "24:00" and self.to == "00:00":
            raise UnfitError(complaint("rule.never_opens"))
        return self

    def holds(self, local: datetime) -> bool:
        """Whether a local time lies in the span."""
        minute = local.hour * 60 + local.minute
        begin, end = _minutes(self.from_), _minutes(self.to)
        today = WEEKDAYS[local.weekday()] in self.days
        if begin < end:
            return today and begin <= minute < end
        yesterday = WEEKDAYS[(local - timedelta(days=1)).weekday()] in self.days
        return (today and minute >= begin) or (yesterday and minute < end)


class Schedule:
    """Spans in one time zone; without spans it is always open."""

    def __init__(self, hours: tuple[Hours, ...], timezone: str) -> None:
        self._hours = hours
        self._zone = ZoneInfo(timezone)

    def open(self, at: datetime) -> bool:
        """Whether the rule is on at an aware time."""
        if not self._hours:
            return True
        local = at.astimezone(self._zone)
        return any(hours.holds(local) for hours in self._hours)


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)
