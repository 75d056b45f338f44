"""All tables, imported here so that the metadata is whole."""

from server.db.tables.alerts import Alert, AlertEvidence, StoredEvidence
from server.db.tables.cases import Case, CaseEvent, CaseNumber
from server.db.tables.dead_letters import DeadLetter
from server.db.tables.lessons import RuleException
from server.db.tables.nodes import Camera, EnrolmentCode, Node
from server.db.tables.people import LoginAttempt, Session, User
from server.db.tables.snoozes import Snooze

__all__ = [
    "Alert",
    "AlertEvidence",
    "Camera",
    "Case",
    "CaseEvent",
    "CaseNumber",
    "DeadLetter",
    "EnrolmentCode",
    "LoginAttempt",
    "Node",
    "RuleException",
    "Session",
    "Snooze",
    "StoredEvidence",
    "User",
]
