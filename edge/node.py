"""A node at work: builds the parts, runs the analysis loop, stops in order.

One capture thread a camera, one analysis loop (this thread) that serves one camera after the other, two uplink threads.
"""

import os
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog

from edge import __version__
from edge.alerts.life import Origin, Report
from edge.analysis import CameraAnalysis
from edge.birth import Identity
from edge.clock import monotonic_s, utc_now
from edge.config import CameraConfig, LoadedNode, check_classes, classes_of
from edge.hearing import Hearing
from edge.heartbeat import beat
from edge.keeping import Keeper
from edge.outbox import Outbox
from edge.rations.governor import Change
from edge.rations.rationing import Rationing
from edge.scenelog.header import Header
from edge.scenelog.keeping import FOLDER, SceneKeeper
from edge.uplink.credentials import Credentials
from edge.uplink.evidence import EvidenceLink
from edge.uplink.messages import MessageLink
from edge.video.live import LiveSource
from edge.vision.card import MODELS, ModelCard, check_licence, find_card
from edge.vision.detector import Detector, OnnxDetector
from edge.watched import Watched, next_in_turn
from protocol.ids import uuid7
from protocol.kinds import SEVERITY_OF, Phase
from protocol.messages import Health, NodeState, Status, Text

FAREWELL_S = 5.0
SILENT_S = 2.0
"""A camera from which no frame has come for so long is silent: its rules hear of it as often."""

log = structlog.get_logger()

Work = TypeVar("Work")


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


