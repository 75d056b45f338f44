import json
from pathlib import Path

import pytest

from edge.bench.events.comparing import Change, compare
from edge.bench.events.report import read_report
from edge.bench.events.words import told
from edge.documents import ConfigError
from protocol.kinds import Kind
from tests.edge.bench.events.happenings import REASON, alert, event, report, scene

FOUND = scene([event(10, 20)], [alert(11)])
MISSED = scene([event(10, 20)], [])
LOUD = scene([event(10, 20)], [alert(11), alert(50)])


def test_what_got_worse_is_named_with_its_kind_and_scene() -> None:
    comparison = compare(report(FOUND), report(MISSED))
    recall = next(one for one in comparison.figures if one.name == "recall" and one.kind is Kind.INTRUSION)
    assert (recall.before, recall.now, recall.change) == (1.0, 0.0, Change.WORSE)
    assert [(told(one.text, "en"), one.better) for one in comparison.turned] == [
        ("missed now: intrusion at 10 s", False)
    ]
    assert {one.kind for one in comparison.fallen(0.0)} == {Kind.INTRUSION, None}


def test_what_got_better_does_not_fall() -> None:
    comparison = compare(report(MISSED), report(FOUND))
    assert [one.better for one in comparison.turned] == [True]
    assert comparison.fallen(0.0) == []


def test_more_false_alerts_are_worse() -> None:
    comparison = compare(report(FOUND), report(LOUD))
    rate = next(one for one in comparison.figures if one.name == "false_per_hour" and one.kind is None)
    assert rate.change is Change.WORSE
    assert [told(one.text, "en") for one in comparison.turned] == ["false alerts: 0 before, 1 now"]
    assert comparison.fallen(0.0)
    assert not comparison.fallen(0.5), "a third of F1 is within the slack"


def test_only_shared_scenes_are_compared_and_the_others_named() -> None:
    more = report(FOUND, scene([event(1, 2)], [], name="new.mp4"))
    comparison = compare(report(FOUND), more)
    assert comparison.left_out == ("new.mp4",)
    assert comparison.fallen(0.0) == []


def test_other_conditions_are_said() -> None:
    comparison = compare(report(FOUND), report(FOUND, model="net@2"))
    (model,) = comparison.conditions
    assert told(model, "en") == "model: net@1 before, net@2 now"
    assert told(model, "zh") == "模型原为 net@1，现为 net@2"


def test_a_report_reads_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(report(FOUND).text(), "utf-8")
    assert read_report(path).text() == report(FOUND).text()


def test_a_report_holds_each_reason_as_what_was_said_and_not_in_one_language() -> None:
    (told,) = report(FOUND).document()["scenes"][0]["alerts"]
    assert told["alert"]["reason"] == REASON.model_dump()


def test_a_report_of_an_earlier_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    old = report(FOUND).document()
    old["scenes"][0]["alerts"][0]["alert"]["reason"] = "A person has been in «yard»"
    path = tmp_path / "base.json"
    path.write_text(json.dumps(old), "utf-8")
    with pytest.raises(ConfigError) as refused:
        read_report(path)
    assert str(refused.value) == (
        f"{path} scenes.0.alerts.0.alert.reason: is a sentence, as earlier versions wrote it; "
        "write the report anew with eval --json"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "base.json file: "),
        ('{"software": "1"}', "base.json model: is missing"),
    ],
)
def test_what_is_no_report_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "base.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as refused:
        read_report(path)
    assert said in str(refused.value)


def test_a_report_whose_pairs_contradict_each_other_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "base.json"
    path.write_text(report(FOUND).text().replace('"event": 0', '"event": 7'), "utf-8")
    with pytest.raises(ConfigError, match=r"base\.json scenes\.0: its events and its alerts name each other otherwise"):
        read_report(path)
