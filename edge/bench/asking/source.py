"""What may be asked: a scene log, a replay's alerts with the log beside them, or a clip, which is replayed so far."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from edge.bench.asking.errors import AskError
from edge.bench.replay import Replay
from edge.complaints import complaint
from edge.config import CameraConfig
from edge.documents import plain_sentence
from edge.node import model_name
from edge.scenelog.form import SUFFIX
from edge.scenelog.reading import Run, one_camera, read_runs
from edge.scenelog.writing import LogFile
from edge.video.file import FileSource
from edge.vision.detector import OnnxDetector
from protocol.messages import Alert

Picture = NDArray[np.uint8]


def runs_of(path: Path) -> list[Run]:
    """The runs of a log. Raises LogError."""
    runs = read_runs(path)
    one_camera(runs, path)
    return runs


def read_alerts(path: Path) -> list[Alert]:
    """The last revision of each alert, in the order of their begin. Raises AskError."""
    alerts: dict[str, Alert] = {}
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise AskError(complaint("explain.unreadable", path=path, why=error.strerror)) from None
    for number, line in enumerate(lines, 1):
        try:
            alert = Alert.model_validate_json(line)
        except ValidationError as error:
            why = plain_sentence(error.errors(include_url=False)[0])
            raise AskError(complaint("explain.no_alert", path=path, line=number, why=why)) from None
        alerts[str(alert.id)] = alert
    return sorted(alerts.values(), key=lambda alert: (alert.began_at, str(alert.id)))


def the_alert(alerts: list[Alert], id_: str, path: Path) -> Alert:
    """An alert by its id, or the beginning of it. Raises AskError that names those there are."""
    found = [alert for alert in alerts if str(alert.id).startswith(id_.lower())]
    if len(found) != 1:
        there = [str(alert.id) for alert in alerts[:5]]
        if len(alerts) > 5:
            there[-1] += " …"
        problem = "explain.several_alerts" if found else "explain.unknown_alert"
        raise AskError(complaint(problem, id=id_, path=path, there=there or complaint("none")))
    return found[0]


def log_beside(path: Path, alerts: list[Alert]) -> Path:
    """The log that a replay wrote beside its alerts. Raises AskError unless there is one, and no doubt."""
    name = f"{alerts[0].camera}{SUFFIX}" if alerts else f"*{SUFFIX}"
    logs = sorted(path.parent.glob(name))
    if not logs:
        raise AskError(complaint("explain.no_log", path=path, suffix=SUFFIX))
    if len(logs) > 1:
        raise AskError(complaint("explain.several_logs", path=path, logs=list(map(str, logs))))
    return logs[0]


@dataclass(frozen=True, slots=True)
class Filmed:
    """A clip as far as it was replayed: its log, and the picture asked for."""

    runs: list[Run]
    picture: Picture | None


def film(
    clip: Path,
    camera: CameraConfig,
    detector: OnnxDetector,
    start: datetime,
    at: datetime | timedelta,
    folder: Path,
) -> Filmed:
    """Replay a clip up to a moment, its log into a folder. Raises AskError if that is none of its own, SourceError."""
    start = start.astimezone(UTC)
    moment = start + at if isinstance(at, timedelta) else at
    if moment < start:
        raise AskError(complaint("explain.before_start", at=_utc(moment), clip=clip, begins=_utc(start)))
    replay = Replay(clip, camera, detector, model_name(detector.card), start=start)
    picture: Picture | None = None
    last = start
    with LogFile(folder / f"clip{SUFFIX}", replay.header) as log:
        for step in replay:
            if step.frame is None or step.outcome is None:
                continue
            last = step.frame.at
            if last > moment:
                break
            log.add(step.outcome.scene, step.outcome.seen)
            if moment - last < timedelta(seconds=1):
                picture = step.frame.picture.bgr().copy()
    if last < moment - timedelta(seconds=0.5):
        at_s, length_s = (moment - start).total_seconds(), (last - start).total_seconds()
        raise AskError(complaint("explain.past_end", at=at_s, clip=clip, length=length_s))
    return Filmed(runs_of(folder / f"clip{SUFFIX}"), picture)


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def picture_of(clip: Path, camera: CameraConfig, since: timedelta) -> Picture | None:
    """The picture of a clip that was analysed at a time since its beginning; privacy masks are painted in."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    source = FileSource(clip, camera.name, camera.video, start, masks=camera.painted)
    found: Picture | None = None
    for frame in source.frames():
        if frame.at - start > since + timedelta(milliseconds=1):
            break
        if since - (frame.at - start) < timedelta(seconds=1):
            found = frame.picture.bgr().copy()
    return found
