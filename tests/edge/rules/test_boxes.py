import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.rules.boxes import Box, common, commons

shares = st.floats(0, 1, width=32)
boxes = st.lists(
    st.tuples(shares, shares, shares, shares).map(
        lambda b: (min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]), max(b[1], b[3]))
    ),
    max_size=6,
)


@given(boxes, boxes)
def test_all_at_once_is_as_one_by_one(some: list[Box], others: list[Box]) -> None:
    found = commons(some, others)
    assert found.shape == (len(some), len(others))
    assert found == pytest.approx(np.array([[common(a, b) for b in others] for a in some]).reshape(found.shape))
