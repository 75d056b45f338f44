"""Reading ahead changes when things are made, and nothing else."""

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.video.ahead import ahead


@given(st.lists(st.one_of(st.none(), st.integers())))
def test_the_items_are_the_same_in_the_same_order(items: list[int | None]) -> None:
    assert list(ahead(iter(items))) == items


@pytest.mark.parametrize("most", [1, 3])
def test_the_next_items_are_made_while_one_is_in_use_and_never_more(most: int) -> None:
    made: list[int] = []
    enough = threading.Event()

    def numbers() -> Iterator[int]:
        for number in range(9):
            made.append(number)
            if number == most:
                enough.set()
            yield number

    items = ahead(numbers(), most)
    next(items)
    assert enough.wait(5)
    items.close()  # type: ignore[attr-defined]
    assert made == list(range(most + 1))


def test_an_error_comes_where_its_item_would_have_come() -> None:
    def broken() -> Iterator[int]:
        yield 1
        yield 2
        raise OSError("torn")

    items = ahead(broken())
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(OSError, match="torn"):
        next(items)


def test_who_stops_early_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    for _ in ahead(iter(range(100))):
        break
    assert threading.active_count() == before
