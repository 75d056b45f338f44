"""What the server says to a node at work: verdicts teach rules, commands take back or accept what they have learnt."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from queue import SimpleQueue

import structlog

from edge.analysis import CameraAnalysis, Heard
from edge.clock import monotonic_s, utc_now
from edge.learning.lessons import FOLDER
from edge.remembering import Rememberer
from edge.teaching.book import LessonBook
from edge.teaching.verdicts import VerdictFile
from protocol.messages import MOST_EXCEPTIONS, MOST_REFUSED, Command, CommandWord, Learnt, Verdict

TELL_EVERY_S = 600.0
"""So often the server hears of all lessons, also where nothing has changed: it may have been away."""

log = structlog.get_logger()


class Hearing:
    """Owns what the rules of a node have learnt, and its files.

    Used by the analysis loop; the uplink's thread calls `put` and `learnt`.
    """

    def __init__(self, node: str, data_dir: Path, analyses: Sequence[CameraAnalysis]) -> None:
        """Raises ConfigError for a file of lessons or memories that is another camera's, or broken."""
        self._node, self._analyses = node, analyses
        self._words: SimpleQueue[Verdict | Command] = SimpleQueue()
        folder = data_dir / FOLDER
        rules = [(analysis.camera.name, rule) for analysis in analyses for rule in analysis.rules]
        self._rememberer, self._lessons = Rememberer(folder, rules), LessonBook(folder, rules)
        self._verdicts = VerdictFile(folder)
        self._told, self._told_s = self._lessons.told, monotonic_s()

    def put(self, word: Verdict | Command) -> None:
        """Something the server has said; `act` takes it to heart."""
        self._words.put(word)

    def act(self) -> bool:
        """What was said, changed files and what is due; whether the server is to hear what is `learnt` now."""
        answers = [self._act_on(self._words.get()) for _ in range(self._words.qsize())]
        self._rememberer.save_if_due()
        self._lessons.look()
        changed = self._told is not self._lessons.told
        if not (any(answers) or changed or monotonic_s() - self._told_s > TELL_EVERY_S):
            return False
        self._told, self._told_s = self._lessons.told, monotonic_s()
        return True

    def learnt(self) -> Learnt:
        """What the server is told: the newest of all exceptions, and of those that were not made."""
        told = self._lessons.told
        newest, refused = told.exceptions[-MOST_EXCEPTIONS:], told.refused[-MOST_REFUSED:]
        left_out = len(told.exceptions) - len(newest)
        return Learnt(node=self._node, at=utc_now(), exceptions=newest, left_out=left_out, refused=refused)

    def save(self) -> None:
        """Write what rules have learnt by watching; lessons are written whenever they change."""
        self._rememberer.save()

    def _act_on(self, word: Verdict | Command) -> bool:
        """Whether it is to be answered."""
        return self._hear(word) if isinstance(word, Verdict) else self._obey(word)

    def _hear(self, verdict: Verdict) -> bool:
        """Rules hear of it, and what it changes is kept at once."""
        self._verdicts.add(verdict)
        heard = self._lessons.change(partial(self._take_to_heart, verdict))
        log.info("verdict", alert=str(verdict.alert), verdict=str(verdict.verdict), known=heard is not None)
        if heard is not None:
            self._rememberer.save()
            _log_changes(heard)
        return False

    def _take_to_heart(self, verdict: Verdict) -> Heard | None:
        """What the rule that raised the alert learns; None if no rule of this run did."""
        return next((heard for analysis in self._analyses if (heard := analysis.hear(verdict)) is not None), None)

    def _obey(self, command: Command) -> bool:
        """Take back or accept an exception; the answer is what is learnt then, also where nothing had to be done."""
        acts = {CommandWord.TAKE_BACK: self._lessons.take_back, CommandWord.ACCEPT: self._lessons.accept}
        act = acts.get(command.command)
        if act is None or command.exception is None:
            log.warning("a command is not known here", command=str(command.command))
            return False
        done = self._lessons.change(partial(act, command.exception))
        log.warning("command", command=str(command.command), exception=command.exception, done=done)
        return True


def _log_changes(heard: Heard) -> None:
    """One line for each exception that came, went, or was not made."""
    made, refused = heard.changes.made, heard.changes.refused
    if made is not None:
        log.warning("a verdict made an exception", id=made.id, rule=heard.rule.name, **made.model_dump(mode="json"))
    if refused is not None:
        about = refused.model_dump(mode="json", exclude={"proposed"})
        log.warning("no exception made: it would have hidden what was called real", rule=heard.rule.name, **about)
    for gone in heard.changes.withdrawn:
        log.warning("a verdict took an exception back", id=gone.id, rule=heard.rule.name)
