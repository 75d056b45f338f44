"""Two reports side by side, on the scenes they share. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from edge.bench.events.judging import JudgedScene
from edge.bench.events.matching import Event
from edge.bench.events.report import Report
from edge.bench.events.scores import NAMES
from protocol.kinds import Kind
from protocol.messages import Text

HIGHER_IS_BETTER = frozenset({"precision", "recall", "f1", "ilids_f1"})
SMALL = 1e-9


class Change(StrEnum):
    """What became of a figure."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of one kind (None: of all together) before and now."""

    kind: Kind | None
    name: str
    before: float | None
    now: float | None
    change: Change


@dataclass(frozen=True, slots=True)
class Turned:
    """An event or alert of a scene that is judged otherwise now: what is said of it, and whether that is better."""

    scene: str
    text: Text
    better: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left_out`: scenes that only one of the two has. `conditions`: what else was other than the scenes' outcome."""

    before: Report
    now: Report
    figures: tuple[Compared, ...]
    turned: tuple[Turned, ...]
    left_out: tuple[str, ...]
    conditions: tuple[Text, ...]

    def fallen(self, slack: float) -> list[Compared]:
        """F1 of kinds, and of all together, that is lower than before by more than `slack`."""
        return [
            one
            for one in self.figures
            if one.name == "f1" and one.before is not None and one.before - (one.now or 0.0) > slack + SMALL
        ]


def compare(before: Report, now: Report) -> Comparison:
    """Figures are worked out anew on the scenes that both have; none if they share none."""
    names = [{scene.name for scene in report.scenes} for report in (before, now)]
    shared, left_out = names[0] & names[1], names[0] ^ names[1]
    old, new = before.only(shared), now.only(shared)
    return Comparison(
        old, new, tuple(_figures(old, new)), tuple(_turned(old, new)), tuple(sorted(left_out)), tuple(_other(old, new))
    )


def _figures(before: Report, now: Report) -> Iterator[Compared]:
    for kind in [kind for kind in (*Kind, None) if kind in before.rows or kind in now.rows]:
        rows = [report.rows.get(kind) for report in (before, now)]
        for name in NAMES:
            first, second = (None if row is None else getattr(row.figures, name) for row in rows)
            yield Compared(kind, name, first, second, _change(name, first, second))


def _change(name: str, before: float | None, now: float | None) -> Change:
    if before is None or now is None:
        return Change.SAME if before is now else Change.UNKNOWN
    if abs(now - before) <= SMALL:
        return Change.SAME
    return Change.BETTER if (now > before) is (name in HIGHER_IS_BETTER) else Change.WORSE


def _turned(before: Report, now: Report) -> Iterator[Turned]:
    olds = {scene.name: scene for scene in before.scenes}
    for scene in sorted(now.scenes, key=lambda scene: scene.name):
        old = olds[scene.name]
        shared = Counter(one.event for one in old.events) & Counter(one.event for one in scene.events)
        missed, misses = (Counter(one.event for one in judged.events if one.missed) & shared for judged in (old, scene))
        yield from (Turned(scene.name, _said("found", event), True) for event in (missed - misses).elements())
        yield from (Turned(scene.name, _said("missed", event), False) for event in (misses - missed).elements())
        yield from _false_alerts(old, scene)


def _said(what: str, event: Event) -> Text:
    return Text(id=f"eval.turned.{what}", arguments={"kind": f"kind.{event.kind}", "at": f"{event.start_s:g}"})


def _false_alerts(old: JudgedScene, scene: JudgedScene) -> Iterator[Turned]:
    counts = [sum(one.false for one in judged.alerts) for judged in (old, scene)]
    if counts[0] != counts[1]:
        text = Text(id="eval.turned.false", arguments={"before": counts[0], "now": counts[1]})
        yield Turned(scene.name, text, counts[1] < counts[0])


def _other(before: Report, now: Report) -> Iterator[Text]:
    """What differs beside the alerts."""
    for name, first, second in (
        ("model", before.model, now.model),
        ("runtime", before.runtime, now.runtime),
        ("software", before.software, now.software),
        ("tolerance", f"{before.tolerance_s:g}", f"{now.tolerance_s:g}"),
        ("start", before.start, now.start),
        ("every_frame", _yes(before.every_frame), _yes(now.every_frame)),
        ("recall_bias", f"{before.recall_bias:g}", f"{now.recall_bias:g}"),
    ):
        if first != second:
            yield Text(id=f"eval.other.{name}", arguments={"before": first, "now": second})
    cameras = {scene.name: scene.camera for scene in before.scenes}
    others = sorted(scene.name for scene in now.scenes if scene.camera != cameras[scene.name])
    if others:
        yield Text(id="eval.other.cameras", arguments={"scenes": ", ".join(others)})
    truths = {scene.name: [one.event for one in scene.events] for scene in before.scenes}
    changed = sorted(scene.name for scene in now.scenes if [one.event for one in scene.events] != truths[scene.name])
    if changed:
        yield Text(id="eval.other.truth", arguments={"scenes": ", ".join(changed)})


def _yes(whether: bool) -> str:
    return "eval.yes" if whether else "eval.no"
