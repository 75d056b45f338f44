import shutil
from pathlib import Path

from edge.models.evaluation.yolo_set import read_yolo_set
from tools.probe import PROBE, take


def test_the_pictures_that_prove_a_network_are_taken_out_of_our_clips_with_their_truth(tmp_path: Path) -> None:
    for name in ("classes.yaml", "source.yaml"):
        shutil.copy(PROBE / name, tmp_path)
    take(tmp_path)
    taken, kept = read_yolo_set(tmp_path), read_yolo_set(PROBE)
    assert (taken.count, taken.words) == (kept.count, ("person", "car"))
    assert all(len(one.boxes) for one in taken.pictures())
