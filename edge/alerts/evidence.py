"""Evidence of an alert: a snapshot, a clip from the packet ring, and the tracks to draw over it.

The tracks are JSON: {version, camera, width, height, zone, line, frames: [{at, objects: [{track, label, score, box,
involved}]}]} with boxes 0..1 and UTC times, so that a player can draw them in step with the clip. What has no track,
as a bag that stands there, is among the objects with a number below 0.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import numpy as np

from edge.rules.finding import Thing
from edge.video.clip import cut_clip
from edge.video.frame import Frame
from edge.video.jpeg import jpeg
from edge.video.ring import PacketRing
from edge.vision.scene import Scene
from protocol.messages import Evidence, EvidenceKind, Line, Zone


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence with its bytes."""

    about: Evidence
    data: bytes


def snapshot(frame: Frame, quality: int) -> Piece:
    """The frame as JPEG, privacy masks painted in."""
    data = jpeg(frame.picture.bgr(), quality)
    return _piece(EvidenceKind.SNAPSHOT, "image/jpeg", data, frame.at, frame.at, reencoded=True)


def clip(ring: PacketRing, start: datetime, end: datetime, moment: datetime | None = None) -> Piece | None:
    """The camera's own packets from the key frame at or before `start`; None if the ring has nothing of that time.

    `moment`: what it is to show where the stream broke off in between; `start` if it is None.
    """
    cut = cut_clip(ring, start, end, moment)
    if cut is None:
        return None
    return _piece(
        EvidenceKind.CLIP, "video/mp4", cut.data, cut.start, cut.end, reencoded=cut.reencoded, masks=cut.masks
    )


ThingsSince = tuple[datetime, Sequence[Thing]]
"""From when on which things without a track are involved, until the next such."""


def tracks(
    scenes: Iterable[Scene],
    involved: frozenset[int],
    size: tuple[int, int],
    zone: Zone | None,
    line: Line | None,
    things: Sequence[ThingsSince] = (),
) -> Piece | None:
    """Who was where in the scenes, and the `things` of that time, oldest first; None if there are no scenes."""
    kept = list(scenes)
    if not kept:
        return None
    document = {
        "version": 1,
        "camera": kept[0].camera,
        "width": size[0],
        "height": size[1],
        "zone": zone.model_dump(mode="json") if zone else None,
        "line": line.model_dump(mode="json") if line else None,
        "frames": [_frame(scene, involved, _things_at(scene.at, things)) for scene in kept],
    }
    data = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return _piece(EvidenceKind.TRACKS, "application/json", data, kept[0].at, kept[-1].at)


def _things_at(at: datetime, things: Sequence[ThingsSince]) -> Sequence[Thing]:
    return next((shown for since, shown in reversed(things) if since <= at), ())


def _frame(scene: Scene, involved: frozenset[int], things: Sequence[Thing]) -> dict[str, Any]:
    tracks = scene.tracks
    scores, boxes = tracks.scores.astype(np.float64).round(3), tracks.boxes.astype(np.float64).round(4)
    columns = zip(tracks.ids.tolist(), tracks.labels, scores.tolist(), boxes.tolist(), strict=True)
    return {
        "at": scene.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "objects": [
            {
                "track": track,
                "label": label,
                "score": score,
                "box": box,
                "involved": track in involved,
            }
            for track, label, score, box in columns
        ]
        + [
            {
                "track": -number,
                "label": thing.label,
                "score": round(thing.score, 3),
                "box": [round(min(1.0, max(0.0, value)), 4) for value in thing.box],
                "involved": True,
            }
            for number, thing in enumerate(things, 1)
        ],
    }


def _piece(
    kind: EvidenceKind,
    media_type: Literal["image/jpeg", "video/mp4", "application/json"],
    data: bytes,
    start: datetime,
    end: datetime,
    *,
    reencoded: bool = False,
    masks: tuple[str, ...] = (),
) -> Piece:
    about = Evidence(
        sha256=hashlib.sha256(data).hexdigest(),
        kind=kind,
        media_type=media_type,
        size=len(data),
        from_=start,
        to=end,
        reencoded=reencoded,
        masks=masks,
    )
    return Piece(about, data)
