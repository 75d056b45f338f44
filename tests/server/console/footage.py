"""Pictures and clips made for the tests: a place with one bright square that moves right, its box known exactly."""

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from hashlib import sha256

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from protocol.messages import Box, Evidence, EvidenceKind

Picture = NDArray[np.uint8]
"""(height, width, 3), RGB."""

WIDTH, HEIGHT, FPS = 640, 360, 25
SIDE = 60
ZONE = {"name": "bicycle shed", "polygon": [[0.35, 0.3], [0.9, 0.3], [0.95, 0.95], [0.3, 0.95]]}
LINE = {"name": "gate", "start": [0.1, 0.9], "end": [0.3, 0.4]}


@dataclass(frozen=True, slots=True)
class Piece:
    """Evidence with its bytes."""

    about: Evidence
    data: bytes


def box_at(seconds: float) -> Box:
    """Where the square is: from the left, 80 pixels a second, whole pixels, at a fixed height."""
    left = round(40 + 80 * seconds)
    return (left / WIDTH, 160 / HEIGHT, (left + SIDE) / WIDTH, (160 + SIDE) / HEIGHT)


def drawn(seconds: float) -> Picture:
    """The place at a moment, seconds after the clip's start."""
    rows = np.linspace(60, 25, HEIGHT, dtype=np.uint8)[:, None, None]
    picture = np.broadcast_to(rows, (HEIGHT, WIDTH, 3)).copy()
    picture[240:] = (52, 56, 50)
    left, top = round(box_at(seconds)[0] * WIDTH), 160
    picture[top : top + SIDE, left : left + SIDE] = 255
    return picture


def jpeg(picture: Picture) -> bytes:
    """The picture as JPEG."""
    done, data = cv2.imencode(".jpg", picture[:, :, ::-1])
    assert done
    return bytes(data.tobytes())


def mp4(pictures: Sequence[Picture], fps: int = FPS) -> bytes:
    """The pictures as H.264 in an MP4."""
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "crf": "20"})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt, stream.gop_size = "yuv420p", fps
        for index, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return target.getvalue()


def snapshot(picture: Picture, at: datetime) -> Piece:
    """A snapshot."""
    return _piece(EvidenceKind.SNAPSHOT, "image/jpeg", jpeg(picture), at, at)


def clip(pictures: Sequence[Picture], start: datetime, fps: int = FPS) -> Piece:
    """A clip whose first picture is of `start`."""
    end = start + timedelta(seconds=len(pictures) / fps)
    return _piece(EvidenceKind.CLIP, "video/mp4", mp4(pictures, fps), start, end)


def tracks(
    start: datetime,
    length_s: float,
    boxes: Callable[[float], Sequence[Box]],
    per_s: int = 5,
    things: Callable[[float], Sequence[Box]] = lambda _: (),
) -> Piece:
    """Tracks as the edge writes them: what `boxes` gives for seconds since the start, `per_s` times a second.

    `things`: what has no track.
    """
    seconds = [index / per_s for index in range(int(length_s * per_s) + 1)]
    frames = [
        {
            "at": (start + timedelta(seconds=second)).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "objects": [
                {"track": number, "label": "person", "score": 0.91, "box": box, "involved": number == 1}
                for number, box in enumerate(boxes(second), 1)
            ]
            + [
                {"track": -number, "label": "bag", "score": 1.0, "box": box, "involved": True}
                for number, box in enumerate(things(second), 1)
            ],
        }
        for second in seconds
    ]
    document = {
        "version": 1,
        "camera": "east-gate",
        "width": WIDTH,
        "height": HEIGHT,
        "zone": ZONE,
        "line": None,
        "frames": frames,
    }
    data = json.dumps(document, ensure_ascii=False).encode()
    return _piece(EvidenceKind.TRACKS, "application/json", data, start, start + timedelta(seconds=length_s))


def _piece(kind: EvidenceKind, media_type: str, data: bytes, start: datetime, end: datetime) -> Piece:
    about = {"kind": kind, "media_type": media_type, "sha256": sha256(data).hexdigest(), "size": len(data)}
    return Piece(Evidence.model_validate({**about, "from": start, "to": end}), data)
