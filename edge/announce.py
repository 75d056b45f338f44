"""Alerts as lines on the terminal: each one's news once, in words, with the camera's own time of day."""

from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from edge.alerts.life import Report
from edge.config import CameraConfig
from protocol.kinds import Phase
from protocol.sentences import sentence

_SIGNS = {Phase.BEGIN: ("●", "bold red"), Phase.UPDATE: ("◐", "yellow"), Phase.END: ("○", "green")}
_AT_ONCE = timedelta(milliseconds=1)


class Announcer:
    """Prints reports of the given cameras."""

    def __init__(self, console: Console, cameras: Iterable[CameraConfig], language: str) -> None:
        self._console, self._language = console, language
        self._zones = {camera.name: ZoneInfo(camera.timezone) for camera in cameras}

    def say(self, report: Report) -> None:
        """One line, if the revision tells a person something new."""
        alert = report.alert
        if not _is_news(report):
            return
        sign, style = _SIGNS[alert.phase]
        at = alert.at.astimezone(self._zones.get(alert.camera))
        line = Text.assemble(
            (f"{sign} ", style),
            (f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}  ", "dim"),
            (f"{alert.camera}  ", "bold"),
            sentence(alert.reason, self._language),
        )
        self._console.print(line, soft_wrap=True, highlight=False)


def _is_news(report: Report) -> bool:
    """Not that a clip was added, and not that what ends at once has ended."""
    alert = report.alert
    adds_evidence_only = alert.revision > 1 and bool(report.pieces)
    ended_at_once = alert.ended_at is not None and alert.ended_at - alert.began_at < _AT_ONCE
    return not adds_evidence_only and not ended_at_once
