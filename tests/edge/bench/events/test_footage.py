import json
from pathlib import Path

import pytest

from edge.bench.events.footage import read_footage
from edge.documents import ConfigError
from edge.video.errors import SourceError
from tests.conftest import REPOSITORY
from tests.edge.bench.events.drawn import EVENT, ZONE, draw_scene


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_scene(tmp_path_factory.mktemp("footage"), "a")


@pytest.fixture
def clip(drawn: Path, tmp_path: Path) -> Path:
    """A fresh copy, to be spoilt."""
    for path in drawn.parent.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path / drawn.name


def refused(*paths: Path, camera_config: Path | None = None) -> str:
    with pytest.raises(ConfigError) as error:
        read_footage(paths, camera_config)
    return str(error.value)


def test_a_scene_has_its_events_its_length_and_its_camera(clip: Path) -> None:
    (scene,) = read_footage([clip.parent])
    assert (scene.name, scene.seconds, scene.camera.name) == ("a.mp4", 9.0, "yard")
    assert [(event.kind, event.zone) for event in scene.events] == [("intrusion", ZONE)]


def test_our_own_footage_finds_its_camera_files_in_both_sets() -> None:
    scenes = read_footage([REPOSITORY / "footage", REPOSITORY / "footage" / "second"])
    assert len(scenes) == 36
    assert {"footage/fall.mp4", "second/fall.mp4"} <= {scene.name for scene in scenes}
    assert all(scene.camera.name.startswith(scene.clip.stem) for scene in scenes)


def test_a_clip_that_is_named_twice_is_one_scene(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clip.parent)
    scenes = read_footage([Path(clip.name), clip, clip.parent / ".." / clip.parent.name / clip.name])
    assert [scene.clip for scene in scenes] == [Path(clip.name)]


def test_scenes_of_folders_with_one_name_are_told_apart(clip: Path, tmp_path: Path) -> None:
    for site in ("north", "south"):
        kept = tmp_path / site / "kept"
        kept.mkdir(parents=True)
        for path in [path for path in tmp_path.iterdir() if path.is_file()]:
            (kept / path.name).write_bytes(path.read_bytes())
    scenes = read_footage([clip, tmp_path / "north" / "kept", tmp_path / "south" / "kept"])
    assert [scene.name for scene in scenes] == [f"{tmp_path.name}/a.mp4", "north/kept/a.mp4", "south/kept/a.mp4"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "intrusoin"}, "a.truth.json events[0].kind: no kind «intrusoin»; did you mean «intrusion»?"),
        ({"end": 9.5}, "a.truth.json events[0].end: 9.5 s is past the end; the clip lasts 9 s"),
        ({"start": -1}, "a.truth.json events[0].start: input should be greater than or equal to 0 (got -1)"),
        ({"end": 1.0}, "a.truth.json events[0]: ends at 1 s, before its start at 4.3 s"),
        (
            {"zone": ZONE[:-1]},
            f"events[0].zone: camera «yard» has no zone or line «{ZONE[:-1]}»; did you mean «{ZONE}»?",
        ),
        ({"start": "soon"}, "a.truth.json events[0].start: input should be a valid number"),
    ],
)
def test_a_mistake_in_an_event_is_named_with_file_and_field(clip: Path, changes: dict[str, object], said: str) -> None:
    clip.with_name("a.truth.json").write_text(json.dumps({"events": [EVENT | changes]}), "utf-8")
    assert said in refused(clip)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "a.truth.json events: is missing; add it"),
        ("[1]", "a.truth.json file: holds no fields"),
        ("{", "a.truth.json: is not JSON"),
        ("[" * 100_000, "a.truth.json: is not JSON"),
    ],
)
def test_what_is_no_truth_is_named(clip: Path, text: str, said: str) -> None:
    clip.with_name("a.truth.json").write_text(text, "utf-8")
    assert said in refused(clip)


def test_a_clip_without_truth_and_without_camera_file_says_both(clip: Path) -> None:
    clip.with_name("a.truth.json").unlink()
    clip.with_name("a.camera.yaml").unlink()
    said = refused(clip)
    assert f"{clip}: has no truth; write a.truth.json beside it" in said
    assert f"{clip}: has no camera file; looked for {clip.with_name('a.camera.yaml')}" in said
    assert len(said.splitlines()) == 2


def test_one_camera_file_or_a_folder_of_them_can_be_named(clip: Path, tmp_path: Path) -> None:
    own = clip.with_name("a.camera.yaml").rename(tmp_path / "mine.yaml")
    assert read_footage([clip], own)[0].camera.name == "yard"
    folder = tmp_path / "cameras"
    folder.mkdir()
    assert f"looked for {folder / 'a.yaml'}" in refused(clip, camera_config=folder)
    own.rename(folder / "a.yaml")
    assert read_footage([clip], folder)[0].camera.name == "yard"


def test_mistakes_in_a_camera_file_are_those_of_a_camera_file(clip: Path) -> None:
    clip.with_name("a.camera.yaml").write_text("name: yard\nsource: x\nrules: [{kind: intrusion}]\n", "utf-8")
    assert "a.camera.yaml:3 rules[0].zone: is missing; add it" in refused(clip)


def test_a_truth_without_its_clip_is_said(clip: Path) -> None:
    clip.with_name("b.truth.json").write_text('{"events": []}', "utf-8")
    assert "b.truth.json: its clip is not here; fetch it or remove this" in refused(clip.parent)


def test_what_is_not_there_or_holds_no_clip_is_said(tmp_path: Path) -> None:
    assert "nowhere: is not here; name a clip or a folder of clips" in refused(tmp_path / "nowhere")
    assert "holds no clip (.avi, .mkv" in refused(tmp_path)


def test_a_clip_that_is_no_video_is_a_source_that_cannot_be_used(clip: Path) -> None:
    clip.write_bytes(b"no video")
    with pytest.raises(SourceError):
        read_footage([clip])
