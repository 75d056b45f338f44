from typing import Any

from tools.bench.tracker import HELD, result


def sequence(ours_s: float, theirs_s: float, mota: tuple[float, float]) -> dict[str, Any]:
    sides = {"ours": mota[0], "theirs": mota[1], "ours_common": 1.0, "theirs_common": 1.0}
    scores = {side: {"mota": value, "idf1": 60.0, "hota": 50.0} for side, value in sides.items()}
    return {"frames": 100, "detections": 500, "ours_s": ours_s, "theirs_s": theirs_s, "scores": scores}


def document(*sequences: dict[str, Any]) -> dict[str, Any]:
    about = {"versions": ["trackers 2"], "common": 0.6, "sure": 0.5, "rounds": 3}
    return {**about, "sequences": dict(zip(HELD, sequences, strict=True))}


def test_speed_is_counted_over_all_frames_not_as_a_mean_of_ratios() -> None:
    found = result(document(sequence(0.01, 0.2, (50, 50)), sequence(0.03, 0.2, (50, 50))))
    assert found.figures[0].value == 10
    assert found.figures[0].met
    assert found.remarks == ("Ours takes 0.2 ms a frame.",)


def test_a_metric_below_theirs_is_missed() -> None:
    found = result(document(sequence(0.01, 0.2, (49.9, 50)), sequence(0.01, 0.2, (50.1, 50))))
    assert [figure.name for figure in found.missed] == ["MOTA on TUD-Campus above theirs"]


def test_a_slow_tracker_is_explained() -> None:
    found = result(document(sequence(0.1, 0.2, (50, 50)), sequence(0.1, 0.2, (50, 50))))
    assert found.figures[0].met is False
    assert len(found.remarks) == 2
