from pathlib import Path

import numpy as np
import pytest

from tools.bench.fights import _recognised, judged_every_s
from tools.train.windows import Clip, View, Windows


def windows(*clips: str) -> Windows:
    """One of each clip, seen by ours as boxes at ten pictures a second."""
    count = len(clips)
    names = np.array(clips, np.str_)
    return Windows(
        clips=names,
        groups=names,
        cut=np.ones(count, np.bool_),
        fights=np.zeros(count, np.bool_),
        detectors=np.full(count, "ours"),
        views=np.full(count, str(View.BOXES)),
        rates=np.full(count, 10),
        ends_s=np.zeros(count),
        boxes=np.zeros((count, 4)),
        people=np.zeros(count, np.int64),
        values=np.zeros((count, 30)),
    )


def test_clips_that_are_not_judged_are_alike_and_count_half_in_the_area() -> None:
    everything = [Clip(Path(f"{name}.mp4"), "yard", name.startswith("fi")) for name in ("fi1", "fi2", "nofi1", "nofi2")]
    balanced, cells = _recognised(everything, windows("fi1", "nofi1"), np.array([0.9, 0.2]), "ours", View.BOXES)
    assert balanced == pytest.approx(0.75)
    # fi1 is above both; fi2 (not judged) is below nofi1 and like nofi2.
    assert cells[2] == "0.625"
    assert cells[-1] == "2"


def test_at_five_pictures_a_second_half_seconds_are_judged_every_third_picture() -> None:
    assert judged_every_s(10) == pytest.approx(0.5)
    assert judged_every_s(5) == pytest.approx(0.6)
