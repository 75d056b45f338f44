from pathlib import Path

import av
import pytest
import typer

from edge.bench.record import record
from edge.config import load_camera
from edge.options import seconds_of
from edge.video.errors import SourceError
from tests.edge.box import CAMERA, write
from tests.edge.clips import draw_clip


def test_a_live_stretch_is_kept_with_the_camera_file_that_watches_it(tmp_path: Path) -> None:
    draw_clip(tmp_path / "drawn.mp4")
    rules = [{"kind": "loitering", "zone": "middle", "after_s": 5}]
    source = str(tmp_path / "drawn.mp4")
    write(tmp_path / "camera.yaml", CAMERA | {"source": source, "looping": True, "rules": rules})
    told: list[float] = []
    clip = record(load_camera(tmp_path / "camera.yaml"), 2.0, tmp_path / "kept", told.append)
    with av.open(str(clip)) as container:
        seconds = len(list(container.decode(video=0))) / 10
    assert 1.5 <= seconds <= 4
    kept = load_camera(clip.with_suffix(".camera.yaml"))
    assert [rule.after_s for rule in kept.rules] == [5]
    assert kept.source.get_secret_value() == clip.name
    assert not kept.looping
    assert told


def test_a_camera_that_is_not_there_leaves_nothing(tmp_path: Path) -> None:
    write(tmp_path / "camera.yaml", CAMERA | {"source": str(tmp_path / "gone.mp4")})
    with pytest.raises(SourceError, match=r"camera «yard»: .*gone.mp4: does not exist"):
        record(load_camera(tmp_path / "camera.yaml"), 2.0, tmp_path / "kept", lambda _: None)
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize(("text", "seconds"), [("60", 60), ("60s", 60), ("2m", 120), ("1.5 m", 90)])
def test_lengths_are_written_as_people_do(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "0", "an hour", "1h", "-5", "30m"])
def test_other_lengths_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="for example 60s"):
        seconds_of(text)
