"""Stores a batch of alerts: highest revision wins, evidence is noted, new ones are routed to cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.orm import Session, load_only

from protocol import messages as said
from protocol.messages import Outcome, Receipt
from server.cases.routing import Router, Subject
from server.db.tables import Alert, AlertEvidence, Camera, Case
from server.ingest.understand import Reason, Refusal, Understood, refused
from server.settings import Settings
from server.snoozes.queries import RuleKey, snoozed_rules


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of one alert message."""

    node: str
    receipt: Receipt
    clock_suspect: bool
    """Stored now, with a time that shows a wrong clock."""


def store_alerts(
    db: Session, batch: Sequence[tuple[Understood, said.Alert]], settings: Settings, now: datetime
) -> tuple[list[Stored], list[Refusal]]:
    """Write a batch within the caller's transaction; every message is answered, in the batch's order of (id, revision).

    A fixed number of statements for any number of alerts. Equal or lower revisions than the stored one change nothing.
    """
    ordered = sorted(batch, key=lambda pair: (pair[1].id, pair[1].revision))
    _add_cameras(db, {(alert.node, alert.camera) for _, alert in ordered})
    router = Router(db, timedelta(minutes=settings.routing_window_minutes), now)
    router.take_cameras(
        {(alert.node, alert.camera) for _, alert in ordered},
        min(_time_for_routing(alert, now, settings) for _, alert in ordered),
    )
    known = _known(db, [alert.id for _, alert in ordered])
    answers: list[Stored] = []
    refusals: list[Refusal] = []
    fresh: dict[UUID, said.Alert] = {}
    newest: dict[UUID, tuple[Understood, said.Alert]] = {}
    for understood, alert in ordered:
        row = known.get(alert.id)
        owner = fresh[alert.id].node if alert.id in fresh else row.node if row else alert.node
        if owner != alert.node:
            detail = f"alert {alert.id} is of node «{owner}»"
            refusals.append(refused(understood, Reason.FOREIGN_ID, detail))
            continue
        stored_revision = newest[alert.id][1].revision if alert.id in newest else row.revision if row else 0
        if alert.revision > stored_revision:
            newest[alert.id] = (understood, alert)
            if row is None:
                fresh[alert.id] = alert
        outcome = Outcome.STORED if alert.revision > stored_revision else Outcome.KNOWN
        suspect = outcome is Outcome.STORED and clock_is_suspect(alert, now, settings)
        receipt = Receipt(alert=alert.id, revision=alert.revision, outcome=outcome)
        answers.append(Stored(alert.node, receipt, suspect))
    snoozed = snoozed_rules(db, {(alert.node, alert.camera) for alert in fresh.values()}, now) if fresh else {}
    _write(db, newest, known, router, snoozed, settings, now)
    return answers, refusals


def clock_is_suspect(alert: said.Alert, now: datetime, settings: Settings) -> bool:
    """Whether an alert's times cannot be: too far ahead of ours, or older than any node may keep an alert.

    An alert that is some days late is no sign of a wrong clock: it waited in its node's outbox.
    """
    ahead = now + timedelta(seconds=settings.clock_tolerance_s)
    behind = now - timedelta(days=settings.longest_backlog_days)
    return not (behind <= alert.began_at <= ahead and behind <= alert.at <= ahead)


def _time_for_routing(alert: said.Alert, now: datetime, settings: Settings) -> datetime:
    return now if clock_is_suspect(alert, now, settings) else alert.began_at


def _add_cameras(db: Session, places: set[tuple[str, str]]) -> None:
    """An alert may come before the birth certificate that tells of its camera."""
    known = {
        (node, name)
        for node, name in db.execute(
            select(Camera.node, Camera.name).where(tuple_(Camera.node, Camera.name).in_(sorted(places)))
        )
    }
    missing = sorted(places - known)
    db.add_all(Camera(node=node, name=name, title=name, zones=[], lines=[], kinds=[]) for node, name in missing)
    if missing:
        db.flush()


