import json
from pathlib import Path

import cv2

from edge.models.evaluation.yolo_set import read_yolo_set
from tests.tools.footage.standin import PLACES, BoxStudio
from tools.footage.kept_stills import KEPT, WIDTH, keep
from tools.footage.labels import LABELS
from tools.footage.stills import SET_SIZE, StillFiles, stills


def test_a_few_hundred_stills_are_here_and_every_label_of_them_is_sound() -> None:
    kept = read_yolo_set(KEPT)
    assert kept.count >= 200
    assert kept.names == LABELS
    seen = {kept.names[number] for one in kept.pictures() for number in one.classes.tolist()}
    assert seen >= set(LABELS) - {"truck"}  # vans are called cars, see labels.py


def test_stills_are_chosen_evenly_and_keep_their_labels(tmp_path: Path) -> None:
    files = StillFiles(tmp_path / "all")
    for still in stills(1, 5, BoxStudio, [*PLACES.values()]):
        files.write(still, 90)
    assert keep(tmp_path / "all", tmp_path / "kept", 8) == 8
    names = sorted(path.stem for path in (tmp_path / "kept" / "truth").iterdir())
    assert names == [f"{SET_SIZE + number:06d}" for number in range(0, SET_SIZE, SET_SIZE // 8)]
    for name in names:
        picture = cv2.imread(str(tmp_path / "kept" / "images" / f"{name}.jpg"))
        assert picture is not None
        assert picture.shape[1] == WIDTH
        lines = (tmp_path / "kept" / "labels" / f"{name}.txt").read_text("utf-8").splitlines()
        assert len(lines) == len(json.loads((tmp_path / "kept" / "truth" / f"{name}.json").read_text("utf-8")))


def test_keeping_again_leaves_none_of_the_old_ones(tmp_path: Path) -> None:
    files = StillFiles(tmp_path / "all")
    for still in list(stills(1, 5, BoxStudio, [*PLACES.values()]))[:10]:
        files.write(still, 90)
    keep(tmp_path / "all", tmp_path / "kept", 10)
    keep(tmp_path / "all", tmp_path / "kept", 2)
    assert len(list((tmp_path / "kept" / "images").iterdir())) == 2
