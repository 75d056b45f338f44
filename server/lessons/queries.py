"""What is asked about exceptions. Each function costs a fixed number of statements."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from protocol.learnt import cost, what
from protocol.messages import Exemption, Text, VerdictWord
from server.db.tables import Alert, RuleException, User
from server.db.tables.lessons import Standing
from server.errors import NotFound


@dataclass(frozen=True, slots=True)
class Exempted:
    """An exception with the names of who has accepted it and taken it back."""

    row: RuleException
    accepted_by: str | None
    taken_back_by: str | None

    @property
    def standing(self) -> Standing:
        """What holds of it now."""
        return self.row.standing

    @property
    def what(self) -> Text:
        """What it holds back, in words; of one that was not made, what still counts."""
        if self.standing is Standing.REFUSED:
            return what(self._facts, ".kept")
        return what(self._facts, ".gone" if self.standing is Standing.GONE else "")

    @property
    def cost(self) -> Text:
        """What it would have hidden, in words."""
        return cost(self._facts)

    @property
    def _facts(self) -> Exemption:
        return Exemption.model_validate(self.row, from_attributes=True)


def exception(db: Session, node: str, exception_id: str) -> RuleException:
    """One, to be changed. Raises NotFound."""
    found = db.get(RuleException, (node, exception_id), with_for_update=True)
    if found is None:
        raise NotFound("error.no_exception", id=exception_id)
    return found


def of_camera(db: Session, node: str, camera: str) -> list[Exempted]:
    """All of a camera that were made, those that are gone too, newest first."""
    return _exempted(db, _at(node, camera), RuleException.refused.is_(False))


def refused_of_camera(db: Session, node: str, camera: str, most: int) -> list[Exempted]:
    """The newest of a camera that were not made and whose verdict stands."""
    return _exempted(db, _at(node, camera), RuleException.refused.is_(True), _verdict_stands(), most=most)


def of_alert(db: Session, node: str, alert: UUID) -> list[Exempted]:
    """Those that an alert brought about, newest first; one that was not made only while its verdict stands."""
    because = and_(RuleException.node == node, RuleException.because == alert)
    return _exempted(db, because, or_(RuleException.refused.is_(False), _verdict_stands()))


def standing_by_camera(db: Session) -> dict[tuple[str, str], int]:
    """How many exceptions each camera has that are not gone, by node and camera; cameras without any are left out."""
    rows = db.execute(
        select(RuleException.node, RuleException.camera, func.count())
        .where(RuleException.gone_at.is_(None), RuleException.refused.is_(False))
        .group_by(RuleException.node, RuleException.camera)
    )
    return {(node, camera): count for node, camera, count in rows}


def _at(node: str, camera: str) -> ColumnElement[bool]:
    return and_(RuleException.node == node, RuleException.camera == camera)


def _verdict_stands() -> ColumnElement[bool]:
    """Nobody has said anything else of the alert since the exception was tried."""
    said = (Alert.verdict == VerdictWord.FALSE, Alert.verdict_at <= RuleException.since)
    return exists().where(Alert.id == RuleException.because, *said)


def _exempted(db: Session, *which: ColumnElement[bool], most: int | None = None) -> list[Exempted]:
    accepted, taken_back = aliased(User), aliased(User)
    query = (
        select(RuleException, accepted.display_name, taken_back.display_name)
        .outerjoin(accepted, accepted.id == RuleException.accepted_by)
        .outerjoin(taken_back, taken_back.id == RuleException.taken_back_by)
        .where(*which)
        .order_by(RuleException.since.desc(), RuleException.id)
        .limit(most)
    )
    return [Exempted(*row) for row in db.execute(query)]