def _known(db: Session, ids: Sequence[UUID]) -> dict[UUID, Alert]:
    columns = load_only(Alert.id, Alert.revision, Alert.node, Alert.case_id, raiseload=True)
    return {row.id: row for row in db.scalars(select(Alert).where(Alert.id.in_(ids)).options(columns))}


def _write(
    db: Session,
    newest: dict[UUID, tuple[Understood, said.Alert]],
    known: dict[UUID, Alert],
    router: Router,
    snoozed: Mapping[RuleKey, UUID],
    settings: Settings,
    now: datetime,
) -> None:
    new = [pair for pair in newest.values() if pair[1].id not in known]
    cases = router.route([_subject(alert, now, settings) for _, alert in new])
    changed = [pair for pair in newest.values() if pair[1].id in known]
    if changed:
        _extend_cases(db, [(known[alert.id].case_id, alert) for _, alert in changed], settings, now)
        db.execute(delete(AlertEvidence).where(AlertEvidence.alert_id.in_([alert.id for _, alert in changed])))
    for understood, alert in changed:
        row = known[alert.id]
        for name, value in _columns(understood, alert, settings, now).items():
            setattr(row, name, value)
    db.flush()
    if new:
        db.execute(
            insert(Alert),
            [
                _columns(understood, alert, settings, now)
                | {"id": alert.id, "first_received_at": now, "case_id": case.id, "verdict_note": ""}
                | {"snooze_id": snoozed.get((alert.node, alert.camera, alert.rule, alert.kind))}
                for (understood, alert), case in zip(new, cases, strict=True)
            ],
        )
    evidence = [_evidence(alert.id, piece) for _, alert in newest.values() for piece in _distinct(alert.evidence)]
    if evidence:
        db.execute(insert(AlertEvidence), evidence)


def _extend_cases(db: Session, alerts: Sequence[tuple[UUID, said.Alert]], settings: Settings, now: datetime) -> None:
    """An alert that goes on keeps its case near in time."""
    query = select(Case).where(Case.id.in_({case for case, _ in alerts})).order_by(Case.id).with_for_update()
    cases = {case.id: case for case in db.scalars(query)}
    for case_id, alert in alerts:
        case = cases[case_id]
        if not clock_is_suspect(alert, now, settings):
            case.last_alert_at = max(case.last_alert_at, alert.at)


def _subject(alert: said.Alert, now: datetime, settings: Settings) -> Subject:
    return Subject(
        node=alert.node,
        camera=alert.camera,
        kind=alert.kind,
        zone=alert.zone,
        severity=alert.severity,
        rule=alert.rule,
        began_at=_time_for_routing(alert, now, settings),
    )


def _columns(understood: Understood, alert: said.Alert, settings: Settings, now: datetime) -> dict[str, Any]:
    return {
        "revision": alert.revision,
        "node": alert.node,
        "camera": alert.camera,
        "rule": alert.rule,
        "kind": alert.kind,
        "severity": alert.severity,
        "phase": alert.phase,
        "zone": alert.zone,
        "began_at": alert.began_at,
        "at": alert.at,
        "ended_at": alert.ended_at,
        "uncertainty_ms": alert.uncertainty_ms,
        "reason": alert.reason.model_dump(mode="json"),
        "objects": [seen.model_dump(mode="json") for seen in alert.objects],
        "payload": understood.incoming.payload,
        "received_at": now,
        "clock_suspect": clock_is_suspect(alert, now, settings),
    }


def _distinct(pieces: Sequence[said.Evidence]) -> list[said.Evidence]:
    return list({piece.sha256: piece for piece in pieces}.values())


def _evidence(alert_id: UUID, piece: said.Evidence) -> dict[str, Any]:
    return {
        "alert_id": alert_id,
        "sha256": piece.sha256,
        "kind": piece.kind,
        "media_type": piece.media_type,
        "size": piece.size,
        "starts_at": piece.from_,
        "ends_at": piece.to,
        "reencoded": piece.reencoded,
        "masks": list(piece.masks),
    }
