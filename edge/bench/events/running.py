"""Replays scenes, several at a time, each in a process of its own; what comes out does not depend on how many."""

import multiprocessing
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from edge.bench.events.footage import FilmedScene
from edge.bench.events.judging import JudgedScene, judge
from edge.bench.events.matching import Raised
from edge.bench.replay import DEFAULT_START, Replay
from edge.config import CameraConfig, classes_of
from edge.node import model_name
from edge.vision.card import ModelCard
from edge.vision.detector import OnnxDetector
from protocol.messages import Alert

LOOK_EVERY_S = 0.2
"""How often the progress of other processes is read."""

Told = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Setup:
    """What all scenes are replayed with."""

    card: ModelCard
    weights: Path
    tolerance_s: float
    threads: int = 1
    every_frame: bool = False
    start: datetime = DEFAULT_START
    """When every clip is taken to begin, for rules with a schedule."""


def run(scenes: Sequence[FilmedScene], setup: Setup, jobs: int, told: Told = lambda _: None) -> list[JudgedScene]:
    """Replay and judge all scenes, `jobs` at a time, in the order given; `told` hears how many seconds are done.

    Raises what a replay raises: ModelError, SourceError.
    """
    jobs = min(jobs, len(scenes))
    if jobs > 1:
        return _in_processes(scenes, setup, jobs, told)
    judged: list[JudgedScene] = []
    before_s = 0.0
    for scene in scenes:
        judged.append(play(scene, setup, partial(_told_since, told, before_s)))
        before_s += scene.seconds
        told(before_s)
    return judged


def _told_since(told: Told, before_s: float, done_s: float) -> None:
    told(before_s + done_s)


def play(scene: FilmedScene, setup: Setup, told: Told = lambda _: None) -> JudgedScene:
    """Replay one scene and judge its alerts; `told` hears the clip's time, in seconds, as it goes on.

    Where the camera has no rule nothing can be found, and nothing is replayed.
    """
    if not scene.camera.rules:
        seconds, name, camera = scene.seconds, scene.name, scene.camera.fingerprint
        return judge(name, camera, round(seconds, 3), (), scene.events, (), setup.tolerance_s)
    detector = OnnxDetector(setup.card, setup.weights, threads=setup.threads, only=classes_of([scene.camera]))
    model = model_name(setup.card)
    replay = Replay(scene.clip, scene.camera, detector, model, start=setup.start, every_frame=setup.every_frame)
    first: dict[str, Alert] = {}
    last: dict[str, Alert] = {}
    seconds = 0.0
    for step in replay:
        if step.frame is not None:
            seconds = _since(setup.start, step.frame.at)
            told(seconds)
        for report in step.reports:
            first.setdefault(str(report.alert.id), report.alert)
            last[str(report.alert.id)] = report.alert
    waits = waits_of(scene.camera)
    alerts = [_raised(alert, last[id_], setup.start, waits) for id_, alert in first.items()]
    why = None if replay.source.ended_because is None else replay.source.ended_because.said
    kinds = frozenset(rule.kind for rule in scene.camera.build_rules())
    length = seconds if why or not scene.seconds else scene.seconds
    return judge(
        scene.name, scene.camera.fingerprint, round(length, 3), kinds, scene.events, alerts, setup.tolerance_s, why
    )


def waits_of(camera: CameraConfig) -> dict[str, float]:
    """How long each rule that waits does so once its condition holds, by the rule's fingerprint: its `after_s`."""
    rules = camera.build_rules()
    return {rule.fingerprint: rule.settings.after_s for rule in rules if hasattr(rule.settings, "after_s")}


def _raised(begun: Alert, last: Alert, start: datetime, waits: dict[str, float]) -> Raised:
    """An alert as the judging sees it, from its first and its last revision."""
    return Raised(
        str(begun.id),
        begun.kind,
        begun.zone,
        _since(start, begun.began_at),
        None if last.ended_at is None else _since(start, last.ended_at),
        begun.reason,
        tuple(thing.box for thing in begun.objects),
        waits.get(begun.fingerprints.rule),
    )


def _since(start: datetime, at: datetime) -> float:
    return round((at - start).total_seconds(), 3)


_done: Any = None
"""In a process of the pool: seconds done of each scene, shared with the parent."""


def _begin(done: Any) -> None:  # noqa: ANN401 - multiprocessing's shared array has no public type
    global _done  # noqa: PLW0603 - a pool hands shared memory over at its processes' start alone
    _done = done
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C is the parent's to answer; here it only ends the process


def _play_numbered(number: int, scene: FilmedScene, setup: Setup) -> JudgedScene:
    def told(seconds: float) -> None:
        _done[number] = seconds

    return play(scene, setup, told)


def _in_processes(scenes: Sequence[FilmedScene], setup: Setup, jobs: int, told: Told) -> list[JudgedScene]:
    # Spawned, not forked: threads of decoders and of ONNX Runtime do not survive a fork.
    context = multiprocessing.get_context("spawn")
    done = context.Array("d", len(scenes), lock=False)
    pool = ProcessPoolExecutor(jobs, context, initializer=_begin, initargs=(done,))
    futures: list[Future[JudgedScene]] = []
    try:
        futures = [pool.submit(_play_numbered, number, scene, setup) for number, scene in enumerate(scenes)]
        waiting = set(futures)
        while waiting:
            ready, waiting = wait(waiting, LOOK_EVERY_S, FIRST_COMPLETED)
            for future in ready:
                future.result()  # raises at once, not after all others are done
                done[futures.index(future)] = scenes[futures.index(future)].seconds
            told(sum(done))
    finally:
        pool.shutdown(cancel_futures=True)
    return [future.result() for future in futures]
