"""Annotated video of a replay: zones, lines, boxes with ids, and which alerts are open."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from edge.analysis import Outcome
from edge.config import CameraConfig
from edge.video.encoding import H264_OPTIONS
from edge.video.frame import Frame
from protocol.kinds import Phase

ZONE, LINE, CALM, INVOLVED = (190, 150, 40), (40, 190, 230), (190, 190, 190), (60, 60, 235)
"""BGR."""
CLOCK = Fraction(1, 1000)


class AnnotatedVideo:
    """An MP4 of the analysed frames at their own times. Close it, or use it in a with statement."""

    def __init__(self, path: Path, camera: CameraConfig) -> None:
        self._camera = camera
        self._container = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        self._stream: Any = None
        self._first_s = 0.0
        self._involved: dict[str, frozenset[int]] = {}

    def __enter__(self) -> "AnnotatedVideo":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, frame: Frame, outcome: Outcome) -> None:
        """Draw and encode one analysed frame."""
        self._note(outcome)
        self._encode(self._drawn(frame, outcome), frame)

    def close(self) -> None:
        """Finish the file."""
        if self._stream is not None:
            self._container.mux(self._stream.encode(None))
        self._container.close()

    def _drawn(self, frame: Frame, outcome: Outcome) -> NDArray[np.uint8]:
        picture = frame.picture.bgr().copy()
        draw_places(picture, self._camera)
        self._draw_tracks(picture, outcome)
        return picture

    def _note(self, outcome: Outcome) -> None:
        for rule, finding in outcome.judgement.findings:
            key = f"{rule.fingerprint}/{finding.episode}"
            if finding.phase is Phase.END:
                self._involved.pop(key, None)
            else:
                self._involved[key] = frozenset(finding.objects)

    def _draw_tracks(self, picture: NDArray[np.uint8], outcome: Outcome) -> None:
        height, width = picture.shape[:2]
        tracks = outcome.scene.tracks
        involved = frozenset().union(*self._involved.values()) if self._involved else frozenset()
        for row, track in enumerate(tracks.ids.tolist()):
            x1, y1, x2, y2 = (tracks.boxes[row] * [width, height, width, height]).astype(int).tolist()
            colour = INVOLVED if track in involved else CALM
            cv2.rectangle(picture, (x1, y1), (x2, y2), colour, 2)
            text = f"{track} {tracks.labels[row]} {tracks.scores[row]:.2f}"
            cv2.putText(picture, text, (x1, max(12, y1 - 4)), cv2.FONT_HERSHEY_SIMPLEX, 0.45, colour, 1, cv2.LINE_AA)

    def _encode(self, picture: NDArray[np.uint8], frame: Frame) -> None:
        if self._stream is None:
            self._first_s = frame.at.timestamp()
            self._stream = self._container.add_stream("libx264", rate=30, options=H264_OPTIONS)
            self._stream.width, self._stream.height = picture.shape[1] // 2 * 2, picture.shape[0] // 2 * 2
            self._stream.pix_fmt = "yuv420p"
            self._stream.codec_context.time_base = CLOCK
        video = av.VideoFrame.from_ndarray(picture, format="bgr24")
        video.pts, video.time_base = round((frame.at.timestamp() - self._first_s) / CLOCK), CLOCK
        self._container.mux(self._stream.encode(video))


def draw_places(picture: NDArray[np.uint8], camera: CameraConfig) -> None:
    """Zones and lines of a camera, in place; a tick on a line points to its right side."""
    height, width = picture.shape[:2]
    scale = np.array([width, height])
    for zone in camera.zones:
        corners = (np.array(zone.polygon) * scale).astype(np.int32)
        cv2.polylines(picture, [corners], isClosed=True, color=ZONE, thickness=2, lineType=cv2.LINE_AA)
    for line in camera.lines:
        start, end = np.array(line.start) * scale, np.array(line.end) * scale
        middle, along = (start + end) / 2, end - start
        right = middle + np.array([-along[1], along[0]]) / max(1.0, float(np.hypot(*along))) * 16
        for a, b in ((start, end), (middle, right)):
            cv2.line(picture, _pixel(a), _pixel(b), LINE, 2, cv2.LINE_AA)


def _pixel(point: NDArray[np.float64]) -> tuple[int, int]:
    return int(point[0]), int(point[1])
