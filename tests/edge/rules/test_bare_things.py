from hypothesis import given
from hypothesis import strategies as st

from edge.rules.bare_things import BareThing, pieces
from edge.rules.boxes import Box, common, grown

SHARE = st.integers(0, 128).map(lambda number: number / 128)
"""Of numbers that are exact in binary: then a gap is as wide from either side."""


def thing(box: Box) -> BareThing:
    return BareThing(box, age_s=1.0, bare_s=1.0, theirs=False)


def test_what_is_near_another_or_near_one_that_is_near_it_is_one() -> None:
    row = {number: thing((0.1 * number, 0.5, 0.1 * number + 0.08, 0.6)) for number in (1, 2, 3, 7)}
    assert list(pieces(row, 0.03, 0.0)) == [(1, 2, 3), (7,)]
    assert list(pieces(row, 0.01, 0.0)) == [(1,), (2,), (3,), (7,)]


@given(st.lists(st.tuples(SHARE, SHARE), max_size=12), SHARE, SHARE)
def test_each_is_in_one_group_and_groups_are_farther_apart_than_the_gap(
    corners: list[tuple[float, float]], across: float, down: float
) -> None:
    things = {number: thing((x, y, x + 0.0625, y + 0.0625)) for number, (x, y) in enumerate(corners)}
    groups = list(pieces(things, across, down))
    assert sorted(number for group in groups for number in group) == list(things)
    for group in groups:
        rest = things.keys() - set(group)
        assert not any(common(grown(things[a].box, across, down), things[b].box) > 0 for a in group for b in rest)
