import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from edge.alerts.evidence import Piece
from edge.outbox import Outbox, OutboxError, OutboxSettings
from protocol.kinds import Phase
from protocol.messages import Alert, Evidence, EvidenceKind
from tests.protocol.example import alert

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY_S = 86_400
MEDIA: dict[EvidenceKind, Literal["image/jpeg", "video/mp4", "application/json"]] = {
    EvidenceKind.SNAPSHOT: "image/jpeg",
    EvidenceKind.CLIP: "video/mp4",
    EvidenceKind.TRACKS: "application/json",
}


def piece(kind: EvidenceKind, name: str, size: int = 1000) -> Piece:
    digest = f"{abs(hash(name)):064x}"[-64:]
    about = Evidence(sha256=digest, kind=kind, media_type=MEDIA[kind], size=size, from_=NOW, to=NOW)
    return Piece(about, os.urandom(size))


class Clock:
    """The monotonic clock of a process: it stands until a test moves it, and begins anywhere when the box boots."""

    def __init__(self, now_s: float = 0.0) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    box = Outbox(tmp_path / "outbox.sqlite", OutboxSettings())
    yield box
    box.close()


def test_a_revision_waits_until_its_receipt_comes(outbox: Outbox) -> None:
    first = alert()
    outbox.put(first, ())
    assert [(w.id, w.revision) for w in outbox.waiting_alerts()] == [(first.id, 1)]
    outbox.receipt(first.id, 1)
    assert outbox.waiting_alerts() == []


def test_a_receipt_for_a_lower_revision_does_not_forget_the_higher(outbox: Outbox) -> None:
    outbox.put(alert(), ())
    outbox.put(alert(revision=2, phase=Phase.UPDATE), ())
    outbox.receipt(alert().id, 1)
    assert [w.revision for w in outbox.waiting_alerts()] == [2]


def test_evidence_goes_snapshot_first_and_is_kept_until_uploaded(outbox: Outbox) -> None:
    clip, snapshot = piece(EvidenceKind.CLIP, "c"), piece(EvidenceKind.SNAPSHOT, "s")
    outbox.put(alert(), (clip, snapshot))
    waiting = outbox.waiting_evidence()
    assert waiting is not None
    assert (waiting.sha256, waiting.data) == (snapshot.about.sha256, snapshot.data)
    outbox.uploaded(snapshot.about.sha256)
    second = outbox.waiting_evidence()
    assert second is not None
    assert second.sha256 == clip.about.sha256
    assert outbox.waiting_evidence(skip=frozenset({clip.about.sha256})) is None


def test_what_waits_survives_a_restart_and_names_the_alerts_left_open(tmp_path: Path) -> None:
    box = Outbox(tmp_path / "o.sqlite", OutboxSettings())
    box.put(alert("open"), (piece(EvidenceKind.CLIP, "c"),))
    box.put(alert("ended"), ())
    box.put(alert("ended", revision=2, phase=Phase.END), ())
    box.receipt(alert("open").id, 1)
    box.close()
    again = Outbox(tmp_path / "o.sqlite", OutboxSettings())
    assert [open_.id for open_ in again.open_alerts()] == [alert("open").id]
    assert [w.revision for w in again.waiting_alerts()] == [2]
    assert again.health().waiting_evidence == 1
    again.close()


def test_when_it_is_full_the_oldest_clips_go_first_then_snapshots_and_it_is_counted(tmp_path: Path) -> None:
    clock = Clock()
    box = Outbox(tmp_path / "o.sqlite", OutboxSettings(max_mb=0.01), clock)
    for n in range(8):
        pieces = (piece(EvidenceKind.CLIP, f"c{n}", 1500), piece(EvidenceKind.SNAPSHOT, f"s{n}", 500))
        clock.now_s = n
        box.put(alert(f"a{n}"), pieces)
    health = box.health()
    assert health.bytes <= 10_000
    assert health.waiting_alerts == 8
    assert (health.dropped_clips, health.dropped_snapshots, health.dropped_alerts) == (
        8,
        0,
        0,
    ) or health.dropped_clips > 0
    kept = box._read("SELECT put_at FROM evidence WHERE kind = 'clip'")
    gone_until = health.dropped_clips - 1
    assert all(put_at > gone_until for (put_at,) in kept)
    assert health.dropped_alerts == 0
    box.close()


