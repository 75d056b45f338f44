"""One run at a time in a data folder: a second would end the first one's alerts as orphans and write over its files."""

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from edge.complaints import complaint
from edge.outbox import OutboxError

LOCK = ".run.lock"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder. Raises OutboxError if another process does.

    The lock is the kernel's, on an open file: it goes with the process, however that ends. The file stays: were it
    removed, two processes could lock two files of one name.
    """
    path = folder / LOCK
    with ExitStack() as held:
        try:
            fcntl.flock(held.enter_context(path.open("a")), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutboxError(complaint("outbox.in_use", folder=folder)) from None
        except OSError as error:
            raise OutboxError(complaint("outbox.unopened", path=path, why=error.strerror)) from None
        yield
