import json
from typing import Any
from uuid import UUID

import pytest

from protocol.kinds import Kind
from protocol.messages import (
    MAX_MESSAGE_BYTES,
    MOST_EXCEPTIONS,
    MOST_REFUSED,
    Alert,
    ExceptionKind,
    Health,
    Learnt,
    LearntException,
    RefusedMessage,
    Zone,
    encode,
    parse,
)
from tests.protocol.example import ALERT, AT


def changed(**fields: object) -> bytes:
    return json.dumps({**json.loads(encode(ALERT)), **fields}).encode()


def test_an_alert_reads_back_as_it_was_written() -> None:
    assert parse(Alert, encode(ALERT)) == ALERT


def test_times_go_out_in_utc_with_milliseconds() -> None:
    assert json.loads(encode(ALERT))["began_at"] == "2026-03-01T04:00:00.123Z"


def test_fields_of_a_newer_sender_are_ignored() -> None:
    assert parse(Alert, changed(colour="green")) == ALERT


@pytest.mark.parametrize(
    ("payload", "reason", "text"),
    [
        (b"not json", "not_json", "not JSON"),
        (b"\xff\xfe\x00", "not_json", "not JSON"),
        (b"[]", "invalid", "message"),
        (b" " * (MAX_MESSAGE_BYTES + 1), "too_large", "262145 bytes, at most 262144 are taken"),
        (changed(version=2), "future_version", "version 2, this side speaks up to 1"),
        (changed(version=2, kind="telepathy"), "future_version", "version 2"),
        (changed(kind="telepathy"), "invalid", "kind: "),
        (changed(began_at="2026-03-01T04:00:00"), "invalid", "began_at: "),
        (changed(revision=0), "invalid", "revision: "),
        (changed(camera="../../etc"), "invalid", "camera: "),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_reason(payload: bytes, reason: str, text: str) -> None:
    with pytest.raises(RefusedMessage) as refused:
        parse(Alert, payload)
    assert refused.value.reason == reason
    assert text in str(refused.value)


@pytest.mark.parametrize("count", [-1, 2**53, 10**40])
def test_a_count_that_no_json_carries_exactly_is_refused(count: int) -> None:
    health = {"node": "gatehouse", "at": "2026-03-01T04:00:00Z", "boot": str(ALERT.id), "uptime_s": 1}
    waiting = {"dropped_alerts": 2**53 - 1}
    assert parse(Health, json.dumps({**health, "outbox": waiting}).encode()).outbox.dropped_alerts == 2**53 - 1
    with pytest.raises(RefusedMessage, match="dropped_alerts: "):
        parse(Health, json.dumps({**health, "outbox": {"dropped_alerts": count}}).encode())


@pytest.mark.parametrize("polygon", [[(0, 0), (1, 1)], [(0, 0), (1, 1), (1.2, 0)], []])
def test_a_zone_needs_three_corners_inside_the_picture(polygon: list[Any]) -> None:
    with pytest.raises(ValueError, match="polygon"):
        Zone(name="bays", polygon=polygon)


def test_the_most_that_a_node_may_have_learnt_fits_into_a_message_whatever_the_names() -> None:
    odd = 1 / 3
    widest = LearntException(
        id="f" * 12, camera="c" * 63, rule="🐈" * 120, rule_kind=max(Kind, key=len), since=AT, kind=ExceptionKind.PLACE,
        label="🐈" * 120, box=(odd, odd, odd, odd), score=odd, because=UUID(int=2**128 - 1), would_have_hidden=500,
        of=500, proposed=False,
    )  # fmt: skip
    full = Learnt(
        node="n" * 63, at=AT, exceptions=(widest,) * MOST_EXCEPTIONS, left_out=1000, refused=(widest,) * MOST_REFUSED
    )
    assert parse(Learnt, encode(full)) == full
