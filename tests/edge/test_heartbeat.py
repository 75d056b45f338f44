"""How old a node's last heartbeat is, whoever sets the clock meanwhile, and a disk that takes none."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge import heartbeat
from edge.clock import SinceBoot, since_boot
from edge.heartbeat import FILE, beat, last_beat
from protocol.ids import uuid7
from protocol.messages import Health, encode

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
HEALTH = Health(node="gatehouse", at=AT, boot=uuid7(AT), uptime_s=9)


class Kernel:
    """A kernel's clock that is set by hand; None: there is none."""

    def __init__(self) -> None:
        self.now: SinceBoot | None = SinceBoot("one", 1000.0)

    def __call__(self) -> SinceBoot | None:
        return self.now


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    kernel = Kernel()
    monkeypatch.setattr(heartbeat, "since_boot", kernel)
    return kernel


def fresh(folder: Path, now: datetime) -> bool:
    return last_beat(folder, 30, now)[1]


def test_a_node_that_has_been_dead_for_an_hour_is_dead_though_the_clock_was_set_back(
    tmp_path: Path, kernel: Kernel
) -> None:
    beat(tmp_path, HEALTH)
    kernel.now = SinceBoot("one", 4600.0)
    assert not fresh(tmp_path, AT - 7 * HOUR)
    assert not fresh(tmp_path, AT)


def test_a_node_at_work_is_so_though_the_clock_was_set_forward_or_back(tmp_path: Path, kernel: Kernel) -> None:
    beat(tmp_path, HEALTH)
    kernel.now = SinceBoot("one", 1030.0)
    assert fresh(tmp_path, AT + 8 * HOUR)
    assert fresh(tmp_path, AT - 8 * HOUR)


@pytest.mark.parametrize("now", [None, SinceBoot("two", 5.0)])
def test_where_the_kernel_cannot_tell_the_wall_clock_does_and_nothing_is_newer_than_now(
    tmp_path: Path, kernel: Kernel, now: SinceBoot | None
) -> None:
    beat(tmp_path, HEALTH)
    kernel.now = now
    assert fresh(tmp_path, AT + timedelta(seconds=90))
    assert not fresh(tmp_path, AT + timedelta(seconds=91))
    assert not fresh(tmp_path, AT - HOUR)


def test_a_file_of_an_older_version_is_judged_by_the_wall_clock(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(encode(HEALTH))
    assert fresh(tmp_path, AT)
    assert not fresh(tmp_path, AT + HOUR)


def test_the_message_is_read_as_it_was_written(tmp_path: Path) -> None:
    beat(tmp_path, HEALTH)
    last, _ = last_beat(tmp_path, 30, AT)
    assert last is not None
    assert Health(**{name: getattr(last, name) for name in Health.model_fields}) == HEALTH


def test_the_kernels_clock_goes_on() -> None:
    before, after = since_boot(), since_boot()
    if before is not None and after is not None:
        assert before <= after


def test_a_disk_that_neither_takes_nor_lets_go_is_no_reason_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "write_bytes", read_only)
    monkeypatch.setattr(Path, "unlink", read_only)
    beat(tmp_path, HEALTH)
    assert not (tmp_path / FILE).exists()
