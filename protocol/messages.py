"""Every message between edge and server, as immutable pydantic models; `asyncapi.yaml` is generated from them.

Times are UTC with milliseconds, boxes and points are 0..1 of the picture (x right, y down), ids are UUIDv7. Fields
that a receiver does not know are ignored; a message of a newer version is refused (see `parse`).
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, ValidationError
from pydantic.functional_validators import AfterValidator

from protocol import PROTOCOL_VERSION
from protocol.kinds import Kind, Phase, Severity

MAX_MESSAGE_BYTES = 256 * 1024
"""No message is larger; evidence goes by HTTPS. A receiver refuses more before it parses."""

MOST_EXCEPTIONS, MOST_REFUSED = 160, 30
"""So many exceptions, and so many that were not made, fit into a message, whatever their names."""


def _utc_milliseconds(at: datetime) -> datetime:
    try:
        at = at.astimezone(UTC)
    except OverflowError:  # pydantic passes it on as it is
        raise ValueError("in UTC this is before the year 1 or after 9999") from None
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _rfc3339(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


UtcTime = Annotated[
    AwareDatetime, AfterValidator(_utc_milliseconds), PlainSerializer(_rfc3339, return_type=str, when_used="json")
]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
"""Name of a node, camera, zone key or rule: fit for topics, paths and URLs."""
Title = Annotated[str, Field(min_length=1, max_length=120)]
"""A name as people write it, in any language."""
Count = Annotated[int, Field(ge=0, le=2**53 - 1)]
"""How many; larger numbers JSON does not carry exactly (RFC 8785), and not every reader can print them."""
Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
Point = tuple[Fraction, Fraction]
Box = tuple[Fraction, Fraction, Fraction, Fraction]
"""x1, y1, x2, y2."""
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Value(BaseModel):
    """A part of a message."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Message(Value):
    """What goes over a topic."""

    version: int = Field(default=PROTOCOL_VERSION, ge=1)


class Text(Value):
    """A sentence as an id of the catalogues with its arguments, so that each reader sees it in his language.

    Arguments whose name ends in `_s` are seconds.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9_.]+$", max_length=80)]
    arguments: dict[str, str | int | float | bool] = Field(default_factory=dict)


# --- node → server ---------------------------------------------------------------------------------------------------


class NodeState(StrEnum):
    """What a status message says of its node."""

    ONLINE = "online"  # birth
    OFFLINE = "offline"  # death: stopped on purpose
    LOST = "lost"  # last will, published by the broker


class Zone(Value):
    """A named polygon, at least three points, not crossing itself."""

    name: Title
    polygon: Annotated[tuple[Point, ...], Field(min_length=3, max_length=64)]


class Line(Value):
    """A named directed segment. Seen from `start` towards `end`, its two sides are left and right."""

    name: Title
    start: Point
    end: Point


class CameraBirth(Value):
    """What a node says of one camera when it comes online."""

    name: Name
    title: Title
    width: Count = Field(default=0, description="pixels; 0 while no picture has come")
    height: Count = 0
    timezone: str = "UTC"
    zones: tuple[Zone, ...] = ()
    lines: tuple[Line, ...] = ()
    kinds: tuple[Kind, ...] = Field(default=(), description="kinds switched on")


class Status(Message):
    """Retained: a node's birth certificate, its death, or (as last will) its loss."""

    node: Name
    state: NodeState
    at: UtcTime
    boot: UUID = Field(description="new at each start of the node's process")
    title: Title | None = None
    software: str = ""
    configuration: Sha256 | None = None
    model: str | None = None
    cameras: tuple[CameraBirth, ...] = ()


class CameraState(StrEnum):
    """How a camera does; each state other than WATCHING has its own remedy."""

    STARTING = "starting"
    WATCHING = "watching"
    UNREACHABLE = "unreachable"
    UNAUTHORISED = "unauthorised"
    STALLED = "stalled"
    UNREADABLE = "unreadable"
    ENDED = "ended"


class Rations(Value):
    """What a node that cannot keep up leaves out of a camera's watching; none: it watches in full."""

    analysed_per_s: float = Field(ge=0, description="frames analysed in a second of late")
    of_per_s: float = Field(ge=0, description="frames that full watching would analyse in a second")
    smaller_picture: bool = Field(default=False, description="the detector is shown a smaller picture, and sees less")
    paused: tuple[Title, ...] = Field(default=(), max_length=64, description="rules that rest, by name")

    @property
    def texts(self) -> tuple[Text, ...]:
        """What is left out, one part of a sentence each."""
        rates = {"analysed": self.analysed_per_s, "of": self.of_per_s}
        told = [Text(id="rations.rate", arguments=dict(rates))] if self.analysed_per_s < self.of_per_s else []
        told += [Text(id="rations.smaller")] if self.smaller_picture else []
        return (*told, *(Text(id="rations.paused", arguments={"rule": rule}) for rule in self.paused))


