"""What people may do with alerts and cases. Each function checks and writes; the caller commits."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from protocol.messages import Text, Verdict, VerdictWord
from server.cases.transitions import Move, move_between, moves_from
from server.db.tables import Alert, Case, CaseEvent
from server.db.tables.cases import State
from server.db.tables.people import Role
from server.errors import Conflict, NotAllowed, Unacceptable
from server.people.person import RANK, Person

LONGEST_NOTE = 2000
LONGEST_VERDICT_NOTE = 500


def move(
    db: Session, case: Case, to: State, actor: Person, now: datetime, note: str = "", version: int | None = None
) -> None:
    """Take a step of the table. `version` is the one the person saw, if known.

    Raises Conflict for a pair the table does not list and for a case somebody else changed meanwhile, NotAllowed for
    a role that may not, Unacceptable for a note that is missing or too long.
    """
    note = note.strip()
    db.refresh(case, with_for_update=True)  # who does this at once waits, and then sees what was done
    if version is not None and version != case.version:
        raise Conflict("error.case_changed", number=case.number)
    step = move_between(case.state, to)
    if step is None:
        allowed = ", ".join(sorted(m.to_state for m in moves_from(case.state, actor.role)))
        raise Conflict("error.no_such_move", from_state=f"state.{case.state}", to_state=f"state.{to}", allowed=allowed)
    if actor.role not in step.roles:
        raise NotAllowed("error.role", role=f"role.{min(step.roles, key=RANK.__getitem__)}")
    if step.needs_note and not note:
        raise Unacceptable("error.note_needed", to_state=f"state.{to}")
    if len(note) > LONGEST_NOTE:
        raise Unacceptable("error.note_too_long", most=LONGEST_NOTE)
    _take(db, case, step, actor, now, note)


def give_verdict(db: Session, alert: Alert, word: VerdictWord, actor: Person, now: datetime, note: str = "") -> Verdict:
    """Say that an alert is real or false; the answer goes to its node after the commit.

    *Real* accepts a case that was only received, and one that was declined. *False* declines the case once every alert
    of it is false, as long as nobody has been sent. A change of mind is allowed and recorded. Raises as `move`.
    """
    note = note.strip()
    if not actor.may_act_as(Role.OPERATOR):
        raise NotAllowed("error.role", role=f"role.{Role.OPERATOR}")
    if len(note) > LONGEST_VERDICT_NOTE:
        raise Unacceptable("error.note_too_long", most=LONGEST_VERDICT_NOTE)
    case = db.get_one(Case, alert.case_id, with_for_update=True)
    db.refresh(alert)  # what was read before the case was ours may be another's word by now
    before, said = alert.verdict, Verdict(alert=alert.id, verdict=word, at=now, note=note)
    # to the millisecond as the node hears it: by its time an exception is known to be of this verdict
    alert.verdict, alert.verdict_by, alert.verdict_at, alert.verdict_note = word, actor.id, said.at, note
    db.flush()
    message = "event.verdict" if before in (None, word) else "event.verdict_changed"
    record(
        db,
        case.id,
        Text(id=message, arguments={"verdict": f"verdict.{word}", "alert": str(alert.id)}),
        actor,
        now,
        note,
    )
    step = _step_after_verdict(db, case, word)
    if step is not None:
        _take(db, case, step, actor, now, note)
    else:
        _touch(db, case, now)
    return said


def _step_after_verdict(db: Session, case: Case, word: VerdictWord) -> Move | None:
    if word is VerdictWord.REAL:
        return move_between(case.state, State.ACCEPTED) if case.state in (State.RECEIVED, State.DECLINED) else None
    not_false = db.scalar(
        select(func.count())
        .select_from(Alert)
        .where(Alert.case_id == case.id, Alert.verdict.is_distinct_from(VerdictWord.FALSE))
    )
    return move_between(case.state, State.DECLINED) if not not_false else None


def _take(db: Session, case: Case, step: Move, actor: Person, now: datetime, note: str) -> None:
    what = Text(
        id="event.moved", arguments={"from_state": f"state.{step.from_state}", "to_state": f"state.{step.to_state}"}
    )
    record(db, case.id, what, actor, now, note, step)
    case.state = step.to_state
    if step.to_state in (State.DECLINED, State.RESOLVED, State.MERGED, State.WITHDRAWN):
        case.outcome = note
    _touch(db, case, now)


def _touch(db: Session, case: Case, now: datetime) -> None:
    """A person has done something; the case was locked when it was read."""
    case.updated_at = now
    case.version += 1
    db.flush()


def record(
    db: Session, case_id: UUID, what: Text, actor: Person, now: datetime, note: str, step: Move | None = None
) -> None:
    """A line of a case's history."""
    db.add(
        CaseEvent(
            case_id=case_id,
            at=now,
            actor=actor.id,
            what=what.model_dump(mode="json"),
            from_state=step.from_state if step else None,
            to_state=step.to_state if step else None,
            note=note,
        )
    )
