"""What people may do with an exception. Each function checks and writes; the caller commits, then tells the node."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from protocol.ids import uuid7
from protocol.messages import Command, CommandWord
from server.db.tables import RuleException
from server.db.tables.lessons import Standing
from server.db.tables.people import Role
from server.errors import Conflict, NotAllowed
from server.people.person import Person

MAY_TAKE_BACK, MAY_ACCEPT = Role.OPERATOR, Role.ADMINISTRATOR
"""To see more again needs fewer rights than to see less."""


def take_back(exception: RuleException, person: Person, now: datetime) -> Command:
    """Ask its node to count again what it holds back. Raises NotAllowed, or Conflict if it is gone."""
    _must_be(person, MAY_TAKE_BACK)
    if exception.standing in (Standing.GONE, Standing.REFUSED):
        raise Conflict("error.exception_gone")
    if exception.taken_back_at is None:
        exception.taken_back_by, exception.taken_back_at = person.id, now
    return _command(exception, CommandWord.TAKE_BACK, now)


def accept(exception: RuleException, person: Person, now: datetime) -> Command:
    """Ask its node to let a proposed one count. Raises NotAllowed, or Conflict if it is not proposed any more."""
    _must_be(person, MAY_ACCEPT)
    if exception.standing not in (Standing.PROPOSED, Standing.ACCEPTING):
        raise Conflict("error.exception_not_proposed")
    if exception.accepted_at is None:
        exception.accepted_by, exception.accepted_at = person.id, now
    return _command(exception, CommandWord.ACCEPT, now)


def still_asked(db: Session, node: str, now: datetime) -> list[Command]:
    """What a node has been asked and has not done yet: it is said again until it is."""
    asked = or_(RuleException.taken_back_at.is_not(None), RuleException.accepted_at.is_not(None))
    query = select(RuleException).where(RuleException.node == node, RuleException.gone_at.is_(None), asked)
    words = {Standing.GOING: CommandWord.TAKE_BACK, Standing.ACCEPTING: CommandWord.ACCEPT}
    return [_command(one, words[one.standing], now) for one in db.scalars(query) if one.standing in words]


def _must_be(person: Person, role: Role) -> None:
    if not person.may_act_as(role):
        raise NotAllowed("error.role", role=f"role.{role}")


def _command(exception: RuleException, word: CommandWord, now: datetime) -> Command:
    return Command(id=uuid7(now), at=now, command=word, camera=exception.camera, exception=exception.id)
