from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.bench.events.matching import Event, Raised, match, may_be
from protocol.kinds import Kind
from tests.edge.bench.events.happenings import alert, event

TIMES = st.integers(0, 60).map(lambda tenths: tenths / 4)
ZONES = st.sampled_from(["yard", "gate"])
KINDS = st.sampled_from([Kind.INTRUSION, Kind.LOITERING])


@st.composite
def events(draw: st.DrawFn) -> list[Event]:
    spans = draw(st.lists(st.tuples(TIMES, st.floats(0, 5), KINDS, ZONES | st.none()), max_size=5))
    return [event(start, start + lasts, kind=kind, zone=zone) for start, lasts, kind, zone in spans]


@st.composite
def alerts(draw: st.DrawFn) -> list[Raised]:
    begun = draw(st.lists(st.tuples(TIMES, KINDS, ZONES), max_size=5))
    return [alert(begin, kind=kind, zone=zone, id_=str(n)) for n, (begin, kind, zone) in enumerate(begun)]


@pytest.mark.parametrize(
    ("raised", "meets"),
    [
        (alert(8.0), True),
        (alert(7.9), False),
        (alert(22.0), True),
        (alert(22.1), False),
        (alert(12, zone="gate"), False),
        (alert(12, zone=None), False),
        (alert(12, kind=Kind.LOITERING), False),
    ],
)
def test_an_alert_meets_an_event_of_its_kind_and_zone_while_it_lasts_give_or_take(raised: Raised, meets: bool) -> None:
    assert may_be(event(10, 20), raised, 2.0) is meets


def test_an_event_without_a_zone_takes_an_alert_of_any() -> None:
    assert may_be(event(10, 20, zone=None), alert(12, zone="gate"), 2.0)


def test_pairs_are_chosen_so_that_as_many_as_can_be_are_found() -> None:
    # The nearest alert to the long event is the only one that the short event can have.
    assert match([event(10, 30), event(11, 12)], [alert(11), alert(25)], 1.0) == {0: 1, 1: 0}


def test_among_as_many_pairs_the_least_delay_wins() -> None:
    assert match([event(10, 20)], [alert(18), alert(10.5), alert(12)], 2.0) == {0: 1}


def test_a_second_alert_of_one_event_finds_nothing() -> None:
    assert match([event(10, 20)], [alert(11), alert(15)], 2.0) == {0: 0}


@given(events(), alerts(), st.floats(0, 4))
def test_matching_is_one_to_one_and_only_pairs_what_may_be(
    there: list[Event], raised: list[Raised], tolerance_s: float
) -> None:
    found = match(there, raised, tolerance_s)
    assert len(set(found.values())) == len(found)
    assert all(may_be(there[row], raised[column], tolerance_s) for row, column in found.items())


@given(events(), alerts())
def test_no_other_pairing_has_more_pairs_or_as_many_with_less_delay(there: list[Event], raised: list[Raised]) -> None:
    found = match(there, raised, 2.0)
    got = (len(found), -sum(abs(raised[c].begin_s - there[r].start_s) for r, c in found.items()))
    slots: list[int | None] = [*range(len(raised)), *[None] * len(there)]
    best = (0, 0.0)
    for chosen in set(permutations(slots, len(there))) if len(raised) <= 3 and len(there) <= 3 else ():
        pairs = [(r, c) for r, c in enumerate(chosen) if c is not None and may_be(there[r], raised[c], 2.0)]
        best = max(best, (len(pairs), -sum(abs(raised[c].begin_s - there[r].start_s) for r, c in pairs)))
    assert got[0] >= best[0]
    if got[0] == best[0]:
        assert got[1] >= best[1] - 1e-9


@given(st.data(), events(), alerts())
def test_the_order_in_which_they_are_given_does_not_matter(
    data: st.DataObject, there: list[Event], raised: list[Raised]
) -> None:
    def pairs(rows: list[Event], columns: list[Raised]) -> list[tuple[Event, str]]:
        found = match(rows, columns, 2.0)
        return sorted(((rows[row], columns[column].id) for row, column in found.items()), key=str)

    shuffled = data.draw(st.permutations(there)), data.draw(st.permutations(raised))
    assert pairs(there, raised) == pairs(*shuffled)
