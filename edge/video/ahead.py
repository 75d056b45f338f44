"""Reading ahead: the next item is made while the caller works on this one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items in the same order, each made in a thread of its own while the one before it is in use.

    Never more than one ahead, so what the caller sees does not depend on which of the two is faster. An error comes
    where its item would have come. When the caller stops early, the item under way is waited for and dropped.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as worker:
        end = object()
        following = worker.submit(next, items, end)
        while (item := following.result()) is not end:
            following = worker.submit(next, items, end)
            yield item  # type: ignore[misc]  # not the end, so it is an item
