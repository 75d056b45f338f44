"""Verdicts on their way to the rules: what they teach, or do not, is logged and goes to the server."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from edge.bench.replay import Replay
from edge.hearing import Hearing
from edge.learning.exceptions import Lessons, Witness
from edge.learning.lessons import FOLDER, lessons_file, save_lessons
from edge.rules.selecting import TrackRule
from protocol.messages import Alert, Box, VerdictWord
from tests.edge.clips import draw_clip
from tests.edge.learning.test_exceptions import AT, DOOR, witness
from tests.edge.test_verdicts import STATUE, replayed, said


@pytest.fixture
def statue(tmp_path: Path) -> tuple[Replay, Alert]:
    """A replay in which a statue raised an alert, and that alert."""
    replay, alerts = replayed(draw_clip(tmp_path / "drawn.mp4"), tmp_path, Lessons())
    return replay, alerts[0][1]


def hearing_with(folder: Path, replay: Replay, *real: Witness) -> Hearing:
    """Of a node that has heard before that some alerts were real."""
    (rule,) = replay.analysis.rules
    assert isinstance(rule, TrackRule)
    camera = replay.analysis.camera.name
    save_lessons(lessons_file(folder / FOLDER, camera), camera, {rule.known_as: Lessons(heard=list(real))})
    return Hearing("gatehouse", folder, [replay.analysis])


def real_at(number: int, box: Box) -> Witness:
    return witness(number, box=box, score=0.6, real=True).model_copy(update={"at": AT})


def test_what_would_have_hidden_something_real_is_not_made_which_the_log_and_the_server_are_told(
    tmp_path: Path, statue: tuple[Replay, Alert]
) -> None:
    replay, alert = statue
    there: Box = (STATUE[0], STATUE[1], STATUE[2], STATUE[3])
    hearing = hearing_with(tmp_path, replay, real_at(1, there), real_at(2, there), real_at(3, DOOR))
    hearing.put(said(alert, VerdictWord.FALSE))
    with capture_logs() as lines:
        assert hearing.act(), "the server is to hear of it"
    (line,) = [line for line in lines if line["event"].startswith("no exception made")]
    assert line["event"] == "no exception made: it would have hidden what was called real"
    assert (line["would_have_hidden"], line["of"], line["because"]) == (2, 3, str(alert.id))
    learnt = hearing.learnt()
    assert learnt.exceptions == ()
    assert [(one.because, one.would_have_hidden, one.of) for one in learnt.refused] == [(alert.id, 2, 3)]


def test_a_verdict_that_is_said_again_is_logged_once_and_no_news(tmp_path: Path, statue: tuple[Replay, Alert]) -> None:
    replay, alert = statue
    hearing = hearing_with(tmp_path, replay, real_at(1, (STATUE[0], STATUE[1], STATUE[2], STATUE[3])))
    hearing.put(said(alert, VerdictWord.FALSE))
    hearing.act()
    hearing.put(said(alert, VerdictWord.FALSE))
    with capture_logs() as lines:
        assert not hearing.act()
    assert not [line for line in lines if line["event"].startswith("no exception made")]
