"""What waits for ingest is bounded by its bytes, in all and for each topic."""

import queue

import pytest

from server.ingest.backlog import SHARES, Backlog
from server.ingest.understand import Incoming
from tests.server.parts import NOW

MOST_BYTES = 800_000


def message(size: int, node: str = "gatehouse") -> Incoming:
    return Incoming(f"shouwang/v1/{node}/health", bytes(size), NOW)


def taken(backlog: Backlog, *messages: Incoming) -> int:
    """How many of the messages find room."""
    count = 0
    for one in messages:
        try:
            backlog.put_nowait(one)
        except queue.Full:
            return count
        count += 1
    return count


@pytest.mark.parametrize(("size", "most"), [(40_000, 3), (400, 107)])
def test_large_messages_fill_the_share_of_their_topic_sooner_than_small_ones(size: int, most: int) -> None:
    assert taken(Backlog(MOST_BYTES), *[message(size)] * 1000) == most


def test_who_says_too_much_leaves_room_for_all_others_until_all_is_full() -> None:
    backlog = Backlog(MOST_BYTES)
    for number in range(SHARES - 2):
        assert taken(backlog, *[message(40_000, f"loud-{number}")] * 1000) == 3
    assert taken(backlog, message(100, "quiet")) == 1
    assert sum(taken(backlog, message(40_000, f"more-{number}")) for number in range(100)) == 2


def test_what_is_taken_out_makes_room_and_comes_in_order() -> None:
    backlog = Backlog(MOST_BYTES)
    sizes = [40_000, 40_001, 40_002]
    assert taken(backlog, *map(message, [*sizes, 1])) == 3
    assert [len(backlog.get_nowait().payload) for _ in sizes] == sizes
    with pytest.raises(queue.Empty):
        backlog.get_nowait()
    assert taken(backlog, message(40_003)) == 1
    assert len(backlog.get(timeout=1).payload) == 40_003
