"""A node at work: builds the parts, runs the analysis loop, stops in order.

One capture thread a camera, one analysis loop (this thread) that serves the camera waiting longest, two uplink threads.
"""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from pathlib import Path
from queue import SimpleQueue

import structlog

from edge import __version__
from edge.alerts.life import Origin, Report
from edge.analysis import CameraAnalysis, Heard
from edge.birth import Identity, Size
from edge.clock import monotonic_s, utc_now
from edge.config import CameraConfig, LoadedNode, check_classes, classes_of
from edge.heartbeat import beat
from edge.keeping import Keeper
from edge.learning.lessons import FOLDER as LEARNT
from edge.outbox import Outbox
from edge.remembering import Rememberer
from edge.scenelog.header import Header
from edge.scenelog.keeping import FOLDER, SceneKeeper
from edge.teaching.book import LessonBook
from edge.teaching.verdicts import VerdictFile
from edge.uplink.credentials import Credentials
from edge.uplink.evidence import EvidenceLink
from edge.uplink.messages import MessageLink
from edge.video.live import LiveSource
from edge.vision.card import MODELS, ModelCard, check_licence, find_card
from edge.vision.detector import Detector, OnnxDetector
from protocol.ids import uuid7
from protocol.kinds import Phase
from protocol.messages import (
    MOST_EXCEPTIONS,
    CameraHealth,
    Command,
    CommandWord,
    Health,
    Learnt,
    NodeState,
    Status,
    Text,
    Verdict,
)

FAREWELL_S = 5.0
SILENT_S = 2.0
"""A camera from which no frame has come for so long is silent: its rules hear of it as often."""
LESSONS_EVERY_S = 600.0
"""So often the server hears of all lessons, also where nothing has changed."""

log = structlog.get_logger()


def open_detector(node: LoadedNode) -> OnnxDetector:
    """The node's detector; checks its licence and that it knows the rules' classes. Raises ModelError, ConfigError."""
    card, weights = find_card(node.folder / node.node.model if node.node.model else None, MODELS)
    check_licence(card, node.node.licences)
    check_classes(node.cameras, card)
    return OnnxDetector(
        card, weights, providers=node.node.providers, threads=node.node.threads, only=classes_of(node.cameras)
    )


def model_name(card: ModelCard) -> str:
    """How alerts name the model that made them."""
    return f"{card.name}@{card.sha256[:12]}"


@dataclass(slots=True)
class _Watched:
    source: LiveSource
    analysis: CameraAnalysis
    scenes: SceneKeeper
    size: Size = field(default=(0, 0))
    served_s: float = 0.0
    silence_told_s: float = 0.0
    looks_told: int = 0
    """Looks of the detector up to the last health message."""


