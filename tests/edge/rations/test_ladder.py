"""The order in which a node leaves things out: milder before graver, and the gravest untouched but for their rate."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from edge.rations.ladder import FULL, Cut, Ration, Rung, Watching, ladder, ration_of, rests
from protocol.kinds import Severity

LOW, MEDIUM, HIGH, CRITICAL = Severity
severities = st.frozensets(st.sampled_from(Severity), max_size=4)
watching = st.dictionaries(st.sampled_from(["east", "lift", "shed", "west"]), severities, min_size=1)


def steps(cameras: Watching, *, smaller: bool) -> list[dict[str, Ration]]:
    """What each camera is given on each level."""
    rungs = ladder(cameras, smaller=smaller)
    return [{name: ration_of(of, rungs[:level]) for name, of in cameras.items()} for level in range(len(rungs) + 1)]


def test_rate_goes_first_then_size_then_the_mildest_rules_and_the_gravest_cameras_rate_last() -> None:
    cameras = {"shed": frozenset({LOW}), "gate": frozenset({LOW, HIGH}), "bin": frozenset({CRITICAL, MEDIUM})}
    assert ladder(cameras, smaller=True) == (
        Rung(Cut.RATE, LOW),
        Rung(Cut.RATE, HIGH),
        Rung(Cut.SIZE, LOW),
        Rung(Cut.SIZE, HIGH),
        Rung(Cut.RULES, LOW),
        Rung(Cut.RULES, MEDIUM),
        Rung(Cut.RULES, HIGH),
        Rung(Cut.RATE, CRITICAL),
    )


def test_a_detector_of_one_size_has_no_rungs_of_size() -> None:
    assert all(rung.cut is not Cut.SIZE for rung in ladder({"a": frozenset({LOW, CRITICAL})}, smaller=False))


def test_rules_of_one_severity_alone_never_rest_for_there_is_nobody_to_rest_for() -> None:
    assert ladder({"a": frozenset({HIGH}), "b": frozenset({HIGH})}, smaller=True) == (Rung(Cut.RATE, HIGH),)


def test_a_node_without_rules_has_nothing_to_leave_out() -> None:
    assert ladder({"a": frozenset()}, smaller=True) == ()


@given(watching, st.booleans())
def test_each_rung_takes_something_from_somebody_and_gives_nothing_to_anybody(cameras: Watching, smaller: bool) -> None:
    levels = steps(cameras, smaller=smaller)
    for before, after in itertools.pairwise(levels):
        assert before != after
        for name in cameras:
            assert after[name].share <= before[name].share
            assert after[name].smaller >= before[name].smaller
            assert _rank(after[name].paused) >= _rank(before[name].paused)


@given(watching, st.booleans())
def test_who_has_graver_rules_never_gets_less_than_who_has_milder_ones(cameras: Watching, smaller: bool) -> None:
    gravest = {name: max((severity.rank for severity in of), default=-1) for name, of in cameras.items()}
    for given_ in steps(cameras, smaller=smaller):
        for grave in (name for name in cameras if cameras[name]):
            for mild in (name for name in cameras if cameras[name] and gravest[name] <= gravest[grave]):
                assert given_[grave].share >= given_[mild].share
                assert given_[grave].smaller <= given_[mild].smaller


@given(watching, st.booleans())
def test_the_gravest_rules_of_a_node_never_rest_and_see_the_whole_picture(cameras: Watching, smaller: bool) -> None:
    top = max((severity for of in cameras.values() for severity in of), key=lambda one: one.rank, default=None)
    levels = steps(cameras, smaller=smaller)
    for number, given_ in enumerate(levels):
        for name, of in cameras.items():
            if top in of:
                assert not rests(top, given_[name].paused)
                assert not given_[name].smaller
                assert given_[name].share == FULL.share or number == len(levels) - 1


def _rank(paused: Severity | None) -> int:
    return -1 if paused is None else paused.rank
