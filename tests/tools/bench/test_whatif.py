"""The made-up day over which limits are tried."""

from itertools import islice, pairwise

import numpy as np
import pytest

from edge.bench.whatif.dials import find_rule
from edge.rules.geometry import Polygon
from tools.bench.whatif import DAY_S, DAYS, WAY_S, camera, foot, scenes, visits

SHED = Polygon(camera().zones[0].polygon)


@pytest.mark.parametrize("share", DAYS.values())
def test_the_zone_is_in_use_for_the_share_of_the_day_that_is_said(share: float) -> None:
    stays = visits(share)
    assert sum(leaves - enters for enters, leaves in stays) / DAY_S == pytest.approx(share, rel=0.2)
    assert all(one[1] <= other[0] for one, other in pairwise(stays))


def test_who_visits_is_in_the_zone_as_long_as_is_said_and_outside_before_and_after() -> None:
    times = np.linspace(80, 180, 201)
    inside = [SHED.has(*foot(at, 100, 160)) for at in times]
    assert all(held for at, held in zip(times, inside, strict=True) if 100 <= at <= 160)
    assert not any(held for at, held in zip(times, inside, strict=True) if not 100 - WAY_S / 2 <= at <= 160 + WAY_S / 2)


def test_scenes_show_who_is_on_the_way() -> None:
    first = visits(1 / 3)[0][0]
    shown = [len(scene.tracks) for scene in islice(scenes(1 / 3), round((first + 1) * 5))]
    assert shown[0] == 0
    assert shown[-1] == 1
    assert find_rule("shed", camera(), "--set") == 0
