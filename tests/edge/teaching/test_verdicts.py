"""The file of verdicts heard is one that what-if reads."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from structlog.testing import capture_logs

from edge.teaching.verdicts import FILE, VerdictFile
from protocol.messages import Verdict, VerdictWord, parse
from tests.edge.learning.test_exceptions import AT

FALSE = Verdict(alert=UUID(int=1), verdict=VerdictWord.FALSE, at=AT, note="猫")
REAL = FALSE.model_copy(update={"verdict": VerdictWord.REAL, "at": AT + timedelta(minutes=1)})


def lines(folder: Path) -> list[Verdict]:
    return [parse(Verdict, line) for line in (folder / FILE).read_bytes().splitlines()]


def test_each_verdict_is_a_line_once_and_a_change_of_mind_another(tmp_path: Path) -> None:
    file = VerdictFile(tmp_path / "learnt")
    for verdict in (FALSE, FALSE, REAL, REAL):
        file.add(verdict)
    assert lines(tmp_path / "learnt") == [FALSE, REAL]
    VerdictFile(tmp_path / "learnt").add(FALSE)
    assert lines(tmp_path / "learnt") == [FALSE, REAL, FALSE]


def test_a_disk_that_takes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "learnt").write_text("in the folder's place")
    with capture_logs() as said:
        VerdictFile(tmp_path / "learnt").add(FALSE)
    assert [line["event"] for line in said] == ["a verdict could not be written"]
