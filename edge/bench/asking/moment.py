"""A moment of a stored log: its scene, what each rule says of it, and which alerts are open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from edge.bench.asking.chain import Asked, Sight, Subject, subjects
from edge.bench.asking.errors import AskError
from edge.bench.asking.times import clock
from edge.bench.whatif.rerunning import OneRule
from edge.complaints import Complaint, complaint
from edge.config import CameraConfig
from edge.rules.base import Rule
from edge.rules.finding import Finding
from edge.scenelog.block import Block
from edge.scenelog.reading import Run, StoredBlock
from edge.vision.scene import Scene
from protocol.kinds import Phase

RECENT = timedelta(seconds=1)
"""What the detector saw stands for so long, while it does not look."""
LONGEST_GAP = timedelta(seconds=5)
"""A moment so long after the last scene was not watched."""
TAIL = timedelta(seconds=4)
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert that is open at a moment: its rule and how it began."""

    rule: Rule[Any]
    begin: Finding


@dataclass(frozen=True, slots=True)
class Answer:
    """All that is said of a moment."""

    camera: CameraConfig
    scene: Scene
    since: timedelta
    """From the beginning of what was asked."""
    subjects: tuple[Subject, ...]
    alerts: tuple[OpenAlert, ...]
    tails: Mapping[int, Sequence[Point]]
    """Where each track's foot point was in the last seconds."""
    of_other_rules: Complaint | None = None
    """Why rules may have judged otherwise then."""


def ask(runs: Sequence[Run], at: datetime | timedelta, track: int | None = None) -> Answer:
    """Why, at a moment (its time, or since the first run's beginning). Raises AskError, LogError."""
    begins = runs[0].begins
    moment = begins + at if isinstance(at, timedelta) else at
    run = next((run for run in reversed(runs) if run.begins <= moment), runs[0])
    _check_within(runs, run, moment)
    camera = run.header.camera_config()
    rules = [OneRule(camera, number) for number in range(len(camera.rules))]
    block, number, before = _go_to(run, moment, rules)
    scene = block.scene(number)
    if moment - scene.at > LONGEST_GAP:
        last = clock(scene.at - begins)
        raise AskError(complaint("explain.not_watched", moment=_named(moment, begins), last=last))
    asked = [Asked(one.rule, one.ask(scene)) for one in rules]
    raw = block.raw()
    recent = [of for of in raw if of <= number and scene.at - block.scene(of).at <= RECENT]
    sight = Sight(run.header.sure_score, camera.tracker)
    looked = (block.scene(recent[-1]).tracks, raw[recent[-1]]) if recent else None
    found = subjects(scene, asked, sight, looked, kept=number in raw)
    if track is not None:
        found = [subject for subject in found if subject.track == track]
        if not found:
            raise AskError(_no_track(run, track, scene, begins))
    alerts = tuple(
        OpenAlert(one.rule, finding) for one in rules for finding in _open(one.findings[one.anew_from :], scene.at)
    )
    tails = _tails(before, block, number)
    return Answer(camera, scene, scene.at - begins, tuple(found), alerts, tails, run.header.of_other_rules)


def _check_within(runs: Sequence[Run], run: Run, moment: datetime) -> None:
    begins, ends = runs[0].begins, max(run.ends for run in runs)
    first = next(run.blocks()).first
    if not min(begins, first) <= moment <= ends + LONGEST_GAP / 10:
        start, length = f"{begins:%Y-%m-%d %H:%M:%S}", clock(ends - begins)
        raise AskError(complaint("explain.not_in_it", moment=_named(moment, begins), begins=start, length=length))


def _go_to(run: Run, moment: datetime, rules: Sequence[OneRule]) -> tuple[Block, int, Block | None]:
    """Show the rules everything before a moment's scene; its block, its number in it, and the block before."""
    blocks = list(run.blocks())
    numbers = [n for n, stored in enumerate(blocks) if stored.outline.scenes]
    if not numbers:
        raise AskError(complaint("explain.no_scenes"))
    begun = [n for n in numbers if blocks[n].first <= moment]
    lasting = [n for n in begun if moment <= blocks[n].last + LONGEST_GAP]  # not those after the clock was set back
    last = max(lasting or begun or numbers[:1])
    for stored in blocks[:last]:
        _show(stored, rules)
    _keep_time(blocks[last], rules)
    here, before = blocks[last], blocks[max((n for n in numbers if n < last), default=last)]
    block = here.unpacked()
    number = max((n for n in range(len(block)) if block.scene(n).at <= moment), default=0)
    for one in rules:
        one.show(block, number)
    return block, number, before.unpacked(with_readings=False) if before is not here else None


def _keep_time(stored: StoredBlock, rules: Sequence[OneRule]) -> None:
    for one in rules:
        one.keep_time_with(stored)


def _show(stored: StoredBlock, rules: Sequence[OneRule]) -> None:
    _keep_time(stored, rules)
    awake = [one for one in rules if not one.may_skip(stored)]
    if awake:
        block = stored.unpacked(with_readings=any(one.rule.senses for one in awake))
        for one in awake:
            one.show(block)


def _open(findings: Sequence[Finding], at: datetime) -> list[Finding]:
    """Begins of alerts that are open at a time, or that began and ended with it."""
    begun: dict[int, Finding] = {}
    for finding in findings:
        if finding.phase is Phase.BEGIN:
            begun[finding.episode] = finding
        elif finding.phase is Phase.END and begun.get(finding.episode, finding).at != at:
            begun.pop(finding.episode, None)
    return list(begun.values())


def _no_track(run: Run, track: int, scene: Scene, begins: datetime) -> Complaint:
    """Whether it was there at another time, or never."""
    times = []
    for stored in run.blocks():
        block = stored.unpacked(with_readings=False) if stored.outline.rows else None
        if block is not None and (block.tracks.ids == track).any():
            times += [one.at for n in range(len(block)) if track in (one := block.scene(n)).tracks.ids.tolist()]
    here = [str(one) for one in scene.tracks.ids.tolist()] or complaint("none")
    when = clock(scene.at - begins)
    if not times:
        return complaint("explain.never_tracked", track=track, moment=when, here=here)
    first, last = clock(times[0] - begins), clock(times[-1] - begins)
    return complaint("explain.not_in_view", track=track, moment=when, first=first, last=last, here=here)


def _tails(before: Block | None, block: Block, number: int) -> dict[int, list[Point]]:
    at = block.scene(number).at
    scenes = [before.scene(n) for n in range(len(before))] if before else []
    scenes += [block.scene(n) for n in range(number + 1)]
    tails: dict[int, list[Point]] = {}
    for scene in scenes:
        if at - scene.at <= TAIL:
            for track, (x, y) in zip(scene.tracks.ids.tolist(), scene.tracks.feet.tolist(), strict=True):
                tails.setdefault(track, []).append((x, y))
    return tails


def _named(moment: datetime, begins: datetime) -> str:
    since = moment - begins
    return clock(since) if since >= timedelta() else f"{moment:%Y-%m-%d %H:%M:%S} UTC"