class CameraHealth(Value):
    """One camera's figures since the last health message."""

    name: Name
    state: CameraState
    since: UtcTime
    frames_per_s: float = Field(default=0.0, ge=0)
    analysed_per_s: float = Field(default=0.0, ge=0)
    detected_per_s: float = Field(default=0.0, ge=0, description="analysed frames that were worth an inference")
    dropped: Count = Field(default=0, description="frames that waited until a newer one came")
    reconnects: Count = 0
    rations: Rations | None = None


class OutboxHealth(Value):
    """What waits on the node, and what had to be given up since its start."""

    waiting_alerts: Count = 0
    waiting_evidence: Count = 0
    bytes: Count = 0
    dropped_clips: Count = 0
    dropped_snapshots: Count = 0
    dropped_alerts: Count = 0


class Health(Message):
    """Every 30 s."""

    node: Name
    at: UtcTime
    boot: UUID
    uptime_s: float = Field(ge=0)
    resident_mb: float = Field(default=0.0, ge=0)
    cpu_percent: float = Field(default=0.0, ge=0, description="of one core, since the last health message")
    cameras: tuple[CameraHealth, ...] = ()
    outbox: OutboxHealth = OutboxHealth()


class EvidenceKind(StrEnum):
    """What a piece of evidence is."""

    SNAPSHOT = "snapshot"
    CLIP = "clip"
    TRACKS = "tracks"


class Evidence(Value):
    """A piece of evidence by the hash of its bytes; the bytes travel apart, before or after their alert."""

    sha256: Sha256
    kind: EvidenceKind
    media_type: Literal["image/jpeg", "video/mp4", "application/json"]
    size: int = Field(ge=1, description="bytes")
    from_: UtcTime = Field(alias="from", description="time of its first picture")
    to: UtcTime
    reencoded: bool = Field(default=False, description="not the camera's own bytes any more")
    masks: tuple[str, ...] = Field(default=(), description="privacy masks painted in, by name")

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class SeenObject(Value):
    """An object of an alert as it was when the revision was made."""

    track: int = Field(ge=0, description="0: it has none, as a bag that stands there")
    label: str
    score: Fraction
    box: Box


class Fingerprints(Value):
    """What made the alert, so that it can be made again."""

    model: str = Field(description="name@first 12 of sha256 of the weights")
    configuration: Sha256
    rule: Sha256
    lessons: Sha256 | None = Field(
        default=None, description="of the rule's exceptions that counted; absent without any"
    )
    software: str


class Alert(Message):
    """One event seen by one rule on one camera. Revision 1 begins it, higher ones replace lower ones whole."""

    id: UUID
    revision: int = Field(ge=1)
    node: Name
    camera: Name
    rule: Title
    kind: Kind
    severity: Severity
    phase: Phase
    zone: str | None = Field(default=None, description="name of its zone or line")
    began_at: UtcTime
    at: UtcTime = Field(description="scene time of this revision")
    ended_at: UtcTime | None = None
    uncertainty_ms: Count = Field(default=0, description="the times are right within so many milliseconds")
    reason: Text
    rations: Rations | None = Field(default=None, description="under which it was raised, or seen since then")
    score: Fraction = 1.0
    objects: tuple[SeenObject, ...] = Field(default=(), max_length=64)
    evidence: tuple[Evidence, ...] = Field(default=(), max_length=16)
    fingerprints: Fingerprints
    signature: str | None = Field(default=None, description="Ed25519 over the canonical form, base64; see signing")


class ExceptionKind(StrEnum):
    """What an exception holds back."""

    PLACE = "place"
    SCORE = "score"


class Exemption(Value):
    """What no longer counts because staff called it false, since when, and what that would have cost."""

    since: UtcTime
    kind: ExceptionKind
    label: Annotated[str, Field(max_length=120)]
    box: Box | None = Field(default=None, description="of a place: what stands there does not count")
    score: Fraction | None = Field(default=None, description="below which nothing of the label counts")
    because: UUID = Field(description="the alert that was called false")
    would_have_hidden: int = Field(ge=0, description="of the alerts that were called real here until then")
    of: int = Field(ge=0)
    proposed: bool = Field(default=False, description="counts for nothing until somebody accepts it")


