from contextlib import suppress
from pathlib import Path
from typing import TextIO, cast

import pytest
import structlog

from protocol.log_stream import LogStream


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is needed")
def test_who_logs_to_a_full_disk_goes_on() -> None:
    full = Path("/dev/full").open("w", buffering=1)  # noqa: SIM115 - closing it fails, too
    try:
        log = structlog.wrap_logger(structlog.PrintLogger(cast(TextIO, LogStream(full))))
        log.warning("nobody reads this")
        log.warning("nor this")
        with pytest.raises(OSError, match="No space left"):
            structlog.PrintLogger(full).msg("a plain stream")
    finally:
        with suppress(OSError):
            full.close()


def test_what_the_disk_takes_is_there(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as file:
        structlog.PrintLogger(cast(TextIO, LogStream(file))).msg("somebody reads this")
    assert (tmp_path / "log").read_text() == "somebody reads this\n"
