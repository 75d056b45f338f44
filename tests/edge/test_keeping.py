"""A disk that takes nothing for a while: reports wait in bounded memory and keep their order."""

from pathlib import Path

import pytest

from edge import keeping
from edge.alerts.life import Report
from edge.keeping import Keeper
from edge.outbox import Outbox, OutboxSettings
from protocol.messages import EvidenceKind, encode
from protocol.signing import new_key, verify
from tests.edge.test_outbox import piece
from tests.protocol.example import alert


class Disk:
    """An outbox whose file may not grow, or may again."""

    def __init__(self, path: Path) -> None:
        self.outbox = Outbox(path, OutboxSettings())

    def full(self) -> None:
        self.outbox._db.execute("PRAGMA max_page_count = 1")  # SQLite takes it as "no larger than it is"

    def free(self) -> None:
        self.outbox._db.execute("PRAGMA max_page_count = 1000000")


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    monkeypatch.setattr(keeping, "RETRY_S", 0.0)
    return Disk(tmp_path / "outbox.sqlite")


def report(name: str, size: int = 0) -> Report:
    return Report(alert(name), (piece(EvidenceKind.CLIP, name, size),) if size else ())


def test_reports_are_signed_and_put_at_once(disk: Disk) -> None:
    key, heard = new_key(), list[Report]()
    keeper = Keeper(disk.outbox, key, heard.append)
    keeper.keep([report("a", 1000)])
    assert keeper.holds == 0
    assert [heard[0].alert.id] == [waiting.id for waiting in disk.outbox.waiting_alerts()]
    verify(encode(heard[0].alert), key.public_key())


def test_what_a_full_disk_refuses_is_put_in_order_when_there_is_room(disk: Disk) -> None:
    heard = list[Report]()
    keeper = Keeper(disk.outbox, new_key(), heard.append)
    disk.full()
    names = [f"alert {number}" for number in range(20)]
    keeper.keep([report(name, 5000) for name in names])
    held = keeper.holds
    assert held > 0
    disk.free()
    keeper.retry()
    assert keeper.holds == 0
    assert [r.alert.id for r in heard] == [alert(name).id for name in names]
    assert disk.outbox.health().waiting_evidence == 20


def test_memory_is_bounded_oldest_evidence_is_given_up_and_no_alert(disk: Disk) -> None:
    keeper = Keeper(disk.outbox, new_key(), lambda _: None, most_held_bytes=50_000)
    disk.full()
    for number in range(30):
        keeper.keep([report(f"alert {number}", 20_000)])
    disk.free()
    keeper.retry()
    assert len(disk.outbox.waiting_alerts()) == 30
    newest = {piece(EvidenceKind.CLIP, f"alert {number}", 20_000).about.sha256 for number in (28, 29)}
    kept = {sha for (sha,) in disk.outbox._read("SELECT sha256 FROM evidence")}
    assert newest <= kept
    assert len(kept) <= 4


def test_a_line_that_cannot_be_written_about_an_alert_is_no_reason_to_stop(disk: Disk) -> None:
    def tell(_: Report) -> None:
        raise OSError(28, "No space left on device")

    keeper = Keeper(disk.outbox, new_key(), tell)
    keeper.keep([report("a"), report("b")])
    assert keeper.holds == 0
    assert [waiting.id for waiting in disk.outbox.waiting_alerts()] == [alert("a").id, alert("b").id]
