"""A site as it looks after a busy hour: alerts of many kinds and states, of real footage where the machine has some."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import av
import cv2
import numpy as np

from protocol.kinds import SEVERITY_OF, Kind, Phase, Severity
from protocol.messages import Alert, Box, Health, Rations, SeenObject, Text, VerdictWord
from protocol.topics import Channel
from server.clock import utc_now
from tests.conftest import REPOSITORY
from tests.server.console import footage
from tests.server.console.footage import Picture, Piece
from tests.server.console.site import Site, health, statue

CLIPS = REPOSITORY.parent / "shared" / "data" / "clips"
REAL = (("person-bicycle-car.mp4", 4.0), ("one-by-one.mp4", 8.0), ("night-driveway-ir.mp4", 1.0))
"""Clips, and the second where something happens."""
LENGTH_S = 10
FPS = 12
KINDS = (
    Kind.LOITERING,
    Kind.CROWD,
    Kind.LINE_CROSSING,
    Kind.FIRE_SMOKE,
    Kind.INTRUSION,
    Kind.FALL,
    Kind.LINE_CROSSING,
    Kind.LOITERING,
    Kind.INTRUSION,
)
RATIONS = Rations(analysed_per_s=2.5, of_per_s=5, smaller_picture=True, paused=("bicycle shed 自行车棚",))
ON_ITS_WAY = 7
"""Which alert's clip has not arrived."""
ENDED = 2
"""Which alert's rule was snoozed, and is not any more."""
EXCEPTED, REFUSED = 3, 0
"""Which alerts were called false and brought an exception about, and would have."""
REASONS = {
    Kind.LINE_CROSSING: Text(
        id="reason.line_crossing.begin",
        arguments={"label": "label.bicycle", "zone": "gate", "towards": "towards.right"},
    ),
    Kind.LOITERING: Text(
        id="reason.loitering.begin",
        arguments={"label": "label.person", "zone": "bicycle shed", "dwell_s": 64.0, "limit_s": 60.0},
    ),
}
ENTERED = Text(
    id="reason.intrusion.begin",
    arguments={"label": "label.person", "zone": "bicycle shed", "dwell_s": 0.6, "limit_s": 0.5},
)


@dataclass(frozen=True, slots=True)
class Scene:
    """Pictures, FPS of them a second, and the boxes of what moves in each."""

    pictures: Sequence[Picture]
    boxes: Sequence[Sequence[Box]]

    def boxes_at(self, seconds: float) -> Sequence[Box]:
        """What is seen so long after the start."""
        return self.boxes[min(len(self.boxes) - 1, int(seconds * FPS))]


@dataclass(frozen=True, slots=True)
class Filled:
    """Alerts of a busy site that have something to show."""

    newest: Alert
    on_its_way: Alert
    """Of which the clip has not arrived; its rule is snoozed."""
    excepted: Alert
    """It brought an exception about."""
    refused: Alert
    """It would have, had that not hidden what was called real."""


def fill(site: Site, films: Sequence[Scene]) -> Filled:
    """Nine alerts, four with a verdict, what those taught, two snoozes, short rations and a refused message."""
    sent = [_send(site, index, kind, films[index % len(films)]) for index, kind in enumerate(KINDS)]
    site.node.publishes(Channel.ALERTS, b"{not json")
    with site.live.browser() as person:
        for index, word, note in (
            (8, "real", "巡逻队已前往"),
            (5, "real", ""),
            (EXCEPTED, "false", "猫"),
            (REFUSED, "false", ""),
        ):
            verdict = {"verdict": VerdictWord(word), "note": note}
            person.post(f"/api/v1/alerts/{sent[index].id}/verdict", json=verdict).raise_for_status()
        snooze = {"span": "8h", "reason": "园丁在修剪树枝，下午完工 Branches are being cut"}
        ended = person.post(f"/api/v1/alerts/{sent[ENDED].id}/snooze", json=snooze).raise_for_status().json()
        person.post(f"/api/v1/snoozes/{ended['id']}/end").raise_for_status()
        person.post(f"/api/v1/alerts/{sent[ON_ITS_WAY].id}/snooze", json=snooze).raise_for_status()
    site.sends(site.box.alert("snoozed", utc_now(), camera="yard", kind=Kind.LOITERING, severity=Severity.LOW))
    site.node.publishes(Channel.HEALTH, on_rations(site.box.name))
    teach(site, sent)
    return Filled(sent[-1], sent[ON_ITS_WAY], sent[EXCEPTED], sent[REFUSED])


