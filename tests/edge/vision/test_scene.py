"""Tracks of many scenes in one, and the parts of them that are a scene each."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.vision.scene import Tracks

PLAIN = ("numbers", "feet_at", "boxes_at", "tall", "visible", "label_of")


def tracks(count: int) -> Tracks:
    chance = np.random.default_rng(count)
    return Tracks(
        ids=np.arange(1, count + 1),
        labels=tuple(chance.choice(["person", "car", "dog"], count).tolist()),
        scores=chance.random(count, np.float32),
        boxes=np.sort(chance.random((count, 2, 2), np.float32), axis=1).reshape(count, 4),
        seen=chance.random(count) > 0.5,
        ages_s=chance.random(count, np.float32),
    )


@pytest.mark.parametrize("worked_out", [True, False])
@given(st.integers(0, 12), st.integers(0, 12))
def test_a_part_says_what_the_same_rows_alone_say(worked_out: bool, start: int, count: int) -> None:
    whole = tracks(24)
    if worked_out:
        whole.work_out()
    end = start + count
    part = whole.part(start, end)
    alone = Tracks(*(getattr(whole, one.name)[start:end] for one in fields(Tracks)))
    for name in PLAIN:
        assert getattr(part, name) == getattr(alone, name)
    assert part.feet.tobytes() == alone.feet.tobytes()
    assert part.rows_of(("person", "dog")) == alone.rows_of(("person", "dog"))


def test_what_rules_work_out_by_row_is_worked_out_once_for_all_parts() -> None:
    whole, asked = tracks(24), []

    def widths(of: Tracks) -> list[float]:
        asked.append(len(of))
        return [right - left for left, _, right, _ in of.boxes_at]

    parts = [whole.part(start, start + 6) for start in range(0, 24, 6)]
    assert [part.by_row("widths", widths) for part in parts] == [widths(part) for part in parts]
    assert asked == [24, 6, 6, 6, 6]
