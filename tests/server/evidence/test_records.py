"""Which evidence has arrived: noted once, however many bring it."""

import time
from concurrent.futures import ThreadPoolExecutor

from server.db.engine import Database
from server.evidence.records import record, stored
from tests.server.parts import NOW, Box

SHA256 = "a" * 64


def test_a_piece_that_two_bring_at_once_is_noted_once_and_is_no_fault(database: Database, box: Box) -> None:
    def bring() -> bool:
        with database.writing() as db:
            is_new = record(db, SHA256, 10, "image/jpeg", box.name, NOW)
            db.commit()
            return is_new

    with ThreadPoolExecutor(1) as other:
        with database.writing() as db:
            assert record(db, SHA256, 10, "image/jpeg", box.name, NOW)
            second = other.submit(bring)
            time.sleep(0.2)  # it has looked, and waits for our commit
            db.commit()
        assert not second.result(timeout=20)
    with database.reading() as db:
        noted = stored(db, SHA256)
        assert noted is not None
        assert (noted.size, noted.media_type, noted.node, noted.stored_at) == (10, "image/jpeg", box.name, NOW)
