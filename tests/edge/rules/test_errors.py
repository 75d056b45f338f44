"""Tests for edge/rules/errors.py: what does not fit the camera, told in either language."""

import pickle

import pytest

from edge.complaints import complaint
from edge.rules.base import Place
from edge.rules.errors import RuleError
from protocol.messages import Zone

YARD = {
    "yard": Zone(name="yard", polygon=((0, 0), (1, 0), (1, 1))),
    "gate": Zone(name="gate", polygon=((0, 0), (1, 0), (1, 1))),
}


def test_a_zone_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(RuleError) as refused:
        Place("c", YARD, {}).zone("shed")
    assert str(refused.value) == "no zone «shed»; expected one of: «yard», «gate»"
    assert refused.value.told("zh") == "没有区域「shed」；应为下列之一：「yard」、「gate」"


def test_where_there_is_no_line_at_all_it_says_where_to_add_one() -> None:
    with pytest.raises(RuleError) as refused:
        Place("c", YARD, {}).line("gate")
    assert str(refused.value) == "no line «gate»; expected one of: none: add it to lines"
    assert refused.value.told("zh") == "没有界线「gate」；这里一条界线也没有：请把它加到 lines"


def test_it_survives_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(RuleError("zone", complaint("rule.never_opens"))))  # noqa: S301 - our own
    assert (error.field, error.told("zh")) == ("zone", RuleError("zone", complaint("rule.never_opens")).told("zh"))
