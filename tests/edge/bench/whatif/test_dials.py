import pytest

from edge.bench.whatif.dials import DialError, find_rule, grid, parse_dial, turned
from edge.config import CameraConfig
from tests.edge.scenelog.logs import CAMERA

OTHER_ZONE = {"name": "yard", "polygon": [[0, 0], [0.3, 0], [0.3, 0.3], [0, 0.3]]}
WIDE = CameraConfig.model_validate(
    {**CAMERA.model_dump(exclude={"source"}), "source": "x", "zones": [*CAMERA.model_dump()["zones"], OTHER_ZONE]}
)


def _turn(text: str, camera: CameraConfig) -> None:
    for setting in grid([parse_dial(text, camera)]):
        turned(camera, setting)


def problem(text: str, camera: CameraConfig = CAMERA) -> str:
    with pytest.raises(DialError) as told:
        _turn(text, camera)
    assert "\n" not in str(told.value)
    return str(told.value)


@pytest.mark.parametrize(
    ("name", "number"), [("shed", 0), ("no entry", 1), ("2", 1), ("line_crossing", 2), ("gate", 2)]
)
def test_a_rule_is_found_by_its_name_its_kind_or_its_number(name: str, number: int) -> None:
    assert find_rule(name, CAMERA, "--set") == number


def test_values_are_read_as_in_a_camera_file() -> None:
    assert parse_dial("shed.after_s=60,70.5", CAMERA).values == (60, 70.5)
    assert parse_dial("gate.direction=both,left_to_right", CAMERA).values == ("both", "left_to_right")
    assert parse_dial("3.classes=[person, car]", CAMERA).values == (["person", "car"],)


def test_several_dials_are_tried_in_all_combinations_the_last_turning_fastest() -> None:
    dials = [parse_dial("shed.after_s=1,2", CAMERA), parse_dial("2.cooldown_s=0,5", CAMERA)]
    assert [tuple(value for _, _, value in one.turned) for one in grid(dials)] == [(1, 0), (1, 5), (2, 0), (2, 5)]


@pytest.mark.parametrize("text", ["shed", "shed.after_s", "after_s=3", "=3", ".after_s=3"])
def test_what_is_no_setting_is_told_with_an_example(text: str) -> None:
    assert problem(text).endswith("expected rule.field=value,value, for example shed.after_s=60,70,90")


@pytest.mark.parametrize("text", ["shed.after_s=", "shed.after_s=[3"])
def test_values_that_cannot_be_read_are_told(text: str) -> None:
    assert "give values as in a camera file" in problem(text)


@pytest.mark.parametrize("name", ["shedd", "0", "4"])
def test_an_unknown_rule_is_told_with_those_there_are(name: str) -> None:
    there = "camera «yard» has 1 «shed» (loitering), 2 «no entry» (intrusion), 3 «gate» (line_crossing)"
    assert problem(f"{name}.after_s=3") == f"--set {name}.after_s=3: no rule «{name}»; {there}"


def test_a_mistake_is_told_in_chinese() -> None:
    with pytest.raises(DialError) as told:
        parse_dial("shedd.after_s=3", CAMERA)
    there = "1 号「shed」（loitering）、2 号「no entry」（intrusion）、3 号「gate」（line_crossing）"
    assert told.value.told("zh") == f"--set shedd.after_s=3：没有规则「shedd」；摄像机「yard」的规则：{there}"


def test_a_name_that_two_rules_have_is_told() -> None:
    camera = CAMERA.model_copy(update={"rules": (CAMERA.rules[0], CAMERA.rules[0])})
    assert "more than one rule is called «shed»; say which by its number" in problem("shed.after_s=3", camera)


def test_an_unknown_field_is_told_with_a_guess_and_those_there_are() -> None:
    text = problem("shed.afters=3")
    assert "rule «shed» (loitering) has no «afters»; did you mean «after_s»?" in text
    assert "forgive_s, update_s" in text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("shed.after_s=0", "shed.after_s: input should be greater than 0"),
        ("shed.after_s=soon", "shed.after_s: input should be a valid number"),
        ("gate.direction=up", "gate.direction: input should be 'both'"),
    ],
)
def test_a_value_out_of_range_is_told(text: str, why: str) -> None:
    assert why in problem(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("shed.zone=garden", "no zone «garden»; expected one of: «shed», «yard»"),
        ("shed.zone=yard", "is another place, and what moves there may not have been looked at; replay the clip"),
        (
            "gate.classes=[dog]",
            "changes what the detector is asked for, and scenes are stored as seen",
        ),
        ("tracker.lost_s=3", "tracker decides what was seen, and scenes are stored as seen; replay the clip"),
        ("video.analysed_fps=10", "video decides what was seen"),
    ],
)
def test_what_would_have_been_seen_otherwise_is_refused(text: str, why: str) -> None:
    assert why in problem(text, WIDE)


def test_a_class_that_another_rule_asks_for_may_be_tried() -> None:
    wide = [{"kind": "intrusion", "zone": "shed", "classes": ["person", "car"]}, {"kind": "loitering", "zone": "shed"}]
    camera = CameraConfig.model_validate(
        {**CAMERA.model_dump(exclude={"source", "rules"}), "source": "x", "rules": wide}
    )
    (setting,) = grid([parse_dial("2.classes=[car]", camera)])
    assert turned(camera, setting).rules[1].classes == ("car",)


def test_a_field_that_is_set_twice_is_refused_for_one_of_its_values_would_be_lost() -> None:
    dials = [parse_dial(text, CAMERA) for text in ("shed.after_s=3", "loitering.after_s=5,7")]
    with pytest.raises(DialError, match=r"--set shed\.after_s: is given twice; put all its values behind one another"):
        grid(dials)


def test_too_many_combinations_are_refused() -> None:
    values = ",".join(map(str, range(1, 40)))
    dials = [parse_dial(f"shed.{field}={values}", CAMERA) for field in ("after_s", "update_s")]
    with pytest.raises(DialError, match="1521 combinations, at most 1000"):
        grid(dials)
