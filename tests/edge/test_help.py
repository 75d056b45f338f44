"""Wrong calls of `shouwang-edge` are told in either language; its help is English again after Chinese."""

import pytest

from tests.edge.command import Command


def test_help_in_english_is_as_it_is_declared_also_after_chinese(command: Command) -> None:
    _, chinese, _ = command("whatif", "--help", "--language", "zh")
    assert "选项" in chinese
    _, english, _ = command("whatif", "--help")
    assert "Options" in english
    assert "Say what alerts there would have been at other limits" in english


@pytest.mark.parametrize(
    ("arguments", "english", "chinese"),
    [
        (["run"], "Missing argument 'config'", "缺少参数 config"),
        (["run", "a", "b"], "unexpected extra argument(s) (b)", "多出的参数：b"),
        (["runn"], "No such command 'runn'. Did you mean 'run'?", "没有命令「runn」；是不是「run」？"),
        (["replay", "a.mp4", "--vide"], "No such option: --vide", "没有选项 --vide；是不是其中之一"),
        (["eval", "a", "--json"], "'--json' requires an argument", "选项 --json 缺少值"),
        (["eval", "a", "--least-f1", "2"], "less than or equal to 1", "'--least-f1' 的值不对：应不大于 1"),
        (["eval", "a", "--jobs", "many"], "valid integer", "应为整数"),
        (["eval", "a", "--licences", "free"], "'free' is not one of", "「free」不可选；可选：'any', 'permissive'"),
        (["replay", "a.mp4", "--start", "2026-01-01"], "needs a zone", "--start 的值不对：缺少时区"),
        (["eval", "a", "--start", "9999-12-31T00:00:00Z"], "lies too far away", "离现在太远；请选 1971 至 2999 年"),
        (["record", "a.yaml", "--for", "3h"], "«3h» is no time from 1s to 9m", "「3h」不是 1s 至 9m 的时长"),
        (["run", "a.yaml", "--language", "fr"], "«fr» is not spoken here", "不会说「fr」"),
        (["whatif", "a", "--truth", "b", "--verdicts", "c"], "not both", "只能用一个"),
        (
            ["explain", "a.mp4", "--at", "1", "--alert", "b"],
            "needs alerts.jsonl of a replay",
            "需要回放写出的 alerts.jsonl",
        ),
    ],
)
def test_a_wrong_call_is_told_in_either_language(
    command: Command, arguments: list[str], english: str, chinese: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, expected in (("en", english), ("zh", chinese)):
        monkeypatch.setenv("SHOUWANG_LANGUAGE", language)
        code, _, complaint = command(*arguments)
        assert code == 2
        assert expected in complaint
