"""What people may do about snoozes. Each function checks and writes; the caller commits.

A snooze acts here and never on the node: its alerts come in, are signed, kept and joined to cases as ever, but stay off
the board and ring nobody. What is still going on when it is over comes up then.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocol.ids import uuid7
from protocol.kinds import Severity
from protocol.messages import Text
from server.cases.actions import record
from server.db.tables import Alert, Camera, Snooze
from server.db.tables.people import Role
from server.errors import Conflict, NotAllowed, Unacceptable
from server.people.person import Person
from server.snoozes.queries import holding, snooze_of
from server.snoozes.spans import Span, end_of, spans_of

LONGEST_REASON = 500


def needed_role(severity: Severity) -> Role:
    """Who may snooze a rule of this severity: what is critical is silenced by a supervisor only."""
    return Role.ADMINISTRATOR if severity is Severity.CRITICAL else Role.OPERATOR


def begin(db: Session, alert: Alert, span: Span, reason: str, actor: Person, now: datetime) -> Snooze:
    """Silence the rule that raised an alert, from now on.

    Raises NotAllowed for a role that may not, Unacceptable for a reason that is missing or too long and a span that is
    too long for what is critical, Conflict if the rule is snoozed already.
    """
    reason, role = reason.strip(), needed_role(alert.severity)
    if not actor.may_act_as(role):
        raise NotAllowed("error.role", role=f"role.{role}")
    if not reason:
        raise Unacceptable("error.snooze_reason")
    if len(reason) > LONGEST_REASON:
        raise Unacceptable("error.note_too_long", most=LONGEST_REASON)
    if span not in spans_of(alert.severity):
        raise Unacceptable("error.snooze_too_long")
    # The camera's row is the queue in which two who do this at once, and its alerts, stand.
    camera = db.scalars(
        select(Camera).where(Camera.node == alert.node, Camera.name == alert.camera).with_for_update()
    ).one()
    if snooze_of(db, alert, now) is not None:
        raise Conflict("error.snoozed_already", rule=alert.rule)
    snooze = Snooze(
        id=uuid7(now),
        node=alert.node,
        camera=alert.camera,
        rule=alert.rule,
        kind=alert.kind,
        case_id=alert.case_id,
        began_at=now,
        until=end_of(span, now, camera.timezone),
        began_by=actor.id,
        reason=reason,
    )
    db.add(snooze)
    what = Text(id="event.snoozed", arguments={"rule": alert.rule, "span": f"snooze.span.{span}"})
    record(db, alert.case_id, what, actor, now, reason)
    db.flush()
    return snooze


def end(db: Session, snooze: Snooze, actor: Person, now: datetime) -> None:
    """End it before its time; whoever may judge alerts may do that. Raises NotAllowed, Conflict if it is over."""
    if not actor.may_act_as(Role.OPERATOR):
        raise NotAllowed("error.role", role=f"role.{Role.OPERATOR}")
    db.refresh(snooze, with_for_update=True)
    if not holding(snooze, now):
        raise Conflict("error.snooze_over", rule=snooze.rule)
    snooze.ended_at, snooze.ended_by = now, actor.id
    what = Text(id="event.snooze_ended", arguments={"rule": snooze.rule})
    record(db, snooze.case_id, what, actor, now, "")
    db.flush()
