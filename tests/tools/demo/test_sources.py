"""What a demonstration plays, and the files of its node."""

from pathlib import Path

import pytest

from edge.alone import alone
from edge.config import load_node
from edge.outbox import OutboxError
from edge.video.errors import SourceNotFoundError
from tests.edge.clips import draw_clip
from tests.edge.vision.networks import save_brightness_network
from tools.demo import sources as demo
from tools.demo.sources import CAMERAS, NothingToPlay, Played, camera_for, sources, write_node


def test_a_clip_that_an_example_is_made_for_gets_its_camera() -> None:
    assert camera_for(Path("elsewhere/person-bicycle-car.mp4")) == CAMERAS / "car-park.yaml"
    assert camera_for(Path("anything.mp4")) == CAMERAS / "whole-view.yaml"


def test_a_node_watches_every_clip_in_a_loop(tmp_path: Path) -> None:
    save_brightness_network(tmp_path)
    clips = [draw_clip(tmp_path / f"{name}.mp4") for name in ("one", "two")]
    played = [Played(clips[0], CAMERAS / "car-park.yaml"), Played(clips[1], CAMERAS / "whole-view.yaml")]
    node = load_node(write_node(tmp_path / "demo", played, tmp_path / "brightness.yaml"))
    assert [camera.name for camera in node.cameras] == ["car-park", "whole-view"]
    assert [camera.source.get_secret_value() for camera in node.cameras] == [str(clip) for clip in clips]
    assert all(camera.looping for camera in node.cameras)


def test_without_a_model_the_node_takes_the_one_that_comes_with_shouwang(tmp_path: Path) -> None:
    played = [Played(draw_clip(tmp_path / "one.mp4"), CAMERAS / "whole-view.yaml")]
    assert load_node(write_node(tmp_path / "demo", played, None)).node.model is None


def test_a_camera_without_a_clip_is_not_passed_over() -> None:
    with pytest.raises(NothingToPlay, match=r"my\.yaml stays unused without a clip"):
        sources(None, Path("my.yaml"))


def test_only_an_earlier_demonstration_that_has_ended_is_removed(tmp_path: Path) -> None:
    played = [Played(draw_clip(tmp_path / "one.mp4"), CAMERAS / "whole-view.yaml")]
    with pytest.raises(NothingToPlay, match="holds something else"):
        write_node(tmp_path, played, None)
    with pytest.raises(NothingToPlay, match="holds something else"):
        write_node(tmp_path / "one.mp4", played, None)
    folder = write_node(tmp_path / "demo", played, None).parent
    (folder / "edge").mkdir()
    with alone(folder / "edge"), pytest.raises(OutboxError, match="another shouwang-edge run"):
        write_node(folder, played, None)
    write_node(folder, played, None)
    assert not (folder / "edge").exists()
    assert (tmp_path / "one.mp4").is_file()


def test_a_clip_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match=r"no-such\.mp4"):
        write_node(tmp_path / "demo", sources(str(tmp_path / "no-such.mp4"), None), tmp_path / "any.onnx")


def test_without_footage_one_sentence_says_what_to_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "FOOTAGE", CAMERAS / "nowhere")
    with pytest.raises(NothingToPlay, match=r"nowhere/.*\.mp4 is missing: pass a clip with CLIP=video\.mp4"):
        sources(None, None)
