"""The words both sides share: kinds of anomaly, severities, phases. The order of severities is their rank."""

from enum import StrEnum


class Kind(StrEnum):
    """A kind of anomaly; docs/guides/rules.md says when each begins and ends."""

    INTRUSION = "intrusion"
    LINE_CROSSING = "line_crossing"
    LOITERING = "loitering"
    CROWD = "crowd"
    TAILGATING = "tailgating"
    WRONG_WAY = "wrong_way"
    RUNNING = "running"
    FALL = "fall"
    FIGHT = "fight"
    ABANDONED_OBJECT = "abandoned_object"
    REMOVED_OBJECT = "removed_object"
    BLOCKED_PASSAGE = "blocked_passage"
    FORBIDDEN_OBJECT = "forbidden_object"
    FIRE_SMOKE = "fire_smoke"
    FALLING_OBJECT = "falling_object"
    UNUSUAL = "unusual"
    TAMPER = "tamper"


class Severity(StrEnum):
    """How much a kind hurts if nobody comes."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for the mildest."""
        return _RANK[self]


_RANK = {severity: number for number, severity in enumerate(Severity)}


SEVERITY_OF: dict[Kind, Severity] = {
    Kind.INTRUSION: Severity.HIGH,
    Kind.LINE_CROSSING: Severity.MEDIUM,
    Kind.LOITERING: Severity.LOW,
    Kind.CROWD: Severity.MEDIUM,
    Kind.TAILGATING: Severity.MEDIUM,
    Kind.WRONG_WAY: Severity.MEDIUM,
    Kind.RUNNING: Severity.LOW,
    Kind.FALL: Severity.HIGH,
    Kind.FIGHT: Severity.HIGH,
    Kind.ABANDONED_OBJECT: Severity.HIGH,
    Kind.REMOVED_OBJECT: Severity.MEDIUM,
    Kind.BLOCKED_PASSAGE: Severity.MEDIUM,
    Kind.FORBIDDEN_OBJECT: Severity.HIGH,
    Kind.FIRE_SMOKE: Severity.CRITICAL,
    Kind.FALLING_OBJECT: Severity.HIGH,
    Kind.UNUSUAL: Severity.LOW,
    Kind.TAMPER: Severity.HIGH,
}


class Phase(StrEnum):
    """Where an alert stands in its life. An alert that ended may still gain evidence under phase END."""

    BEGIN = "begin"
    UPDATE = "update"
    END = "end"