def teach(site: Site, sent: Sequence[Alert]) -> None:
    """The gate's rules have a place excepted, one proposed, one that was taken back on the node, and one not made."""
    gone = statue(sent[6], id="1" * 12, box=(0.1, 0.6, 0.2, 0.9))
    site.has_learnt(gone)
    site.has_learnt(
        statue(sent[EXCEPTED]),
        statue(sent[6], id="0" * 12, kind="score", box=None, score=0.42, label="bicycle", of=0, proposed=True),
        refused=[statue(sent[REFUSED], box=(0.7, 0.3, 0.8, 0.7), would_have_hidden=2)],
    )


def on_rations(node: str) -> Health:
    """A node that cannot keep up."""
    said = health(node, utc_now())
    first, *others = said.cameras
    return said.model_copy(update={"cameras": (first.model_copy(update={"rations": RATIONS}), *others)})


def scenes() -> list[Scene]:
    """Real ones beside the checkout, else the drawn place at three moments."""
    if not CLIPS.is_dir():
        return [drawn(shift_s, LENGTH_S // 2) for shift_s in range(3)]
    films = [real_pictures(name, start_s) for name, start_s in REAL]
    return [Scene(pictures, moving_boxes(pictures)) for pictures in films]


def drawn(from_s: float, length_s: float) -> Scene:
    """The drawn place from a moment on."""
    seconds = [from_s + index / FPS for index in range(int(length_s * FPS))]
    return Scene([footage.drawn(s) for s in seconds], [[footage.box_at(s)] for s in seconds])


def real_pictures(name: str, start_s: float) -> list[Picture]:
    """Some seconds of a real clip."""
    pictures: list[Picture] = []
    with av.open(str(CLIPS / name)) as container:
        next_s = start_s
        for frame in container.decode(video=0):
            if frame.time is not None and frame.time >= next_s:
                pictures.append(frame.reformat(640, 360, format="rgb24").to_ndarray().astype(np.uint8))
                next_s += 1 / FPS
            if len(pictures) == LENGTH_S * FPS:
                break
    return pictures


def moving_boxes(pictures: Sequence[Picture]) -> list[list[Box]]:
    """The two largest things that move in each picture, by background subtraction."""
    background = cv2.createBackgroundSubtractorMOG2(history=60, detectShadows=False)
    found: list[list[Box]] = []
    for picture in [*pictures[::4], *pictures]:
        mask = cv2.morphologyEx(background.apply(picture), cv2.MORPH_CLOSE, np.ones((25, 9), np.uint8))
        contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        boxes: list[Box] = []
        for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:2]:
            x, y, width, height = cv2.boundingRect(contour)
            if cv2.contourArea(contour) > 500:
                boxes.append((x / 640, y / 360, (x + width) / 640, (y + height) / 360))
        found.append(boxes)
    return found[-len(pictures) :]


def _send(site: Site, index: int, kind: Kind, scene: Scene) -> Alert:
    began = utc_now() - timedelta(minutes=(len(KINDS) - 1 - index) * 11, seconds=20)
    middle_s = len(scene.pictures) // 2 / FPS
    if index == ON_ITS_WAY:  # its own bytes: what another alert brought is here for this one too
        scene = Scene(scene.pictures[:-2], scene.boxes)
    pieces = _pieces(scene, began, middle_s)
    goes_on = index % 4 == 0
    seen = enumerate(scene.boxes_at(middle_s), 1)
    alert = site.box.alert(
        f"picture {index}",
        began - timedelta(milliseconds=500),  # the example's revision is half a second later
        began_at=began,
        camera=("east-gate", "yard", "lift-3")[index % 3],
        kind=kind,
        severity=SEVERITY_OF[kind],
        phase=Phase.BEGIN if goes_on else Phase.END,
        ended_at=None if goes_on else began + timedelta(seconds=4),
        zone="gate" if kind is Kind.LINE_CROSSING else "bicycle shed",
        reason=REASONS.get(kind, ENTERED),
        objects=tuple(SeenObject(track=number, label="person", score=0.87, box=box) for number, box in seen),
        evidence=tuple(piece.about for piece in pieces),
        uncertainty_ms=40,
        rations=RATIONS if index == len(KINDS) - 1 else None,
    )
    return site.sends(alert, *(pieces[:1] if index == ON_ITS_WAY else pieces))


def _pieces(scene: Scene, began: datetime, middle_s: float) -> tuple[Piece, ...]:
    start = began - timedelta(seconds=middle_s)
    return (
        footage.snapshot(scene.pictures[int(middle_s * FPS)], began),
        footage.clip(scene.pictures, start, FPS),
        footage.tracks(start, len(scene.pictures) / FPS, scene.boxes_at),
    )
