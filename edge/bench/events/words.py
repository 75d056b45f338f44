"""Figures, kinds and lengths of an evaluation, in the reader's language: what its tables and its page share."""

from collections.abc import Iterable

from edge.bench.events.comparing import Change, Compared
from edge.bench.events.report import Report, Row
from protocol.kinds import Kind
from protocol.messages import Text
from protocol.sentences import catalogue, phrase

SHARES = frozenset({"precision", "recall", "f1", "ilids_f1"})
UNKNOWN = "–"


def told(text: Text, language: str) -> str:
    """A text of the catalogues for a cell or a line."""
    arguments = {name: _in_line(value, language) for name, value in text.arguments.items()}
    return phrase(Text(id=text.id, arguments=arguments), language)


def in_words(id_: str, language: str, **arguments: str | int | float) -> str:
    """The same of an id and its arguments."""
    return told(Text(id=id_, arguments=dict(arguments)), language)


def stopped_early(clip: str, why: Text, language: str) -> str:
    """That a clip could not be read to its end, and why."""
    return in_words("eval.stopped", language, scene=clip, why=phrase(why, language))


def _in_line(value: str | float | bool, language: str) -> str | float | bool:
    if not isinstance(value, str) or not value.startswith("kind."):
        return value
    name = catalogue(language).get(value, value)
    return name[:1].lower() + name[1:]


def kind_name(kind: Kind | None, language: str) -> str:
    """A kind as people read it within a line; None: all together."""
    return in_words("eval.all", language) if kind is None else str(_in_line(f"kind.{kind}", language))


def place_name(kind: Kind, zone: str | None, language: str) -> str:
    """A kind with its zone or line, if it has one."""
    if not zone:
        return kind_name(kind, language)
    return in_words("eval.in_zone", language, kind=f"kind.{kind}", zone=zone)


def listed(items: Iterable[str], language: str) -> str:
    """Words one after the other."""
    return catalogue(language)["eval.comma"].join(items)


def figure_name(name: str, language: str) -> str:
    """What people call a figure."""
    return in_words(f"eval.figure.{name}", language)


def bare(name: str, value: float | None) -> str:
    """A figure without its unit."""
    if value is None:
        return UNKNOWN
    return (f"{value:z.2f}" if name in SHARES else f"{value:z.1f}").replace("-", "−")


def shown(name: str, value: float | None, language: str) -> str:
    """A figure with its unit."""
    return _with_unit(name, bare(name, value), language)


def bare_interval(row: Row, name: str) -> str:
    """A figure's interval without its unit, or nothing."""
    ends = row.intervals[name]
    if ends is None:
        return ""
    to = " – " if ends.low < 0 else "–"
    return f"{bare(name, ends.low)}{to}{bare(name, ends.high)}"


def interval(row: Row, name: str, language: str) -> str:
    """A figure's interval, or nothing."""
    return _with_unit(name, bare_interval(row, name), language)


def _with_unit(name: str, text: str, language: str) -> str:
    in_seconds = name.endswith("_s") and text not in ("", UNKNOWN)
    return in_words("eval.seconds", language, value=text) if in_seconds else text


def found_of(row: Row, language: str) -> str:
    """How many events were found, and of how many."""
    found, missed = row.counted.found, row.counted.missed
    return in_words("eval.found_of", language, found=found, all=found + missed)


def clips(count: int, language: str) -> str:
    """How many clips."""
    return in_words("eval.clips.one" if count == 1 else "eval.clips.many", language, count=count)


def watched(report: Report, language: str) -> str:
    """How long was watched."""
    seconds = sum(scene.seconds for scene in report.scenes)
    if seconds >= 3600:
        return in_words("eval.length.hours", language, value=f"{seconds / 3600:.1f}")
    if seconds >= 60:
        return in_words("eval.length.minutes", language, value=f"{seconds / 60:.1f}")
    return in_words("eval.length.seconds", language, value=f"{seconds:.0f}")


def not_asked(report: Report, language: str) -> str:
    """How many events there are of kinds that no camera file switches on; nothing if there are none."""
    kinds = report.not_asked.items()
    return listed(
        (in_words("eval.count", language, kind=f"kind.{kind}", count=count) for kind, count in kinds), language
    )


def clock(at_s: float, language: str) -> str:
    """Seconds as people read them: 7 s, 1:05, 2:00:00."""
    whole = round(at_s)
    if whole < 60:
        return in_words("eval.seconds", language, value=whole)
    minutes, rest = divmod(whole, 60)
    return f"{minutes}:{rest:02}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def change_text(one: Compared, language: str) -> str:
    """What became of a figure."""
    if one.change in (Change.SAME, Change.UNKNOWN) or one.before is None or one.now is None:
        return in_words("eval.same" if one.change is Change.SAME else "eval.unknown", language)
    return in_words(f"eval.{one.change}", language, amount=shown(one.name, abs(one.now - one.before), language))
