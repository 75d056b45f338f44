"""Short ways to write events, alerts and judged scenes; times in seconds."""

from collections.abc import Collection, Sequence

from edge.bench.events.judging import JudgedScene, judge
from edge.bench.events.matching import Event, Raised
from edge.bench.events.report import Report
from protocol.kinds import Kind
from protocol.messages import Text

TOLERANCE_S = 2.0
REASON = Text(
    id="reason.intrusion.begin",
    arguments={"label": "label.person", "zone": "yard", "dwell_s": 1.0, "limit_s": 1.0},
)


def event(
    start_s: float, end_s: float | None = None, *, kind: Kind = Kind.INTRUSION, zone: str | None = "yard"
) -> Event:
    return Event(kind, zone, float(start_s), float(start_s if end_s is None else end_s))


def alert(
    begin_s: float,
    *,
    kind: Kind = Kind.INTRUSION,
    zone: str | None = "yard",
    after_s: float | None = None,
    id_: str | None = None,
) -> Raised:
    return Raised(
        id_ or f"alert-{begin_s:g}-{kind}-{zone}", kind, zone, float(begin_s), begin_s + 1.0, REASON, (), after_s
    )


def scene(
    events: Sequence[Event] = (),
    alerts: Sequence[Raised] = (),
    *,
    name: str = "a.mp4",
    seconds: float = 60.0,
    kinds: Collection[Kind] = (Kind.INTRUSION,),
    why: Text | None = None,
) -> JudgedScene:
    return judge(name, "camera", seconds, kinds, events, alerts, TOLERANCE_S, why)


def report(*scenes: JudgedScene, model: str = "net@1") -> Report:
    return Report("0.1.0", model, "onnxruntime 1", TOLERANCE_S, 0.65, "2026-01-01T00:00:00+00:00", False, scenes)
