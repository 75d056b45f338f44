import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.messages import encode
from protocol.signing import BadSignature, new_key, public_key, public_text, sign, verify
from tests.protocol.example import ALERT

KEY = new_key()
SIGNED = encode(sign(ALERT, KEY))


def test_a_signed_alert_verifies_by_the_registered_text_of_the_key() -> None:
    verify(SIGNED, public_key(public_text(KEY)))


def test_order_and_spacing_of_the_json_do_not_matter() -> None:
    document = json.loads(SIGNED)
    verify(json.dumps(dict(reversed(document.items())), indent=3).encode(), KEY.public_key())


@given(st.integers(0, len(SIGNED) * 8 - 1))
def test_no_flipped_bit_goes_unseen(bit: int) -> None:
    broken = bytearray(SIGNED)
    broken[bit // 8] ^= 1 << bit % 8
    with pytest.raises((BadSignature, ValueError)):
        verify(bytes(broken), KEY.public_key())


ALTERATIONS: list[Callable[[dict[str, Any]], object]] = [
    lambda alert: alert.pop("signature"),
    lambda alert: alert.update(signature=12),
    lambda alert: alert.update(signature="AAAA"),
    lambda alert: alert.update(severity="low"),
    lambda alert: alert["evidence"][0].update(sha256="f" * 64),
    lambda alert: alert.update(added_later=True),
]


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_altered_evidence_added_fields_and_missing_signatures_are_found(
    alteration: Callable[[dict[str, Any]], object],
) -> None:
    document = json.loads(SIGNED)
    alteration(document)
    with pytest.raises(BadSignature):
        verify(json.dumps(document).encode(), KEY.public_key())


def test_another_nodes_key_does_not_verify() -> None:
    with pytest.raises(BadSignature):
        verify(SIGNED, new_key().public_key())