class LearntException(Exemption):
    """An exemption of one rule of a node."""

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$", description="of its node: the beginning of its hash")]
    camera: Name
    rule: Title
    rule_kind: Kind


class Learnt(Message):
    """Retained, and said again at each connection, at each change, and now and then: every exception of a node.

    Beside them stand the newest that were tried and not made. Those are news, not state: one that is no longer told of
    was refused all the same.
    """

    node: Name
    at: UtcTime
    exceptions: Annotated[tuple[LearntException, ...], Field(max_length=MOST_EXCEPTIONS)] = ()
    left_out: Count = Field(default=0, description="older ones that did not fit into the message")
    refused: Annotated[tuple[LearntException, ...], Field(max_length=MOST_REFUSED)] = Field(
        default=(), description="not made, for they would have hidden something that was called real; the newest"
    )


# --- server → node ---------------------------------------------------------------------------------------------------


class Outcome(StrEnum):
    """What the server did with a revision. All but REFUSED mean: it is safe here, forget it."""

    STORED = "stored"
    KNOWN = "known"
    REFUSED = "refused"


class Receipt(Message):
    """Said after the commit. The node forgets the revision; a refused one is kept there for a person to look at."""

    alert: UUID
    revision: int = Field(ge=1)
    outcome: Outcome
    reason: Text | None = None


class VerdictWord(StrEnum):
    """What staff says of an alert."""

    REAL = "real"
    FALSE = "false"


class Verdict(Message):
    """Sent to the node that raised the alert, so that its rule can learn."""

    alert: UUID
    verdict: VerdictWord
    at: UtcTime
    note: str = Field(default="", max_length=500)


class Settings(Message):
    """A new camera configuration for a node to check, adopt and answer with a new birth certificate."""

    at: UtcTime
    camera: Name
    configuration: dict[str, Any]


class CommandWord(StrEnum):
    """What a server may ask of a node."""

    SNAPSHOT = "snapshot"
    REBIRTH = "rebirth"
    RESTART = "restart"
    TAKE_BACK = "take_back"
    ACCEPT = "accept"


class Command(Message):
    """A request to a node."""

    id: UUID
    at: UtcTime
    command: CommandWord
    camera: Name | None = None
    exception: str | None = Field(default=None, max_length=64, description="its id, for TAKE_BACK and ACCEPT")


class RefusedMessage(ValueError):
    """A message that cannot be taken; `reason` is one word for counting, the text says what was wrong where."""

    def __init__(self, reason: Literal["too_large", "not_json", "future_version", "invalid"], text: str) -> None:
        super().__init__(text)
        self.reason = reason


M = TypeVar("M", bound=Message)


class _VersionOnly(BaseModel):
    version: int = PROTOCOL_VERSION


def parse(model: type[M], payload: bytes) -> M:
    """Read one message. Raises RefusedMessage, with the fields at fault named, for what cannot be taken."""
    if len(payload) > MAX_MESSAGE_BYTES:
        raise RefusedMessage("too_large", f"{len(payload)} bytes, at most {MAX_MESSAGE_BYTES} are taken")
    try:
        message = model.model_validate_json(payload)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        if any(detail["type"] == "json_invalid" for detail in details):
            raise RefusedMessage("not_json", f"not JSON: {details[0]['msg']}") from None
        version = _version_of(payload)
        if version > PROTOCOL_VERSION:
            raise RefusedMessage("future_version", _future(version)) from None
        places = "; ".join(f"{'.'.join(map(str, d['loc'])) or 'message'}: {d['msg']}" for d in details[:5])
        raise RefusedMessage("invalid", places) from None
    if message.version > PROTOCOL_VERSION:
        raise RefusedMessage("future_version", _future(message.version))
    return message


def _version_of(payload: bytes) -> int:
    try:
        return _VersionOnly.model_validate_json(payload).version
    except ValidationError:
        return PROTOCOL_VERSION


def _future(version: int) -> str:
    return f"version {version}, this side speaks up to {PROTOCOL_VERSION}: update it"


def encode(message: Message) -> bytes:
    """The message as it goes over the wire: compact JSON, UTF-8, unset options left out."""
    return message.model_dump_json(by_alias=True, exclude_none=True).encode()
