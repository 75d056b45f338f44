"""Replay: a recorded clip through the whole analysis, as fast as it goes, with the same alerts every time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from edge import __version__
from edge.alerts.evidence import Piece
from edge.alerts.life import Origin, Report
from edge.analysis import CameraAnalysis, Outcome
from edge.config import CameraConfig
from edge.scenelog.form import SUFFIX
from edge.scenelog.header import Header
from edge.scenelog.writing import LogFile
from edge.video.file import FileSource
from edge.video.frame import Frame
from edge.vision.detector import Detector
from protocol.messages import Alert, EvidenceKind, encode

DEFAULT_START = datetime(2026, 1, 1, tzinfo=UTC)
"""When a clip is taken to begin unless told otherwise: fixed, so that the alerts are the same every time."""

SUFFIXES = {EvidenceKind.SNAPSHOT: "jpg", EvidenceKind.CLIP: "mp4", EvidenceKind.TRACKS: "json"}


@dataclass(frozen=True, slots=True)
class Replayed:
    """One analysed frame with what came of it; the last one of a clip may carry closing reports and no outcome."""

    frame: Frame | None
    outcome: Outcome | None
    reports: tuple[Report, ...]


class Replay:
    """One clip, one camera. Iterate once."""

    def __init__(
        self,
        clip: Path,
        camera: CameraConfig,
        detector: Detector,
        model: str,
        *,
        start: datetime = DEFAULT_START,
        node: str = "replay",
        every_frame: bool = False,
        explain: bool = False,
    ) -> None:
        """`explain`: as of `CameraAnalysis`. Raises SourceError if the clip cannot be opened."""
        self.source = FileSource(clip, camera.name, camera.video, start, masks=camera.painted, every_frame=every_frame)
        origin = Origin(node, camera.name, "replay", model, camera.fingerprint, __version__)
        self.header = Header.of(camera, detector.card, node=node, run=origin.salt, model=model, begins=start)
        """Of a log of its scenes."""
        self.analysis = CameraAnalysis(camera, detector, origin, self.source.ring, explain=explain)

    def __iter__(self) -> Iterator[Replayed]:
        for frame in self.source.frames():
            outcome = self.analysis.step(frame)
            yield Replayed(frame, outcome, outcome.reports)
        closing = self.analysis.close()
        if closing:
            yield Replayed(None, None, tuple(closing))


class ReplayFiles:
    """Writes what a replay finds into a folder: alerts.jsonl, the evidence by kind and hash, and scenes on request."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.alerts = folder / "alerts.jsonl"
        self.alerts.write_bytes(b"")

    def add(self, report: Report) -> None:
        """One revision."""
        with self.alerts.open("ab") as file:
            file.write(encode(report.alert) + b"\n")
        for piece in report.pieces:
            self._evidence(report.alert, piece).write_bytes(piece.data)

    def scenes(self, header: Header) -> LogFile:
        """A log beside the alerts, for `whatif` and `explain`; close it. Raises OSError."""
        return LogFile(self._folder / f"{header.camera}{SUFFIX}", header)

    def _evidence(self, alert: Alert, piece: Piece) -> Path:
        about = piece.about
        folder = self._folder / f"{about.kind}s".replace("trackss", "tracks")
        folder.mkdir(exist_ok=True)
        return folder / f"{alert.kind}-{alert.id}-{about.sha256[:12]}.{SUFFIXES[about.kind]}"
