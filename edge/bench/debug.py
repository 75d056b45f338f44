"""The annotated video for testers: what moved, was seen, is tracked, and why each rule did or did not raise."""

from collections import deque
from pathlib import Path
from zoneinfo import ZoneInfo

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.analysis import Outcome
from edge.bench.annotate import AnnotatedVideo, draw_places
from edge.bench.asking.chain import Asked, Link, Mark, RuleChain, Sight, Subject, subjects
from edge.bench.asking.words import condition_name
from edge.bench.panel import BAD, DIM, HEAD, PLAIN, Line, draw_panel, latin
from edge.config import CameraConfig
from edge.video.frame import Frame
from edge.vision.detector import Detections
from edge.vision.scene import Scene, Tracks
from protocol.sentences import sentence

LEAST_HEIGHT, MOST_HEIGHT = 360, 720
"""Pixels of the picture; others are shown larger or smaller, so that panel and picture fit each other."""
MOVING, UNSURE, TAIL, INVOLVED, CALM = (235, 170, 60), (180, 180, 180), (250, 250, 250), (90, 90, 255), (235, 235, 235)
TAIL_S, RECENT_S = 4.0, 1.0
SMALL = 0.4
MEASURED = frozenset({"size", "score", "speed", "path", "way", "votes", "count", "time"})
"""Conditions whose figures grow towards what is needed."""


class DebugVideo(AnnotatedVideo):
    """As its base, with motion, paths, unsure detections, and a panel of reasons at the right."""

    def __init__(self, path: Path, camera: CameraConfig, sure_score: float) -> None:
        """`sure_score`: from which a detection starts a track."""
        super().__init__(path, camera)
        self._rules = camera.build_rules()
        self._sight = Sight(sure_score, camera.tracker)
        self._zone = ZoneInfo(camera.timezone)
        self._scenes: deque[Scene] = deque()
        self._looked: tuple[Scene, Detections] | None = None
        self._first_at: float | None = None

    def _drawn(self, frame: Frame, outcome: Outcome) -> NDArray[np.uint8]:
        scene = outcome.scene
        self._first_at = scene.at.timestamp() if self._first_at is None else self._first_at
        self._remember(outcome)
        found = self._found(outcome)
        picture = _sized(frame.picture.bgr())
        _draw_motion(picture, outcome.moving)
        draw_places(picture, self._camera)
        _draw_names(picture, self._camera)
        self._draw_tails(picture)
        for subject in found:
            if subject.box is not None:
                _draw_subject(picture, subject)
        return np.hstack([picture, draw_panel(self._lines(scene, found), picture.shape[0])])

    def _remember(self, outcome: Outcome) -> None:
        self._scenes.append(outcome.scene)
        while (outcome.scene.at - self._scenes[0].at).total_seconds() > TAIL_S:
            self._scenes.popleft()
        if outcome.seen is not None:
            self._looked = (outcome.scene, outcome.seen)

    def _found(self, outcome: Outcome) -> list[Subject]:
        asked = [Asked(rule, traces) for rule, (_, traces) in zip(self._rules, outcome.judgement.traces, strict=True)]
        looked: tuple[Tracks, Detections] | None = None
        if self._looked and (outcome.scene.at - self._looked[0].at).total_seconds() <= RECENT_S:
            looked = (self._looked[0].tracks, self._looked[1])
        return subjects(outcome.scene, asked, self._sight, looked)

    def _draw_tails(self, picture: NDArray[np.uint8]) -> None:
        height, width = picture.shape[:2]
        now = set(self._scenes[-1].tracks.ids.tolist())
        tails: dict[int, list[tuple[int, int]]] = {}
        for scene in self._scenes:
            for track, (x, y) in zip(scene.tracks.ids.tolist(), scene.tracks.feet.tolist(), strict=True):
                tails.setdefault(track, []).append((round(x * width), round(y * height)))
        for track, points in tails.items():
            if track in now:
                cv2.polylines(picture, [np.array(points, np.int32)], False, TAIL, 1, cv2.LINE_AA)

    def _lines(self, scene: Scene, found: list[Subject]) -> list[Line]:
        since = scene.at.timestamp() - (self._first_at or 0.0)
        local = scene.at.astimezone(self._zone)
        looked = "detector looks" if scene.gate.look else "detector does not look"
        lines = [
            Line(f"{since:.1f} s    {local:%H:%M:%S}.{local.microsecond // 100_000}", DIM),
            Line(f"motion {100 * scene.gate.moved:.1f} %: {scene.gate.reason}, {looked}"),
        ]
        nobody = next(
            (subject for subject in found if subject.track == 0 and not subject.rules and not subject.box), None
        )
        if nobody is not None and nobody.failed is not None:
            lines.append(Line(f"nobody tracked: {_said(nobody.failed)}", BAD))
        for number, rule in enumerate(self._rules):
            name = f"{rule.name} - " if latin(rule.name) == rule.name else ""
            lines.append(Line(f"{number + 1} {name}{rule.kind.replace('_', ' ')}", HEAD))
            chains = [(subject, chain) for subject in found for chain in subject.rules if chain.number == number]
            # Who is nearest to an alert comes first: he is the one whom a tester asks about.
            chains.sort(key=lambda one: -_progress(one[1]))
            lines += _of_rule(chains) or [Line("nobody to judge", DIM, indent=1)]
        lines += [Line(_unsure(one), DIM) for one in found if one.track == 0 and one.box is not None]
        return lines