class Node:
    """Owned by the main thread. `run` returns after `stop`, with everything that was open ended and put."""

    def __init__(
        self,
        node: LoadedNode,
        detector: Detector,
        credentials: Credentials,
        on_report: Callable[[Report], None] = lambda report: None,
    ) -> None:
        """`on_report` hears of each signed report when the outbox has it."""
        self._node, self._detector = node, detector
        self._on_report = on_report
        self._started_at, self._started_s = utc_now(), monotonic_s()
        self._boot = uuid7(self._started_at)
        self._stop = threading.Event()
        self._arrived = threading.Event()
        self._outbox = Outbox(node.folder / node.node.data_dir / "outbox.sqlite", node.node.outbox)
        self._keeper = Keeper(self._outbox, credentials.key, self._kept)
        self._identity = Identity(
            node.node.name, node.node.shown_title, self._boot, model_name(detector.card), node.fingerprint
        )
        self._watched = [self._watch(camera) for camera in node.cameras]
        self._words: SimpleQueue[Verdict | Command] = SimpleQueue()
        learnt = node.folder / node.node.data_dir / LEARNT
        rules = [(watched.analysis.camera.name, rule) for watched in self._watched for rule in watched.analysis.rules]
        self._rememberer, self._lessons = Rememberer(learnt, rules), LessonBook(learnt, rules)
        self._verdicts = VerdictFile(learnt)
        self._lessons_told, self._lessons_told_s = self._lessons.learnt, monotonic_s()
        will = self._identity.status(NodeState.LOST, self._started_at)
        self._messages = MessageLink(credentials, self._outbox, self._birth, will, self._words.put, self._learnt)
        self._evidence = EvidenceLink(credentials, self._outbox)
        self._cpu_s = os.times().user + os.times().system
        self._told_s = self._started_s

    def stop(self) -> None:
        """Ask `run` to return; may be called from a signal handler."""
        self._stop.set()
        self._arrived.set()

    def run(self) -> None:
        """Watch until stopped."""
        self._end_orphans()
        self._messages.start()
        self._evidence.start()
        for watched in self._watched:
            watched.source.start()
        try:
            self._loop()
        finally:
            self._close()

    def _loop(self) -> None:
        health_due_s = monotonic_s()
        while not self._stop.is_set():
            # One frame, then a look at the clock: a node with more frames than it can analyse must not fall silent.
            if not self._analyse_one():
                self._arrived.wait(timeout=0.5)
                self._arrived.clear()
            self._hear_silence()
            self._hear_words()
            self._rememberer.save_if_due()
            self._lessons.look()
            self._tell_lessons()
            self._keeper.retry()
            if monotonic_s() >= health_due_s:
                health = self._health()
                self._messages.say_health(health)
                beat(self._node.folder / self._node.node.data_dir, health)
                health_due_s = monotonic_s() + self._node.node.health_every_s

    def _analyse_one(self) -> bool:
        """The frame of the camera that waits longest; False if none waits."""
        waiting = [watched for watched in self._watched if watched.source.waiting]
        if not waiting:
            return False
        # By when each was served last, not by its frame's time: that is a newer one whenever it has waited for long.
        watched = min(waiting, key=attrgetter("served_s"))
        frame = watched.source.newest()
        watched.served_s = monotonic_s()
        if frame is None:
            return False
        outcome = watched.analysis.step(frame)
        self._keeper.keep(outcome.reports)
        watched.scenes.add(outcome.scene)
        self._note_size(watched)
        return True

    def _hear_silence(self) -> None:
        """Tell the rules of cameras from which nothing comes any more; a recording that is over is not silent."""
        now_s = monotonic_s()
        for watched in self._watched:
            heard_s = max(watched.served_s, watched.silence_told_s)
            if watched.served_s and now_s - heard_s > SILENT_S and not watched.source.done:
                watched.silence_told_s = now_s
                now = utc_now()
                self._keeper.keep(watched.analysis.silent(now))
                watched.scenes.silent(now)

    def _kept(self, report: Report) -> None:
        self._evidence.wake.set()
        self._on_report(report)

    def _end_orphans(self) -> None:
        """Alerts that were open when the last run ended without a goodbye end now."""
        now = utc_now()
        for alert in self._outbox.open_alerts():
            changes = {"phase": Phase.END, "at": max(now, alert.at), "ended_at": max(now, alert.at)}
            reason = Text(id="reason.restart")
            ended = alert.model_copy(
                update={"revision": alert.revision + 1, "reason": reason, "signature": None, **changes}
            )
            self._keeper.keep([Report(ended)])

    def _close(self) -> None:
        for watched in self._watched:
            watched.source.stop()
        for watched in self._watched:
            self._keeper.keep(watched.analysis.close())
            watched.scenes.close()
        self._rememberer.save()
        if self._keeper.holds:
            log.error("alerts lost: the disk took nothing until the end", count=self._keeper.holds)
        self._send_what_is_left()
        self._messages.stop(self._identity.status(NodeState.OFFLINE, utc_now()))
        self._evidence.stop()
        self._outbox.close()

    def _send_what_is_left(self) -> None:
        """Give the server a moment to take it; the rest goes out at the next start."""
        end_s = monotonic_s() + FAREWELL_S
        while self._messages.online and not self._outbox.empty and monotonic_s() < end_s:
            time.sleep(0.05)

    def _watch(self, camera: CameraConfig) -> _Watched:
        source = LiveSource(
            camera.source.get_secret_value(),
            camera.name,
            camera.video,
            masks=camera.painted,
            looping=camera.looping,
            arrived=self._arrived,
        )
        origin = Origin(
            self._node.node.name,
            camera.name,
            str(self._boot),
            self._identity.model,
            camera.fingerprint,
            __version__,
        )
        header = Header.of(camera, self._detector.card, node=origin.node, run=origin.salt, model=origin.model)
        folder = self._node.folder / self._node.node.data_dir / FOLDER / camera.name
        scenes = SceneKeeper(folder, header, self._node.node.scenes_days)
        return _Watched(source, CameraAnalysis(camera, self._detector, origin, source.ring), scenes)

    def _note_size(self, watched: _Watched) -> None:
        """The server learns a camera's picture size with the first frame, or when it changes."""
        if watched.size != watched.source.size:
            watched.size = watched.source.size
            self._messages.say_birth()

    def _hear_words(self) -> None:
        """Verdicts and commands come on a thread of their own; here they are acted on."""
        while not self._words.empty():
            word = self._words.get()
            if isinstance(word, Verdict):
                self._hear_verdict(word)
            else:
                self._obey(word)

    def _hear_verdict(self, verdict: Verdict) -> None:
        """Rules hear of it, and what it changes is kept at once."""
        self._verdicts.add(verdict)
        heard = self._lessons.change(partial(self._take_to_heart, verdict))
        log.info("verdict", alert=str(verdict.alert), verdict=str(verdict.verdict), known=heard is not None)
        if heard is None:
            return
        self._rememberer.save()
        if heard.changes.made is not None:
            made = heard.changes.made.model_dump(mode="json")
            log.warning("a verdict made an exception", id=heard.changes.made.id, rule=heard.rule.name, **made)
        for gone in heard.changes.withdrawn:
            log.warning("a verdict took an exception back", id=gone.id, rule=heard.rule.name)

    def _obey(self, command: Command) -> None:
        """Take back or accept an exception; the answer is what is learnt then, also where nothing had to be done."""
        acts = {CommandWord.TAKE_BACK: self._lessons.take_back, CommandWord.ACCEPT: self._lessons.accept}
        act = acts.get(command.command)
        if act is None or command.exception is None:
            log.warning("a command is not known here", command=str(command.command))
            return
        done = self._lessons.change(partial(act, command.exception))
        log.warning("command", command=str(command.command), exception=command.exception, done=done)
        self._say_lessons()

    def _tell_lessons(self) -> None:
        """The server hears of every change of them, and now and then of all: it may have been away."""
        changed = self._lessons_told is not self._lessons.learnt
        if changed or monotonic_s() - self._lessons_told_s > LESSONS_EVERY_S:
            self._say_lessons()

    def _say_lessons(self) -> None:
        self._lessons_told, self._lessons_told_s = self._lessons.learnt, monotonic_s()
        self._messages.say_learnt()

    def _learnt(self) -> Learnt:
        every = self._lessons.learnt
        newest = every[-MOST_EXCEPTIONS:]
        return Learnt(node=self._node.node.name, at=utc_now(), exceptions=newest, left_out=len(every) - len(newest))

    def _take_to_heart(self, verdict: Verdict) -> Heard | None:
        """What the rule that raised the alert learns; None if no rule of this run did."""
        return next((h for watched in self._watched if (h := watched.analysis.hear(verdict)) is not None), None)

    def _birth(self) -> Status:
        cameras = [(watched.analysis.camera, watched.size) for watched in self._watched]
        return self._identity.status(NodeState.ONLINE, utc_now(), cameras)

    def _health(self) -> Health:
        now_s, cpu_s = monotonic_s(), os.times().user + os.times().system
        passed_s, self._told_s = max(now_s - self._told_s, 1e-3), now_s
        used_s, self._cpu_s = cpu_s - self._cpu_s, cpu_s
        return Health(
            node=self._node.node.name,
            at=utc_now(),
            boot=self._boot,
            uptime_s=round(now_s - self._started_s, 1),
            resident_mb=_resident_mb(),
            cpu_percent=round(100 * used_s / passed_s, 1),
            cameras=tuple(self._camera_health(watched, passed_s) for watched in self._watched),
            outbox=self._outbox.health(),
        )

    @staticmethod
    def _camera_health(watched: _Watched, passed_s: float) -> CameraHealth:
        looks, watched.looks_told = watched.analysis.looks - watched.looks_told, watched.analysis.looks
        return watched.source.health().model_copy(update={"detected_per_s": round(looks / passed_s, 2)})


def _resident_mb() -> float:
    """Memory of this process; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0.0
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)
