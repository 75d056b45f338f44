import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from edge.config import CameraConfig, check_classes, load_camera, load_node
from edge.documents import ConfigError
from edge.rules import kinds
from edge.vision.card import MODELS, load_card
from tests.conftest import REPOSITORY

BAD = Path(__file__).parent / "bad_configs"


@pytest.mark.parametrize("path", sorted((REPOSITORY / "camera_configs").glob("*.yaml")), ids=lambda path: path.name)
def test_every_example_is_sound(path: Path) -> None:
    loaded = load_node(path) if "cameras" in yaml.safe_load(path.read_text("utf-8")) else load_camera(path)
    assert loaded.fingerprint


EXPECTED = yaml.safe_load((BAD / "expected.yaml").read_text("utf-8"))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_mistake_is_told_by_file_line_field_and_remedy(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    with pytest.raises(ConfigError) as refused:
        load_camera(Path(f"{name}.yaml"))
    known = ", ".join(kinds())
    assert str(refused.value).splitlines() == [line.replace("{kinds}", known) for line in EXPECTED[name]]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_mistake_is_told_in_chinese_at_the_same_places(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    with pytest.raises(ConfigError) as refused:
        load_camera(Path(f"{name}.yaml"))
    place = re.compile(r"(?:\[\w+\]|[\w.:-])+")
    lines = zip(refused.value.told("zh").splitlines(), refused.value.told("en").splitlines(), strict=True)
    for chinese, english in lines:
        assert place.match(chinese)[0] == place.match(english)[0].rstrip(":")  # type: ignore[index]
        assert re.search(r"[\u4e00-\u9fff]", chinese)


def test_a_guess_is_told_in_chinese_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    with pytest.raises(ConfigError) as refused:
        load_camera(Path("unknown-zone.yaml"))
    assert refused.value.told("zh") == (
        "unknown-zone.yaml:8 rules[0].zone：没有区域「shad」；应为下列之一：「shed」。是否应为「shed」？"
    )


def test_every_bad_file_has_its_expected_text() -> None:
    assert {path.stem for path in BAD.glob("*.yaml")} - {"expected"} == set(EXPECTED)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(ConfigError, match="cannot be read"):
            load_camera(path)


def test_a_class_that_the_model_does_not_know_is_told_with_a_guess() -> None:
    camera = load_camera(REPOSITORY / "camera_configs/car-park.yaml")
    rule = camera.rules[0].model_copy(update={"classes": ("persom",)})
    wrong = camera.model_copy(update={"rules": (rule,)})
    with pytest.raises(ConfigError) as refused:
        check_classes([wrong], load_card(MODELS / "yolox_nano_416.yaml"))
    assert str(refused.value) == (
        "camera «car-park» rules[0].classes: model «yolox_nano_416» does not know «persom»; did you mean «person»?"
    )


def test_passwords_come_from_the_environment_and_are_never_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GATE_PASSWORD", "hunter2")
    path = tmp_path / "gate.yaml"
    path.write_text("name: gate\nsource: rtsp://admin:${GATE_PASSWORD}@10.0.0.9/stream\n")
    camera = load_camera(path)
    assert camera.source.get_secret_value() == "rtsp://admin:hunter2@10.0.0.9/stream"
    assert "hunter2" not in repr(camera) + str(camera) + camera.model_dump_json()


def test_the_fingerprint_tells_rules_apart_and_not_passwords(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    text = (REPOSITORY / "camera_configs/car-park.yaml").read_text("utf-8")
    prints = []
    for changed in (text, text.replace("source: ", "source: other-"), text.replace("[0.99, 0.04]", "[0.99, 0.05]")):
        path.write_text(changed)
        prints.append(load_camera(path).fingerprint)
    assert prints[0] == prints[1] != prints[2]


@given(st.text(max_size=300))
def test_nonsense_is_refused_by_name_and_makes_nothing_fall_over(text: str) -> None:
    path = Path("/tmp/shouwang-fuzz.yaml")  # noqa: S108
    path.write_bytes(text.encode("utf-8", "replace"))
    with pytest.raises(ConfigError, match=str(path)):
        load_camera(path)


def test_a_cameras_file_in_place_of_the_nodes_is_told_in_one_sentence() -> None:
    with pytest.raises(ConfigError) as told:
        load_node(BAD / "unknown-zone.yaml")
    assert [problem.told().split(": ", 1)[1] for problem in told.value.complaints] == [
        "is a camera's file; give the node's file, which names it under cameras"
    ]


@pytest.mark.parametrize(
    ("rules", "video", "fps"),
    [
        ([{"kind": "crowd", "zone": "yard"}], {}, 5),
        ([{"kind": "crowd", "zone": "yard"}, {"kind": "fall"}], {}, 10),
        ([{"kind": "falling_object", "zone": "yard"}], {"ring_seconds": 60}, 10),
        ([{"kind": "fight"}], {"analysed_fps": 5}, 5),
        ([{"kind": "crowd", "zone": "yard"}], {"analysed_fps": 12}, 12),
        ([], {}, 5),
    ],
)
def test_a_camera_is_looked_at_as_often_as_its_rules_want_unless_it_says_how_often(
    rules: list[dict[str, object]], video: dict[str, object], fps: float
) -> None:
    zone = {"name": "yard", "polygon": [[0, 0], [1, 0], [1, 1]]}
    camera = CameraConfig.model_validate(
        {"name": "c", "source": "c.mp4", "zones": [zone], "rules": rules, "video": video}
    )
    assert camera.video.analysed_fps == fps
    assert camera.place.analysed_fps == fps
    assert "ring_seconds" not in video or camera.video.ring_seconds == 60