def test_what_is_too_old_is_given_up(tmp_path: Path) -> None:
    clock = Clock()
    box = Outbox(tmp_path / "o.sqlite", OutboxSettings(), clock)
    box.put(alert("old"), (piece(EvidenceKind.CLIP, "old"),))
    clock.now_s = 31 * DAY_S
    box.put(alert("new"), ())
    assert [w.id for w in box.waiting_alerts()] == [alert("new").id]
    assert (box.health().dropped_alerts, box.health().dropped_clips) == (1, 1)
    box.close()


BOOTS = st.none() | st.integers(0, 10**9)
"""Where the clock begins after a restart, if there is one."""


@settings(max_examples=25, deadline=None)
@given(history=st.lists(st.tuples(st.integers(0, 20), BOOTS), max_size=10))
def test_only_time_in_which_it_was_open_makes_anything_old(history: list[tuple[int, int | None]]) -> None:
    with TemporaryDirectory() as folder:
        clock, open_days, put_on = Clock(), 0, dict[UUID, int]()
        box = Outbox(Path(folder) / "o.sqlite", OutboxSettings(), clock)
        for number, (days, boot_s) in enumerate(history):
            clock.now_s += days * DAY_S
            open_days += days
            if boot_s is not None:
                box.close()
                clock = Clock(boot_s)
                box = Outbox(Path(folder) / "o.sqlite", OutboxSettings(), clock)
            report = alert(str(number))
            box.put(report, ())
            put_on[report.id] = open_days
            assert {w.id for w in box.waiting_alerts()} == {key for key, on in put_on.items() if open_days - on <= 30}
        box.close()


@pytest.mark.parametrize(("days", "waiting"), [(29, 2), (31, 1)])
def test_a_file_from_before_there_was_a_clock_goes_on_from_its_newest_row(
    tmp_path: Path, days: int, waiting: int
) -> None:
    box = Outbox(tmp_path / "o.sqlite", OutboxSettings())
    box.put(alert("old"), ())
    box._db.execute("UPDATE alerts SET put_at = ?", (NOW.timestamp(),))
    box._db.execute("DROP TABLE clock")
    box.close()
    clock = Clock()
    box = Outbox(tmp_path / "o.sqlite", OutboxSettings(), clock)
    clock.now_s = days * DAY_S
    box.put(alert("new"), ())
    assert len(box.waiting_alerts()) == waiting
    box.close()


def test_a_refused_revision_is_kept_and_not_sent_again(outbox: Outbox) -> None:
    outbox.put(alert(), ())
    outbox.refused(alert().id, 1, "refused.invalid")
    assert outbox.waiting_alerts() == []
    assert outbox._read("SELECT refused FROM alerts") == [("refused.invalid",)]


def test_what_was_refused_for_a_reason_that_passes_waits_again(outbox: Outbox) -> None:
    for reason in ("bad_signature", "future_version", "invalid", "foreign_id"):
        outbox.put(alert(reason), ())
        outbox.refused(alert(reason).id, 1, f"refused.{reason}")
    outbox.put(alert("waiting"), ())
    assert outbox.try_again(lambda payload: payload) == 0
    names = ("bad_signature", "future_version", "waiting")
    assert {w.id for w in outbox.waiting_alerts()} == {alert(name).id for name in names}
    assert outbox.try_again(lambda payload: payload.replace(b"east-gate", b"west-gate")) == 3
    assert all(b"west-gate" in w.payload for w in outbox.waiting_alerts())


def test_a_fault_on_the_way_leaves_no_transaction_open(outbox: Outbox) -> None:
    def faulty(payload: bytes) -> bytes:
        raise LookupError(payload)

    outbox.put(alert(), ())
    with pytest.raises(LookupError):
        outbox.try_again(faulty)
    outbox.put(alert("second"), ())
    assert len(outbox.waiting_alerts()) == 2


