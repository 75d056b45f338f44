"""What the API answers with: values read from the tables."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from protocol.kinds import Kind, Phase, Severity
from protocol.messages import CameraState, EvidenceKind, NodeState, VerdictWord
from server.db.tables.cases import State
from server.snoozes.queries import SnoozeRow


class View(BaseModel):
    """Read from a row or a value by its attributes."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class EvidenceView(View):
    """A piece of evidence that an alert names; `arrived`: its bytes are at /evidence/{sha256}."""

    sha256: str
    kind: EvidenceKind
    media_type: str
    size: int
    starts_at: datetime
    ends_at: datetime
    reencoded: bool
    masks: tuple[str, ...]
    arrived: bool


class AlertView(View):
    """One alert at its highest revision."""

    id: UUID
    revision: int
    node: str
    camera: str
    rule: str
    kind: Kind
    severity: Severity
    phase: Phase
    zone: str | None
    began_at: datetime
    at: datetime
    ended_at: datetime | None
    uncertainty_ms: int
    reason: dict[str, Any]
    objects: list[Any]
    first_received_at: datetime
    received_at: datetime
    clock_suspect: bool
    case_id: UUID
    snooze_id: UUID | None
    verdict: VerdictWord | None
    verdict_at: datetime | None
    verdict_note: str
    evidence: tuple[EvidenceView, ...] = ()


class CaseView(View):
    """One case."""

    id: UUID
    number: str
    state: State
    kind: Kind
    severity: Severity
    node: str
    camera: str
    zone: str | None
    opened_at: datetime
    last_alert_at: datetime
    updated_at: datetime
    alert_count: int
    outcome: str
    version: int


class EventView(View):
    """One line of a case's history; `actor` is a display name, null for the system."""

    id: int
    at: datetime
    actor: str | None
    what: dict[str, Any]
    from_state: State | None
    to_state: State | None
    note: str


class MoveView(View):
    """A step the caller may take."""

    to_state: State
    needs_note: bool


class WholeCaseView(CaseView):
    """A case with its newest alerts, the end of its history, and the steps the caller may take.

    Alerts and history are at most 50 each, oldest first; `older_alerts` and `older_history` say how many came before
    them. Those are at /cases/{id}/alerts and /cases/{id}/history: `before` is the first id here.
    """

    alerts: tuple[AlertView, ...]
    older_alerts: int
    history: tuple[EventView, ...]
    older_history: int
    moves: tuple[MoveView, ...]


class SnoozeView(View):
    """A rule that staff silences, or did; names are those people see."""

    id: UUID
    node: str
    camera: str
    rule: str
    kind: Kind
    case_id: UUID
    began_at: datetime
    began_by: str
    until: datetime
    reason: str
    ended_at: datetime | None
    ended_by: str | None
    alerts: int
    holds: bool

    @classmethod
    def of(cls, row: SnoozeRow) -> "SnoozeView":
        """As a query tells of it."""
        one = row.snooze
        fields = {name: getattr(one, name) for name in cls.model_fields if hasattr(one, name)}
        told = {name: getattr(row, name) for name in ("began_by", "ended_by", "alerts", "holds")}
        return cls.model_validate(fields | told)


class NodeView(View):
    """One node."""

    name: str
    title: str
    enrolled_at: datetime
    revoked_at: datetime | None
    state: NodeState | None
    state_at: datetime | None
    last_seen_at: datetime | None
    software: str
    configuration: str | None
    model: str | None
    health: dict[str, Any] | None


class CameraView(View):
    """One camera."""

    node: str
    name: str
    title: str
    width: int
    height: int
    timezone: str
    zones: list[Any]
    lines: list[Any]
    kinds: list[Any]
    state: CameraState | None
    state_since: datetime | None
    last_seen_at: datetime | None
    health: dict[str, Any] | None
    removed_at: datetime | None


class DeadLetterView(View):
    """One refused message; `payload` is its beginning as text."""

    id: UUID
    received_at: datetime
    topic: str
    node: str | None
    reason: str
    detail: str
    size: int
    payload: str
