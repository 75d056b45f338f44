import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from edge.scenelog.columns import Bundle, bundle, pack, unpack

DTYPES = st.sampled_from(["?", "<f4", "<f8", "<f2", "<i8", "<i4", "<i2", "|u1", "<u2", "|i1"])
SHAPES = arrays.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=9)


@given(DTYPES.flatmap(lambda dtype: arrays.arrays(dtype, SHAPES)))
def test_a_column_comes_back_with_every_bit(array: np.ndarray) -> None:
    packed = pack(array)
    again = unpack(packed.form, packed.data)
    assert (again.dtype, again.shape, again.tobytes()) == (array.dtype, array.shape, array.tobytes())


@given(st.lists(st.integers(0, 16_384), min_size=8, max_size=60))
def test_rounded_boxes_take_no_more_than_three_bytes_a_number(steps: list[int]) -> None:
    packed = pack((np.array(steps) / 16_384).astype(np.float32))
    assert len(packed.data) <= 3 * len(steps)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -0.0, 1e300, 5e-324])
def test_numbers_that_are_no_steps_are_kept_as_they_are(value: float) -> None:
    array = np.array([0.5, value])
    packed = pack(array)
    assert unpack(packed.form, packed.data).tobytes() == array.tobytes()


@given(st.binary(max_size=60))
def test_bytes_that_are_no_bundle_are_refused(data: bytes) -> None:
    with pytest.raises((ValueError, LookupError, TypeError)):
        Bundle.of(data)


def test_a_bundle_gives_back_its_columns_and_notes() -> None:
    data = bundle({"a": pack(np.arange(5)), "b": pack(np.zeros((0, 4), np.float32))}, {"words": ["门", None]})
    again = Bundle.of(data)
    assert again.column("a").tolist() == [0, 1, 2, 3, 4]
    assert again.column("b").shape == (0, 4)
    assert again.notes == {"words": ["门", None]}