def test_a_full_disk_is_said_and_nothing_is_half_written(outbox: Outbox) -> None:
    outbox.put(alert("first"), ())
    pages = outbox._read("PRAGMA page_count")[0][0]
    outbox._db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(OutboxError, match=r"outbox .*: database or disk is full; free space on its disk"):
        outbox.put(alert("second"), (piece(EvidenceKind.CLIP, "big", 500_000),))
    assert [w.id for w in outbox.waiting_alerts()] == [alert("first").id]
    assert outbox.health().waiting_evidence == 0
    outbox._db.execute("PRAGMA max_page_count = 1000000")
    outbox.put(alert("second"), ())
    assert len(outbox.waiting_alerts()) == 2


def test_a_file_that_is_no_outbox_is_said(tmp_path: Path) -> None:
    (tmp_path / "o.sqlite").write_bytes(b"something else entirely" * 100)
    with pytest.raises(OutboxError, match=r"o\.sqlite: .*move the file aside"):
        Outbox(tmp_path / "o.sqlite", OutboxSettings())


WRITER = """
import sys
from pathlib import Path
from edge.outbox import Outbox, OutboxSettings
from tests.edge.test_outbox import alert, piece
from protocol.messages import EvidenceKind
box = Outbox(Path(sys.argv[1]), OutboxSettings())
for n in range(100000):
    box.put(alert(f"a{n}"), (piece(EvidenceKind.CLIP, f"c{n}", 5000),))
    print(n, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 17, 60])
def test_kill_9_loses_nothing_that_was_put_and_leaves_no_half(tmp_path: Path, lines: int) -> None:
    path = tmp_path / "o.sqlite"
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, env=environment)
    assert writer.stdout is not None
    last = [int(writer.stdout.readline()) for _ in range(lines)][-1]
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    box = Outbox(path, OutboxSettings())
    waiting = {w.id for w in box.waiting_alerts(100_000)}
    assert {alert(f"a{n}").id for n in range(last + 1)} <= waiting
    assert box.health().waiting_evidence == len(waiting)
    assert box.check() == []
    box.close()


class OutboxAgainstADict(RuleBasedStateMachine):
    """Whatever order of puts, receipts and restarts: exactly the newest unreceipted revisions wait."""

    names = st.sampled_from(["a", "b", "c"])

    @initialize()
    def begin(self) -> None:
        self.path = Path(f"/tmp/outbox-model-{os.getpid()}.sqlite")  # noqa: S108
        for leftover in self.path.parent.glob(f"{self.path.name}*"):
            leftover.unlink()
        self.box = Outbox(self.path, OutboxSettings())
        self.waiting: dict[UUID, int] = {}
        self.highest: dict[str, int] = {}
        self.open: set[UUID] = set()

    @rule(name=names, phase=st.sampled_from(Phase))
    def put(self, name: str, phase: Phase) -> None:
        revision = self.highest.get(name, 0) + 1
        self.highest[name] = revision
        report: Alert = alert(name, revision=revision, phase=phase)
        self.box.put(report, ())
        self.waiting[report.id] = revision
        (self.open.discard if phase is Phase.END else self.open.add)(report.id)

    @rule(name=names, revision=st.integers(1, 6))
    def receipt(self, name: str, revision: int) -> None:
        self.box.receipt(alert(name).id, revision)
        if self.waiting.get(alert(name).id, 7) <= revision:
            del self.waiting[alert(name).id]

    @rule()
    def restart(self) -> None:
        self.box.close()
        self.box = Outbox(self.path, OutboxSettings())

    @invariant()
    def agrees(self) -> None:
        assert {w.id: w.revision for w in self.box.waiting_alerts()} == self.waiting
        assert {a.id for a in self.box.open_alerts()} == self.open

    def teardown(self) -> None:
        if hasattr(self, "box"):
            self.box.close()


TestOutboxAgainstADict: Any = OutboxAgainstADict.TestCase
TestOutboxAgainstADict.settings = settings(max_examples=20, stateful_step_count=25)


def test_the_connection_is_closed(tmp_path: Path) -> None:
    box = Outbox(tmp_path / "o.sqlite", OutboxSettings())
    box.close()
    with pytest.raises((OutboxError, sqlite3.ProgrammingError)):
        box.put(alert(), ())
