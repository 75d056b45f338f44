"""Every setting of a grid over every run of a log; what a rule does at one of its settings is worked out once."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from edge.alerts.life import alert_id
from edge.bench.events.footage import misfits
from edge.bench.events.matching import Event, Raised
from edge.bench.whatif.counting import Knowledge, Known, Row, count, raised
from edge.bench.whatif.dials import Dial, Setting, grid, turned, turned_rule
from edge.bench.whatif.rerunning import rerun
from edge.complaints import complaint
from edge.config import CameraConfig
from edge.documents import ConfigError
from edge.rules.finding import Finding
from edge.scenelog.reading import Run
from edge.truth import TrueEvents, read_truth
from protocol.kinds import Phase
from protocol.messages import RefusedMessage, Verdict, VerdictWord, parse

STORED = Setting(())


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it: a row for the settings as they were and one for each setting asked for."""

    camera: str
    begins: datetime
    ends: datetime
    rows: tuple[Row, ...]


@contextmanager
def undisturbed() -> Iterator[None]:
    """Without Python's collection of garbage, which takes a tenth of the time and finds none: nothing here refers to
    itself. For the program that does nothing else meanwhile.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def try_out(
    runs: Sequence[Run],
    cameras: Sequence[CameraConfig],
    dials: Sequence[Dial],
    tolerance_s: float,
    *,
    truth: Path | None = None,
    verdicts: Path | None = None,
) -> Tried:
    """`cameras`: of each run, its settings as stored. Raises DialError, LogError, ConfigError."""
    asked = list(dict.fromkeys(dial.rule for dial in dials))
    settings = _settings(dials, cameras)
    begins = runs[0].begins
    variants = _variants([STORED, *settings], asked)
    findings: dict[tuple[int, Setting], list[Raised]] = {variant: [] for variant in variants}
    judged: list[Known] = []
    words = _read_verdicts(verdicts) if verdicts is not None else {}
    for run, camera in zip(runs, cameras, strict=True):
        found = _over(run, camera, variants)
        for variant, of in found.items():
            findings[variant] += raised(of, begins)
        judged += _judged(run, camera, asked, found, begins, words)
    knowledge = Knowledge(tuple(judged), whole=False) if verdicts else None
    if truth is not None:
        knowledge = _known(truth, cameras[-1])
    places = _places(cameras[-1], asked)
    rows = []
    for setting in settings:
        alerts = [one for rule in asked for one in findings[rule, _part(setting, rule)]]
        alerts.sort(key=lambda alert: (alert.begin_s, alert.id))
        named = _named(setting, dials, cameras[-1])
        rows.append(count(named, alerts, knowledge, places, tolerance_s, stored=setting == STORED))
    return Tried(runs[0].header.camera, begins, max(run.ends for run in runs), tuple(rows))


def _part(setting: Setting, rule: int) -> Setting:
    """What of a setting concerns one rule."""
    return Setting(tuple(one for one in setting.turned if one[0] == rule))


def _settings(dials: Sequence[Dial], cameras: Sequence[CameraConfig]) -> list[Setting]:
    """The grid without what is stored already; the settings as they were go first if they are not in it."""

    def changes(setting: Setting, rule: int, field: str) -> bool:
        pairs = ((turned_rule(camera, rule, setting), camera.rules[rule]) for camera in cameras)
        return any(getattr(other, field) != getattr(stored, field) for other, stored in pairs)

    found = [Setting(tuple(one for one in setting.turned if changes(setting, *one[:2]))) for setting in grid(dials)]
    return found if STORED in found else [STORED, *found]


def _variants(settings: Sequence[Setting], rules: Sequence[int]) -> list[tuple[int, Setting]]:
    return list(dict.fromkeys((rule, _part(setting, rule)) for setting in settings for rule in rules))


def _over(
    run: Run, camera: CameraConfig, variants: Sequence[tuple[int, Setting]]
) -> dict[tuple[int, Setting], list[Finding]]:
    pairs = [(turned(camera, setting), rule) for rule, setting in variants]
    return dict(zip(variants, rerun(run, pairs), strict=True))


def _judged(
    run: Run,
    camera: CameraConfig,
    asked: Sequence[int],
    found: dict[tuple[int, Setting], list[Finding]],
    begins: datetime,
    words: dict[UUID, VerdictWord],
) -> list[Known]:
    """What staff said of the alerts as they were: each an event that began as long before as its rule waits."""
    known = []
    for number in asked if words else ():
        rule = camera.build_rules()[number]
        before_s = getattr(rule.settings, "after_s", 0.0)
        of = found[number, STORED]
        begun = {one.episode: one for one in of if one.phase is Phase.BEGIN}
        alerts = {alert.id: alert for alert in raised(of, begins)}
        for episode, finding in begun.items():
            header = run.header
            word = words.get(alert_id(header.run, header.node, header.camera, rule.fingerprint, finding))
            if word is None:
                continue
            alert = alerts[f"{finding.at.isoformat()}/{finding.rule}/{episode}"]
            end_s = alert.end_s if alert.end_s is not None else (run.ends - begins).total_seconds()
            event = Event(finding.kind, finding.zone, alert.begin_s - before_s, end_s)
            known.append(Known(event, word is VerdictWord.REAL))
    return known


def _known(truth: Path, camera: CameraConfig) -> Knowledge:
    events = read_truth(truth, TrueEvents).events
    problems = [
        complaint("eval.event", path=truth, number=number, problem=misfit)
        for number, event in enumerate(events)
        for misfit in misfits(event, camera)
    ]
    if problems:
        raise ConfigError(*problems)
    return Knowledge(tuple(Known(Event(e.kind, e.zone, e.start, e.end)) for e in events), whole=True)


def _read_verdicts(path: Path) -> dict[UUID, VerdictWord]:
    """Verdict messages, one a line; the last one of an alert counts. Raises ConfigError."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise ConfigError(complaint("whatif.verdicts_unreadable", path=path, why=error.strerror)) from None
    words = {}
    for number, line in enumerate(lines, 1):
        try:
            verdict = parse(Verdict, line)
        except RefusedMessage as error:
            raise ConfigError(complaint("whatif.no_verdict", path=path, line=number, why=str(error))) from None
        words[verdict.alert] = verdict.verdict
    return words


def _places(camera: CameraConfig, asked: Sequence[int]) -> list[tuple[Any, str | None]]:
    rules = camera.build_rules()
    return [
        (rules[n].kind, getattr(rules[n].settings, "zone", getattr(rules[n].settings, "line", None))) for n in asked
    ]


def _named(setting: Setting, dials: Sequence[Dial], camera: CameraConfig) -> dict[str, object]:
    """All dials' values at a setting, by rule.field; those not turned as they were."""
    values: dict[str, object] = {
        f"{dial.name}.{dial.field}": getattr(camera.rules[dial.rule], dial.field) for dial in dials
    }
    for rule, field, value in setting.turned:
        name = next(dial.name for dial in dials if dial.rule == rule)
        values[f"{name}.{field}"] = value
    return values
