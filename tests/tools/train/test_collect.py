from pathlib import Path

from tools.train import recipe
from tools.train.collect import Places, wanted


def test_sets_that_are_not_there_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "detection" / "coco" / "train" / "images").mkdir(parents=True)
    names = [name for name, _ in wanted(Places(tmp_path, tmp_path / "stills", tmp_path / "out"))]
    assert names == ["coco", *(f"frames-{source.folder}" for source in recipe.FRAME_SOURCES)]
