import errno
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from edge.scenelog.keeping import SceneKeeper
from edge.scenelog.reading import read_runs
from edge.scenelog.writing import LogFile
from edge.vision.gate import Decision, Reason
from edge.vision.scene import Scene, Tracks
from tests.edge.scenelog.logs import header
from tests.edge.scenes import START

HOUR = 3600.0


@pytest.fixture(autouse=True)
def fresh_logging() -> Iterator[None]:
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


def empty(t: float) -> Scene:
    return Scene("yard", round(t), START + timedelta(seconds=t), Tracks.none(), Decision(Reason.QUIET))


def names(folder: Path) -> list[str]:
    return sorted(path.name[:8] for path in folder.iterdir())


def test_there_is_a_file_a_day_and_the_oldest_go_first(tmp_path: Path) -> None:
    keeper = SceneKeeper(tmp_path, header(begins=None), days=2)
    for hour in range(24 * 6):
        keeper.add(empty(hour * HOUR))
    keeper.close()
    assert names(tmp_path) == ["20260306", "20260307", "20260308"]
    (run,) = read_runs(tmp_path)
    assert run.ends == START + timedelta(hours=24 * 6 - 1)


def test_what_was_watched_up_to_the_bound_is_never_thrown_away(tmp_path: Path) -> None:
    keeper = SceneKeeper(tmp_path, header(begins=None), days=1.5)
    for hour in range(24 * 5):
        keeper.add(empty(hour * HOUR))
    keeper.close()
    (run,) = read_runs(tmp_path)
    assert run.ends - run.begins >= timedelta(days=1.5)


def test_where_the_clock_is_set_another_file_begins_and_the_run_goes_on(tmp_path: Path) -> None:
    keeper = SceneKeeper(tmp_path, header(begins=None), days=7)
    for at_s, clock_sets in ((HOUR, 0), (HOUR + 1, 0), (30, 1), (31, 1)):
        keeper.add(empty(at_s), clock_sets)
    keeper.close()
    (run,) = read_runs(tmp_path)
    assert [(block.first - START).total_seconds() for block in run.blocks()] == [HOUR, 30]
    assert [block.clock_sets for block in run.blocks()] == [0, 1]
    assert (run.begins - START, run.ends - START) == (timedelta(seconds=30), timedelta(seconds=HOUR + 1))


def watch(folder: Path, days: Iterable[float], of: float = 7) -> None:
    """A node that is started on each of some days."""
    for day in days:
        keeper = SceneKeeper(folder, header(begins=None), days=of)
        keeper.add(empty(day * 24 * HOUR))
        keeper.close()


def test_a_start_with_the_clock_far_ahead_lets_one_day_go_and_no_more(tmp_path: Path) -> None:
    watch(tmp_path, range(8))
    week = names(tmp_path)
    watch(tmp_path, [38])
    assert names(tmp_path) == [*week[1:], "20260409"]
    watch(tmp_path, [8, 9])
    assert names(tmp_path) == [*week[3:], "20260310", "20260311", "20260409"]


def test_a_start_with_the_clock_far_behind_writes_a_file_that_stays_while_it_is_written(tmp_path: Path) -> None:
    watch(tmp_path, range(8))
    week = names(tmp_path)
    watch(tmp_path, [-20000])
    assert names(tmp_path) == ["19710530", *week]


def test_days_on_which_nothing_was_watched_make_nothing_old(tmp_path: Path) -> None:
    watch(tmp_path, [0, 1, 2, 60], of=3)
    assert len(names(tmp_path)) == 4


def test_all_files_of_a_day_that_is_over_go_together(tmp_path: Path) -> None:
    watch(tmp_path, [0, 0.25, 0.5, 1, 2], of=1)
    assert names(tmp_path) == ["20260303", "20260304"]


def test_on_a_disk_that_is_full_and_lets_nothing_go_watching_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    watch(tmp_path, [0])
    monkeypatch.setattr(LogFile, "_append", fail)
    monkeypatch.setattr(Path, "unlink", fail)
    with capture_logs() as said:
        watch(tmp_path, [1])
    assert [line["event"] for line in said] == ["scenes are not kept"]


def test_with_no_days_nothing_is_written(tmp_path: Path) -> None:
    keeper = SceneKeeper(tmp_path / "scenes", header(begins=None), days=0)
    keeper.add(empty(0))
    keeper.silent(START)
    keeper.close()
    assert not (tmp_path / "scenes").exists()


def test_a_folder_that_cannot_be_written_is_said_once_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "scenes").write_bytes(b"a file where the folder should be")
    keeper = SceneKeeper(tmp_path / "scenes" / "yard", header(begins=None), days=7)
    with capture_logs() as said:
        for number in range(1000):
            keeper.add(empty(number))
        keeper.close()
    assert [line["event"] for line in said] == ["scenes are not kept"]


def test_on_a_full_disk_the_oldest_file_gives_way_and_the_log_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = [False]
    write = LogFile._append

    def append(self: LogFile, data: bytes) -> None:
        if full[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(self, data)

    monkeypatch.setattr(LogFile, "_append", append)
    keeper = SceneKeeper(tmp_path, header(begins=None), days=7)
    for hour in range(24 * 4):
        keeper.add(empty(hour * HOUR))
    before = names(tmp_path)
    full[0] = True
    with capture_logs() as said:
        keeper.add(empty(24 * 4 * HOUR - 60))
    full[0] = False
    assert names(tmp_path) == before[1:]
    assert len(said) == 1
    keeper.add(empty(24 * 4 * HOUR + HOUR))
    keeper.close()
    (run,) = read_runs(tmp_path)
    assert run.ends == START + timedelta(hours=24 * 4 + 1)
    assert not run.cut


def test_a_block_written_in_part_is_cut_off_again(tmp_path: Path) -> None:
    class HalfFull:
        """A disk that takes some bytes and then none."""

        def __init__(self, file: object, room: int) -> None:
            self.file, self.room = file, room

        def write(self, data: memoryview) -> int:
            if not self.room:
                raise OSError(errno.ENOSPC, "No space left on device")
            taken = bytes(data[: self.room])
            self.room = 0
            return int(self.file.write(taken))  # type: ignore[attr-defined]

        def __getattr__(self, name: str) -> object:
            return getattr(self.file, name)

    log = LogFile(tmp_path / "a.scenes", header())
    log.add(empty(0))
    log.flush()
    disk = log._file
    log._file = HalfFull(disk, room=20)  # type: ignore[assignment]
    log.add(empty(1))
    with pytest.raises(OSError, match="No space"):
        log.flush()
    log._file = disk
    log.add(empty(2))
    log.close()
    (run,) = read_runs(tmp_path)
    assert [block.first for block in run.blocks()] == [START, START + timedelta(seconds=2)]
    assert not run.cut