def _of_rule(chains: list[tuple[Subject, RuleChain]]) -> list[Line]:
    """What a rule says of everybody; those who fail alike, and by no figure, share a line."""
    lines: list[Line] = []
    alike: dict[str, list[str]] = {}
    for subject, chain in chains:
        who = _who(subject)
        failed = chain.failed
        if failed is None:
            time = next((link for link in chain.links if link.condition == "time"), None)
            lines.append(Line(f"{who} RAISED{f', {_said(time)}' if time else ''}", BAD, 1.0, 1))
        elif failed.condition in MEASURED:
            lines.append(Line(f"{who} {_said(failed)}", PLAIN, _share(failed), 1))
        else:
            alike.setdefault(_said(failed), []).append(who)
    return lines + [Line(f"{' '.join(who)} {said}", DIM, indent=1) for said, who in alike.items()]


def _who(subject: Subject) -> str:
    if subject.track == 0:
        return "picture"
    return f"#{subject.track}" if subject.track > 0 else f"thing {-subject.track}"


def _unsure(subject: Subject) -> str:
    """Why what the detector saw is not tracked."""
    seen = subject.links[1]
    score, need = seen.text.arguments["have"], seen.text.arguments["need"]
    why = "too unsure" if seen.mark is Mark.FAILED else "not seen often enough yet"
    return f"? {subject.label} {score} of {need}: {why}"


def _said(link: Link) -> str:
    text = sentence(link.text, "en")
    return f"{condition_name(link.condition, 'en').lower()}: {text[:1].lower()}{text[1:]}"


def _share(link: Link) -> float | None:
    """How much of what is needed is there, where both are figures."""
    try:
        have, need = float(link.text.arguments["have"]), float(link.text.arguments["need"])
    except (KeyError, ValueError):
        return None
    return have / need if need > 0 else None


def _progress(chain: RuleChain) -> float:
    passed = sum(link.mark is Mark.PASSED for link in chain.links) / max(1, len(chain.links))
    return passed + 0.01 * ((_share(chain.failed) or 0.0) if chain.failed else 1.0)


def _sized(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A copy whose height lies within the bounds, and is even."""
    height, width = picture.shape[:2]
    zoom = max(LEAST_HEIGHT / height, min(1.0, MOST_HEIGHT / height))
    size = (round(width * zoom) // 2 * 2, round(height * zoom) // 2 * 2)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _draw_motion(picture: NDArray[np.uint8], moving: NDArray[np.uint8] | None) -> None:
    """The gate's moving cells as a tint."""
    if moving is None or not moving.any():
        return
    height, width = picture.shape[:2]
    cells = cv2.resize(moving, (width, height), interpolation=cv2.INTER_NEAREST) > 0
    picture[cells] = (picture[cells] * 0.6 + np.array(MOVING) * 0.4).astype(np.uint8)


def _draw_names(picture: NDArray[np.uint8], camera: CameraConfig) -> None:
    height, width = picture.shape[:2]
    places = [(zone.name, min(zone.polygon, key=lambda corner: corner[1])) for zone in camera.zones]
    places += [(line.name, line.start) for line in camera.lines]
    for name, (x, y) in places:
        if latin(name) == name:
            _write(picture, name, (round(x * width) + 4, round(y * height) - 5), (200, 200, 200))


def _draw_subject(picture: NDArray[np.uint8], subject: Subject) -> None:
    height, width = picture.shape[:2]
    x1, y1, x2, y2 = subject.box or (0, 0, 0, 0)
    corners = (round(x1 * width), round(y1 * height)), (round(x2 * width), round(y2 * height))
    if subject.track == 0:
        cv2.rectangle(picture, *corners, UNSURE, 1)
        _write(picture, f"? {subject.links[1].text.arguments['have']}", (corners[0][0], corners[0][1] - 4), UNSURE)
        return
    colour = INVOLVED if any(chain.failed is None for chain in subject.rules) else CALM
    cv2.rectangle(picture, *corners, colour, 1 if subject.lost else 2)
    name = _who(subject)
    if subject.links:
        label = "" if subject.label == "person" else f" {subject.label}"
        name += f"{label} {subject.links[1].text.arguments.get('have', '')}"
    _write(picture, name, (corners[0][0], corners[0][1] - 4), colour)


def _write(picture: NDArray[np.uint8], text: str, at: tuple[int, int], colour: tuple[int, int, int]) -> None:
    """Text on a dark ground, moved into the picture where it would stick out."""
    (wide, high), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, SMALL, 1)
    x = min(max(2, at[0]), picture.shape[1] - wide - 2)
    y = min(max(high + 2, at[1]), picture.shape[0] - 3)
    ground = picture[y - high - 2 : y + 3, x - 2 : x + wide + 2]
    ground[:] = (ground * 0.35).astype(np.uint8)
    cv2.putText(picture, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, SMALL, colour, 1, cv2.LINE_AA)
