"""The first routing rule: an alert joins the open case of its camera, kind and zone near in time, or opens one."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from protocol.ids import uuid7
from protocol.kinds import Kind, Severity
from protocol.messages import Text
from server.cases.transitions import ENDED
from server.db.tables import Camera, Case, CaseEvent, CaseNumber
from server.db.tables.cases import State


@dataclass(frozen=True, slots=True)
class Subject:
    """What routing looks at: where, what, and when by the scene (by receipt, if the node's clock is wrong)."""

    node: str
    camera: str
    kind: Kind
    zone: str | None
    severity: Severity
    rule: str
    began_at: datetime


def choose(candidates: Iterable[Case], subject: Subject, window: timedelta) -> Case | None:
    """The case to join: the one whose last alert is nearest in time, within the window; None: open a new one. Pure."""
    near = [
        case
        for case in candidates
        if case.state not in ENDED
        and (case.kind, case.zone) == (subject.kind, subject.zone)
        and abs(case.last_alert_at - subject.began_at) <= window
    ]
    return min(near, key=lambda case: abs(case.last_alert_at - subject.began_at), default=None)


class Router:
    """Routes the new alerts of one transaction. Exact with several servers: each camera is routed by one at a time."""

    def __init__(self, db: Session, window: timedelta, now: datetime) -> None:
        self._db, self._window, self._now = db, window, now
        self._open: dict[tuple[str, str], list[Case]] = {}

    def take_cameras(self, cameras: Collection[tuple[str, str]], since: datetime) -> None:
        """Lock the cameras, in one order so that two servers never wait for each other, and read their open cases."""
        places = sorted(cameras)
        self._db.execute(
            select(Camera.name)
            .where(tuple_(Camera.node, Camera.name).in_(places))
            .order_by(Camera.node, Camera.name)
            .with_for_update()
        )
        self._open = {place: [] for place in places}
        for case in self._db.scalars(
            select(Case)
            .where(
                tuple_(Case.node, Case.camera).in_(places),
                Case.last_alert_at >= since - self._window,
                Case.state.not_in(ENDED),
            )
            .order_by(Case.id)
            .with_for_update()
        ):
            self._open[case.node, case.camera].append(case)

    def route(self, subjects: list[Subject]) -> list[Case]:
        """The case of each new alert, joined or opened; its count and history are written."""
        routed: list[Case] = []
        opened: list[Case] = []
        events: list[dict[str, Any]] = []
        for subject in subjects:
            candidates = self._open[subject.node, subject.camera]
            case = choose(candidates, subject, self._window)
            message = "event.joined"
            if case is None:
                case = self._new_case(subject)
                candidates.append(case)
                opened.append(case)
                message = "event.opened"
            case.alert_count += 1
            case.last_alert_at = max(case.last_alert_at, subject.began_at)
            case.severity = max(case.severity, subject.severity, key=list(Severity).index)
            case.updated_at = self._now
            events.append(self._event(case, message, subject))
            routed.append(case)
        if opened:
            for case, number in zip(opened, next_numbers(self._db, self._now, len(opened)), strict=True):
                case.number = number
            self._db.add_all(opened)
            self._db.flush()
        if events:
            self._db.execute(insert(CaseEvent), events)
        return routed

    def _new_case(self, subject: Subject) -> Case:
        return Case(
            id=uuid7(self._now),
            state=State.RECEIVED,
            kind=subject.kind,
            severity=subject.severity,
            node=subject.node,
            camera=subject.camera,
            zone=subject.zone,
            opened_at=self._now,
            last_alert_at=subject.began_at,
            updated_at=self._now,
            alert_count=0,
            outcome="",
        )

    def _event(self, case: Case, message: str, subject: Subject) -> dict[str, Any]:
        what = Text(id=message, arguments={"rule": subject.rule, "camera": subject.camera})
        return {
            "case_id": case.id,
            "at": self._now,
            "what": what.model_dump(mode="json"),
            "to_state": State.RECEIVED if message == "event.opened" else None,
            "note": "",
        }


def next_numbers(db: Session, now: datetime, count: int) -> list[str]:
    """The next `count` numbers of the year (UTC): 2026-000123. One upsert, so that no two transactions get the same."""
    upsert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = upsert(CaseNumber).values(year=now.year, last=count)
    last = db.execute(
        statement.on_conflict_do_update(
            index_elements=[CaseNumber.year], set_={"last": CaseNumber.last + count}
        ).returning(CaseNumber.last)
    ).scalar_one()
    return [f"{now.year}-{number:06d}" for number in range(last - count + 1, last + 1)]
