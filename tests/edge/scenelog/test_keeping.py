import errno
from collections.abc import Iterator
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
    keeper = SceneKeeper(tmp_path, header(), days=2)
    for hour in range(24 * 6):
        keeper.add(empty(hour * HOUR))
    keeper.close()
    assert names(tmp_path) == ["20260305", "20260306", "20260307", "20260308"]
    (run,) = read_runs(tmp_path)
    assert run.ends == START + timedelta(hours=24 * 6 - 1)


def test_what_was_watched_up_to_the_bound_is_never_thrown_away(tmp_path: Path) -> None:
    keeper = SceneKeeper(tmp_path, header(), days=1.5)
    for hour in range(24 * 5):
        keeper.add(empty(hour * HOUR))
    keeper.close()
    (run,) = read_runs(tmp_path)
    assert run.ends - run.begins >= timedelta(days=1.5)


def test_with_no_days_nothing_is_written(tmp_path: Path) -> None:
    keeper = SceneKeeper(tmp_path / "scenes", header(), days=0)
    keeper.add(empty(0))
    keeper.silent(START)
    keeper.close()
    assert not (tmp_path / "scenes").exists()


def test_a_folder_that_cannot_be_written_is_said_once_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "scenes").write_bytes(b"a file where the folder should be")
    keeper = SceneKeeper(tmp_path / "scenes" / "yard", header(), days=7)
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
    keeper = SceneKeeper(tmp_path, header(), days=7)
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
