"""shouwang-edge lessons: what verdicts have taught, in words, and taken back, also under a node that runs."""

import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from edge.learning.exceptions import LearningSettings, Lessons, RuleException
from edge.learning.lessons import lessons_file, load_lessons, save_lessons
from protocol.kinds import Kind
from protocol.messages import ExceptionKind
from tests.edge.box import CAMERA, write
from tests.edge.clips import draw_clip
from tests.edge.command import Command
from tests.edge.learning.test_exceptions import AT, DOOR, STATUE, witness
from tests.edge.test_node import kept, node_of, running

RULE = "intrusion middle"


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """A node's file with one camera, and nothing that runs."""
    write(tmp_path / "camera.yaml", CAMERA)
    return write(tmp_path / "node.yaml", {"name": "gatehouse", "cameras": ["camera.yaml"]})


def learnt_by(box: Path) -> dict[str, Lessons]:
    return dict(load_lessons(lessons_file(box.parent / "data" / "learnt", "yard"), "yard"))


def teach(box: Path, *, propose: bool = False, rules: tuple[str, ...] = (RULE,)) -> RuleException:
    """Two real alerts at the door and a false one of a statue, for each rule; the statue's exception."""
    learnt = {}
    for rule in rules:
        learnt[rule] = Lessons()
        for number in (1, 2):
            learnt[rule].hear([witness(number, box=DOOR, real=True)], LearningSettings())
        made = learnt[rule].hear([witness(3, still=True)], LearningSettings(propose=propose)).made
    assert made is not None
    save_lessons(lessons_file(box.parent / "data" / "learnt", "yard"), "yard", learnt)
    return made


def test_a_list_says_what_since_when_why_and_at_what_cost(box: Path, command: Command) -> None:
    made = teach(box)
    status, said, _ = command("lessons", "list", box)
    assert status == 0
    assert f"{made.id}  A person standing 45% from the left and 60% from the top of the picture no longer" in said
    assert "Since 2026-03-02 08:00, because alert 00000000-0000-0000-0000-000000000003 was called false" in said
    assert "It would have hidden 0 of 2 alerts that were called real here" in said
    assert "Alerts called real: 2, called false: 1; exceptions: 1" in said
    assert "proposed" not in said
    chinese = command("lessons", "list", box, "--language", "zh")[1]
    assert "有人在画面左起 45%、上起 60% 处静止不动时，不再触发告警" in chinese


def test_a_list_says_what_was_not_made_and_why(box: Path, command: Command) -> None:
    lessons = Lessons()
    for number, where in enumerate([STATUE, DOOR]):
        lessons.hear([witness(number, box=where, real=True)], LearningSettings())
    lessons.hear([witness(3, still=True)], LearningSettings())
    save_lessons(lessons_file(box.parent / "data" / "learnt", "yard"), "yard", {RULE: lessons})
    said = command("lessons", "list", box)[1]
    assert "No exception was made: it would have hidden 1 of 2 alerts that were called real here" in said
    assert "A person standing 45% from the left and 60% from the top of the picture still counts" in said
    assert "On 2026-03-02 08:00, when alert 00000000-0000-0000-0000-000000000003 was called false" in said
    chinese = command("lessons", "list", box, "--language", "zh")[1]
    assert "未生成例外：此处已研判属实的 2 条告警中，它会漏掉 1 条" in chinese


def test_a_camera_that_has_learnt_nothing_says_so(box: Path, command: Command) -> None:
    assert "Verdicts have taught «yard» nothing yet" in command("lessons", "list", box)[1]


def test_lessons_of_a_rule_that_is_gone_are_shown_as_such(box: Path, command: Command) -> None:
    teach(box, rules=("old shed",))
    assert "«old shed»; The camera has no such rule any more" in command("lessons", "list", box)[1]
    assert "「old shed」；该摄像机已没有这条规则" in command("lessons", "list", box, "--language", "zh")[1]


def test_one_exception_is_removed_and_the_verdicts_stay(box: Path, command: Command) -> None:
    made = teach(box)
    status, said, _ = command("lessons", "remove", box, made.id)
    assert status == 0
    assert said.startswith("Taken back: A person standing 45% from the left")
    assert learnt_by(box)[RULE].exceptions == []
    assert len(learnt_by(box)[RULE].heard) == 3


def test_a_proposal_is_accepted(box: Path, command: Command) -> None:
    made = teach(box, propose=True)
    assert "Proposed, counts for nothing until it is accepted" in command("lessons", "list", box)[1]
    assert "Counts from now on: A person" in command("lessons", "accept", box, made.id)[1]
    assert [e.proposed for e in learnt_by(box)[RULE].exceptions] == [False]


def test_one_rule_or_a_whole_camera_is_reset(box: Path, command: Command) -> None:
    teach(box, rules=(RULE, "line_crossing gate"))
    assert (
        "rule «intrusion middle»: 1 exceptions and 3 verdicts"
        in command("lessons", "reset", box, "yard", "--rule", RULE)[1]
    )
    assert list(learnt_by(box)) == ["line_crossing gate"]
    command("lessons", "reset", box, "yard")
    assert learnt_by(box) == {}


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("remove", "0" * 12), "shouwang-edge lessons list shows those there are"),
        (("accept", "0" * 12), "shouwang-edge lessons list shows those there are"),
        (("reset", "yord"), "no camera «yord» on this node; there are yard"),
        (("reset", "yard", "--rule", "shed"), "rules that have: «intrusion middle»"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(
    box: Path, command: Command, arguments: tuple[str, ...], why: str
) -> None:
    teach(box)
    status, _, complaint = command("lessons", arguments[0], box, *arguments[1:])
    assert status == 2
    assert " ".join(why.split()) in " ".join(complaint.replace("│", " ").split())


def test_a_node_that_runs_follows(tmp_path: Path, command: Command) -> None:
    clip = str(draw_clip(tmp_path / "drawn.mp4"))
    node = node_of(tmp_path, {"yard": clip})
    made = RuleException(
        since=AT, kind=ExceptionKind.SCORE, label="person", score=1.0, because=UUID(int=1), would_have_hidden=0, of=0
    )
    path = lessons_file(tmp_path / "data" / "learnt", "yard")
    with running(node):
        save_lessons(path, "yard", {RULE: Lessons(exceptions=[made])})
        wait(lambda: Kind.LINE_CROSSING in kinds_of(tmp_path))
        assert Kind.INTRUSION not in kinds_of(tmp_path)
        command("lessons", "remove", tmp_path / "node.yaml", made.id)
        wait(lambda: Kind.INTRUSION in kinds_of(tmp_path))


def kinds_of(folder: Path) -> set[Kind]:
    return {alert.kind for alert in kept(folder)}


def wait(holds: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 25
    while not holds():
        assert time.monotonic() < end_s, "it did not come to hold"
        time.sleep(0.1)
