import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.topics import CHANNELS, Channel, may_publish, may_subscribe, split, topic

names = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,62}", fullmatch=True)


@given(names, st.sampled_from(Channel))
def test_a_topic_splits_into_what_it_was_made_of(node: str, channel: Channel) -> None:
    assert split(topic(node, channel)) == (node, channel)


@given(names, names, st.sampled_from(Channel))
def test_a_node_speaks_and_hears_only_under_its_own_prefix(node: str, other: str, channel: Channel) -> None:
    assert may_publish(node, topic(other, channel)) == (node == other and CHANNELS[channel].from_node)
    assert may_subscribe(node, topic(other, channel)) == (node == other and not CHANNELS[channel].from_node)


@pytest.mark.parametrize("wild", ["#", "shouwang/v1/#", "shouwang/v1/+/receipts", "shouwang/v1/gate/#", "$SYS/#", ""])
def test_wildcards_and_foreign_topics_are_refused(wild: str) -> None:
    assert not may_publish("gate", wild)
    assert not may_subscribe("gate", wild)
