"""An alert as a node would send it, for the tests of several rooms."""

from datetime import UTC, datetime, timedelta

from protocol.ids import uuid7
from protocol.kinds import Kind, Phase, Severity
from protocol.messages import Alert, Evidence, EvidenceKind, Fingerprints, SeenObject, Text

AT = datetime(2026, 3, 1, 4, 0, 0, 123_456, tzinfo=UTC)


def alert(seed: str = "one", at: datetime = AT, **changes: object) -> Alert:
    """A first revision; `changes` replace fields."""
    fields: dict[str, object] = {
        "id": uuid7(at, seed),
        "revision": 1,
        "node": "gatehouse",
        "camera": "east-gate",
        "rule": "bays",
        "kind": Kind.INTRUSION,
        "severity": Severity.HIGH,
        "phase": Phase.BEGIN,
        "zone": "bays",
        "began_at": at,
        "at": at + timedelta(milliseconds=500),
        "reason": Text(
            id="reason.intrusion.begin",
            arguments={"label": "label.person", "zone": "bays", "dwell_s": 0.5, "limit_s": 0.5},
        ),
        "objects": (SeenObject(track=1, label="person", score=0.9, box=(0.1, 0.2, 0.3, 0.4)),),
        "evidence": (
            Evidence(sha256="0" * 64, kind=EvidenceKind.SNAPSHOT, media_type="image/jpeg", size=10, from_=at, to=at),
        ),
        "fingerprints": Fingerprints(model="m@1", configuration="1" * 64, rule="2" * 64, software="0.1.0"),
        **changes,
    }
    return Alert.model_validate(fields)


ALERT = alert()
