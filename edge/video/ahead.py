"""Reading ahead: the next items are made while the caller works on this one."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

MOST = 4
"""Items made ahead: as many small ones as pass while a long one is worked on; each holds a decoded picture."""
T = TypeVar("T")


def ahead(items: Iterator[T], most: int = MOST) -> Iterator[T]:
    """The same items in the same order, made in a thread of their own, at most so many before they are asked for.

    An error comes where its item would have come. When the caller stops early, the item under way is waited for, and
    all that are ahead are dropped.
    """
    worker, end = ThreadPoolExecutor(1, thread_name_prefix="ahead"), object()
    try:
        following = deque(worker.submit(next, items, end) for _ in range(most))
        while (item := following.popleft().result()) is not end:
            following.append(worker.submit(next, items, end))
            yield item  # type: ignore[misc]  # not the end, so it is an item
    finally:
        worker.shutdown(cancel_futures=True)
