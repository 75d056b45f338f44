"""Every test of this room must leave no thread and no open file behind."""

import gc
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

START_YEAR = 2026


def open_files() -> int:
    return len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    gc.collect()
    files, threads = open_files(), set(threading.enumerate())
    yield
    deadline_s = time.monotonic() + 3
    while time.monotonic() < deadline_s:
        gc.collect()
        left = [thread.name for thread in set(threading.enumerate()) - threads if thread.name.startswith("capture")]
        if not left and open_files() <= files:
            return
        time.sleep(0.05)
    assert not left, f"threads left: {left}"
    assert open_files() <= files, "files left open"
