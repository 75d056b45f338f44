"""Made-up tampering of every clip, and its harmless twins, through the sense and the rule."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from edge.rules.base import Place
from edge.rules.tamper import Tamper, TamperSettings
from edge.video.frame import Frame
from edge.video.picture import Picture
from edge.vision.gate import Decision, Reason
from edge.vision.scene import Scene, Tracks
from edge.vision.senses.view import ViewSense
from protocol.kinds import Phase
from tools.bench.footage import CLIPS, need
from tools.bench.mischief import MISCHIEF, TWINS, Effect, Moment, Pixels
from tools.bench.result import Figure, Result, Table, at_least, at_most

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 1, 1, tzinfo=UTC)
FPS, WIDTH = 5, 480
REMARKS = (
    "Dimmed: person-bicycle-car is dark as it is, and at a third of its light a quarter of its detail is left, as "
    "under a cloth. That its edges are in place would tell it apart, but thin paint leaves them in place, too.",
    "Smeared at once, a quarter still clear: found where half of what there was to recognise is blank. Paint that "
    "comes slowly and leaves a part clear is learnt as the view, as a parked lorry is.",
)
LATE_S = 8.0
"""An alert that begins later than this after the beginning has not found it."""
SETTINGS = TamperSettings(frozen_s=6.0)
"""Its defaults; only that a repeated picture is told sooner, for a clip of half a minute."""


@dataclass(frozen=True, slots=True)
class Course:
    """How long a clip plays before something is done to it, while, and after; seconds."""

    calm_s: float = 12.0
    wrong_s: float = 15.0
    after_s: float = 6.0

    @property
    def pictures(self) -> int:
        """All in all."""
        return int((self.calm_s + self.wrong_s + self.after_s) * FPS)


@dataclass(frozen=True, slots=True)
class Said:
    """An alert: when it began, seconds, and what it named."""

    at_s: float
    cause: str


COURSE = Course()


def pictures(clip: Path) -> list[Pixels]:
    """Up to twelve seconds of a clip, `FPS` a second and `WIDTH` wide."""
    found: list[Pixels] = []
    with av.open(str(clip)) as container:
        for frame in container.decode(video=0):
            if frame.time is not None and frame.time * FPS >= len(found):
                found.append(_shaped(frame.to_ndarray(format="bgr24"), WIDTH, _rows(frame)))
            if len(found) >= 12 * FPS:
                break
    return found


def _rows(frame: av.VideoFrame) -> int:
    return round(frame.height * WIDTH / frame.width) // 2 * 2


def to_and_fro(found: list[Pixels]) -> Iterator[Pixels]:
    """Without end and without a jump."""
    while True:
        yield from found
        yield from found[-2:0:-1]


def played(
    found: list[Pixels],
    effect: Effect | None,
    other: Pixels,
    seed: int,
    course: Course = COURSE,
    settings: TamperSettings = SETTINGS,
) -> list[Said]:
    """The alerts of a clip with something done to it for a while."""
    sense, rule, chance = ViewSense(), Tamper(settings, Place("bench", {}, {})), np.random.default_rng(seed)
    first: Pixels | None = None
    said: list[Said] = []
    for index, original in zip(range(course.pictures), to_and_fro(found), strict=False):
        since_s = index / FPS - course.calm_s
        picture = original
        if effect is not None and 0 <= since_s < course.wrong_s:
            first = picture if first is None else first
            picture = effect(picture, Moment(since_s, first, other), chance)
        at = START + timedelta(seconds=index / FPS)
        frame, gate = Frame("bench", index, at, Picture.of_array(picture)), Decision(Reason.QUIET)
        view = sense.measure(frame, Tracks.none(), gate)
        step = rule.step(Scene("bench", index, at, Tracks.none(), gate, 0, (view,)))
        said += [
            Said(index / FPS, str(finding.reason.arguments["cause"]).removeprefix("tamper."))
            for finding in step.findings
            if finding.phase is Phase.BEGIN
        ]
    return said


def bench() -> Result:
    """Each clip untouched, with each mischief and with each twin."""
    need(CLIPS)
    clips = sorted(CLIPS.glob("*.mp4")) + sorted((ROOT / "footage").glob("*.mp4"))
    clips = [clip for clip in clips if clip.stem != "tampered"]
    found = {clip.stem: pictures(clip) for clip in clips}
    names = list(found)
    rows: list[tuple[str, ...]] = []
    hits = misses = late = false = named = 0
    for name, (effect, cause) in MISCHIEF.items():
        missed: list[str] = []
        extra = right = 0
        for place, clip in enumerate(names):
            said = played(
                found[clip],
                effect,
                _shaped(found[names[place - len(names) // 2]][0], *found[clip][0].shape[1::-1]),
                place,
            )
            at = [one for one in said if 0 <= one.at_s - COURSE.calm_s <= LATE_S]
            missed += [] if at else [clip]
            extra += len(said) - bool(at)
            right += bool(at) and at[0].cause == cause
        hits, misses, late, named = hits + len(names) - len(missed), misses + len(missed), late + extra, named + right
        rows.append((name, f"{len(names) - len(missed)} of {len(names)}", str(right), str(extra), ", ".join(missed)))
    twins = [("nothing done", None), *TWINS.items()]
    for name, twin in twins:
        said_of = {clip: played(found[clip], twin, found[clip][0], place) for place, clip in enumerate(names)}
        count = sum(map(len, said_of.values()))
        false += count
        rows.append((name, "–", "–", str(count), ", ".join(clip for clip, alerts in said_of.items() if alerts)))
    f1 = 2 * hits / max(1, 2 * hits + misses + late + false)
    figures = (
        Figure("F1 of made-up tampering", f1, "", at_least(0.95)),
        Figure("false alerts from headlights, night, rain and other twins", false, "", at_most(0)),
        Figure("alerts of tampering that came late or a second time", late),
        Figure("alerts that name the right cause", named / max(1, hits)),
    )
    real = len(list(CLIPS.glob("*.mp4")))
    given = (
        f"{len(names)} clips ({real} of them real), {COURSE.calm_s:g} s untouched, {COURSE.wrong_s:g} s changed, "
        f"{COURSE.after_s:g} s untouched, {FPS} pictures a second, rule with its defaults (frozen after "
        f"{SETTINGS.frozen_s:g} s). Found: an alert within {LATE_S:g} s."
    )
    head = ("what is done", "found", "cause named", "false alerts", "clips missed or falsely raised")
    table = Table("By kind", head, tuple(rows))
    return Result("Tampering, and what only looks like it", given, figures, (table,), REMARKS)


def _shaped(picture: NDArray[Any], width: int, height: int) -> Pixels:
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
