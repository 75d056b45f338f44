"""One alert: the player with what was seen drawn over it, why it was raised, and the verdict."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from protocol.messages import Alert as AlertMessage
from protocol.messages import VerdictWord, parse
from protocol.topics import Channel
from server.cases.actions import give_verdict
from server.cases.queries import alert as alert_by_id
from server.console.pages.board import cards_context
from server.console.queries import Card, Neighbours, card, undecided_around
from server.console.shell import InShell, render
from server.db.tables import Camera
from server.db.tables.people import Role
from server.dependencies import CsrfChecked, Database, Now, Operator, ServerContext, SignedIn
from server.errors import NotFound
from server.ingest.board import BoardEvent, BoardKind
from server.lessons.queries import Exempted, of_alert
from server.nodes.queries import camera as camera_by_name
from server.snoozes.actions import begin, needed_role
from server.snoozes.queries import SnoozeRow, snooze_of, snooze_row
from server.snoozes.spans import Span, spans_of

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Context:
    """One alert at its newest revision."""

    card: Card
    message: AlertMessage
    """The signed message as it came: score, fingerprints, objects."""
    camera: Camera
    zone: dict[str, Any] | None
    """{name, polygon} of the camera's zone of that name, if it still has one."""
    line: dict[str, Any] | None
    """{name, start, end} of the camera's line of that name."""
    around: Neighbours
    """The next undecided alerts."""
    snooze: SnoozeRow | None
    """That silences its rule now."""
    came_under: SnoozeRow | None
    """That silenced its rule when it came in."""
    spans: tuple[Span, ...]
    """For how long its rule may be snoozed."""
    snoozing_role: Role
    """Who may."""
    exceptions: tuple[Exempted, ...]
    """Those that a verdict on it has brought about, newest first."""

    @property
    def verdict_signature(self) -> str:
        """Changes whenever the panel of the verdict would look different."""
        alert = self.card.alert
        standings = (f"{one.row.id}.{one.standing}" for one in self.exceptions)
        return "-".join([alert.verdict or "", alert.verdict_at.isoformat() if alert.verdict_at else "", *standings])


@router.get("/alerts/{alert_id}")
def page(shell: InShell, person: SignedIn, db: Database, now: Now, alert_id: UUID) -> HTMLResponse:
    """The whole page; the script takes parts of it when something changed."""
    return render("alert.html", shell, _context(db, alert_id, now))


@router.post("/alerts/{alert_id}/verdict", dependencies=[CsrfChecked])
def judge(
    request: Request,
    shell: InShell,
    person: Operator,
    db: Database,
    context: ServerContext,
    now: Now,
    alert_id: UUID,
    verdict: Annotated[VerdictWord, Form()],
    note: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Real or false. The answer is the card for the board's script, the panel for the page's, else the page."""
    alert = alert_by_id(db, alert_id)
    said = give_verdict(db, alert, verdict, person, now, note)
    db.commit()
    context.link.say(alert.node, Channel.VERDICTS, said)
    context.board.publish(BoardEvent(BoardKind.ALERT, str(alert.id), alert.revision))
    context.board.publish(BoardEvent(BoardKind.CASE, str(alert.case_id)))
    target = request.headers.get("hx-target", "")
    if target == "verdict":
        return render("partials/verdict.html", shell, _context(db, alert_id, now))
    if target.startswith("card-"):
        judged = card(db, alert_id)
        return render("partials/cards.html", shell, cards_context(db, [judged] if judged else [], now))
    return RedirectResponse(f"/alerts/{alert_id}", 303)


@router.post("/alerts/{alert_id}/snooze", dependencies=[CsrfChecked])
def snooze(
    request: Request,
    shell: InShell,
    person: Operator,
    db: Database,
    context: ServerContext,
    now: Now,
    alert_id: UUID,
    span: Annotated[Span, Form()],
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Silences the rule that raised it. The answer is the panel for the page's script, else the page."""
    alert = alert_by_id(db, alert_id)
    begun = begin(db, alert, span, reason, person, now)
    db.commit()
    context.board.publish(BoardEvent(BoardKind.SNOOZE, str(begun.id)))
    context.board.publish(BoardEvent(BoardKind.CASE, str(alert.case_id)))
    if request.headers.get("hx-target") == "snooze":
        return render("partials/snooze.html", shell, _context(db, alert_id, now))
    return RedirectResponse(f"/alerts/{alert_id}", 303)


def _context(db: Database, alert_id: UUID, now: datetime) -> Context:
    found = card(db, alert_id)
    if found is None:
        raise NotFound("error.no_alert", id=str(alert_id))
    camera = camera_by_name(db, found.alert.node, found.alert.camera)
    return Context(
        card=found,
        message=parse(AlertMessage, found.alert.payload),
        camera=camera,
        zone=next((zone for zone in camera.zones if zone["name"] == found.alert.zone), None),
        line=next((line for line in camera.lines if line["name"] == found.alert.zone), None),
        around=undecided_around(db, found.alert, now),
        snooze=snooze_row(db, holding_now, now) if (holding_now := snooze_of(db, found.alert, now)) else None,
        came_under=snooze_row(db, found.snooze, now) if found.snooze else None,
        spans=spans_of(found.alert.severity),
        snoozing_role=needed_role(found.alert.severity),
        exceptions=tuple(of_alert(db, found.alert.node, alert_id)),
    )