class Node:
    """Owned by the main thread. `run` returns after `stop`, with everything that was open ended and put."""

    def __init__(
        self,
        node: LoadedNode,
        detector: Detector,
        credentials: Credentials,
        on_report: Callable[[Report], None] = lambda report: None,
        smaller: Detector | None = None,
    ) -> None:
        """`on_report` hears of each signed report when the outbox has it; `smaller`: the detector for short rations."""
        self._node, self._detector, self._smaller = node, detector, smaller
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
        rules = {w.name: [(rule.name, SEVERITY_OF[rule.kind]) for rule in w.analysis.rules] for w in self._watched}
        self._rationing = Rationing(rules, smaller=smaller is not None, now_s=self._started_s)
        self._hearing = Hearing(
            node.node.name, node.folder / node.node.data_dir, [watched.analysis for watched in self._watched]
        )
        will = self._identity.status(NodeState.LOST, self._started_at)
        self._messages = MessageLink(
            credentials, self._outbox, self._birth, will, self._hearing.put, self._hearing.learnt
        )
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
            self._ration()
            self._hear_silence()
            if self._hearing.act():
                self._messages.say_learnt()
            self._keeper.retry()
            if monotonic_s() >= health_due_s:
                health = self._health()
                self._messages.say_health(health)
                beat(self._node.folder / self._node.node.data_dir, health)
                health_due_s = monotonic_s() + self._node.node.health_every_s

    def _analyse_one(self) -> bool:
        """The frame of the camera whose turn it is; False if none waits."""
        waiting = [watched for watched in self._watched if watched.source.waiting]
        if not waiting:
            return False
        watched = next_in_turn(waiting, monotonic_s())
        frame = watched.source.newest()
        watched.served_s = begun_s = monotonic_s()
        if frame is None:
            return False
        self._note_size(watched)
        watched.seen_at = frame.at
        if watched.trouble.lasts(begun_s):
            return True
        if self._rationing.rests(watched.name):
            self._keeper.keep(self._harmless(watched, lambda: watched.analysis.rest(frame)) or ())
            return True
        outcome = self._harmless(watched, lambda: watched.analysis.step(frame))
        if outcome is not None:
            self._keeper.keep(outcome.reports)
            watched.scenes.add(outcome.scene, frame.clock_sets)
            self._rationing.served(watched.name, monotonic_s() - begun_s)
        return True

    def _harmless(self, watched: Watched, work: Callable[[], Work]) -> Work | None:
        """What the analysis of a camera comes to; None if it fails, which leaves the others as they are.

        Where all cameras fail it is none of theirs, but the node's own fault: it ends, and whoever runs it starts it
        again.
        """
        try:
            return work()
        except Exception:
            now_s = monotonic_s()
            pause_s = watched.trouble.failed(utc_now(), now_s)
            if all(other.trouble.lasts(now_s) for other in self._watched):
                raise
            log.exception("the analysis of a camera failed", camera=watched.name, again_in_s=pause_s)
            return None

    def _ration(self) -> None:
        """Now and then: whether the node keeps up, and what it leaves out if not."""
        if not self._rationing.due(monotonic_s()):
            return
        for watched in self._watched:
            brought = watched.source.brought
            self._rationing.came(watched.name, brought - watched.brought_told)
            watched.brought_told = brought
        change = self._rationing.decide(monotonic_s())
        if change is not None:
            self._log_change(change)
        for watched in self._watched:
            ration = self._rationing.ration(watched.name)
            watched.source.thin(ration.share)
            put_on = partial(watched.analysis.put_on, ration, self._rationing.said(watched.name))
            self._keeper.keep(self._harmless(watched, put_on) or ())

    def _log_change(self, change: Change) -> None:
        """One line for each rung."""
        say = log.warning if change.taken else log.info
        what = "the node cannot keep up and leaves more out" if change.taken else "the node has room and watches more"
        say(what, cut=change.rung.cut.value, of=change.rung.severity.value, level=change.level, need=self._need)

    @property
    def _need(self) -> float:
        """What its cameras would need of the analysis thread's time; above 1 frames are lost."""
        return round(self._rationing.need, 2)

    def _hear_silence(self) -> None:
        """Tell the rules of cameras from which nothing comes any more; a recording that is over is not silent."""
        now_s = monotonic_s()
        for watched in self._watched:
            heard_s = max(watched.served_s, watched.silence_told_s)
            silent = now_s - heard_s > SILENT_S and not watched.source.done and not watched.trouble.lasts(now_s)
            if watched.seen_at is not None and silent:
                watched.silence_told_s = now_s
                # By the clock that its pictures have, whatever becomes of the node's meanwhile.
                at = watched.seen_at + timedelta(seconds=now_s - watched.served_s)
                self._keeper.keep(self._harmless(watched, partial(watched.analysis.silent, at)) or ())
                watched.scenes.silent(at)

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
        """Stop in order, each step whatever became of those before it: the first below comes last."""
        with ExitStack() as steps:
            steps.callback(self._outbox.close)
            steps.callback(self._evidence.stop)
            steps.callback(lambda: self._messages.stop(self._identity.status(NodeState.OFFLINE, utc_now())))
            steps.callback(self._send_what_is_left)
            steps.callback(self._say_what_is_lost)
            steps.callback(self._hearing.save)
            for watched in self._watched:
                steps.callback(watched.scenes.close)
                steps.callback(self._end, watched)
            for watched in self._watched:
                steps.callback(watched.source.stop)

    def _end(self, watched: Watched) -> None:
        self._keeper.keep(watched.analysis.close())

    def _say_what_is_lost(self) -> None:
        if self._keeper.holds:
            log.error("alerts lost: the disk took nothing until the end", count=self._keeper.holds)

    def _send_what_is_left(self) -> None:
        """Give the server a moment to take it; the rest goes out at the next start."""
        end_s = monotonic_s() + FAREWELL_S
        while self._messages.online and not self._outbox.empty and monotonic_s() < end_s:
            time.sleep(0.05)

    def _watch(self, camera: CameraConfig) -> Watched:
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
        return Watched(source, CameraAnalysis(camera, self._detector, origin, source.ring, self._smaller), scenes)

    def _note_size(self, watched: Watched) -> None:
        """The server learns a camera's picture size with the first frame, or when it changes."""
        if watched.size != watched.source.size:
            watched.size = watched.source.size
            self._messages.say_birth()

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
            cameras=tuple(
                watched.health(passed_s, now_s).model_copy(update={"rations": self._rationing.said(watched.name)})
                for watched in self._watched
            ),
            outbox=self._outbox.health(),
        )


def _resident_mb() -> float:
    """Memory of this process; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0.0
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)
