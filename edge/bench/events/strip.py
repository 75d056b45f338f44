"""A scene's timeline as inline SVG: what happened above, what was raised below, who found what between. Pure."""

from collections.abc import Sequence
from html import escape

from edge.bench.events.judging import JudgedAlert, JudgedEvent, JudgedScene
from edge.bench.events.words import clock, in_words, place_name
from protocol.sentences import sentence

LANE, BAR, GAP, AXIS = 22, 14, 26, 22
"""Heights in pixels: of a lane, of a bar in it, between truth and alerts, of the axis."""
STEPS_S = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 43200, 86400)
MOST_TICKS = 6
Span = tuple[float, float]


def strip(scene: JudgedScene, language: str) -> str:
    """The picture with the names of its halves; widths are shares, so that it fits any page unstretched."""
    length = max([scene.seconds, 0.1, *(one.event.end_s for one in scene.events)])
    above = lanes([(one.event.start_s, one.event.end_s) for one in scene.events], length)
    below = lanes([_span(one, length) for one in scene.alerts], length)
    bottom = (max(above, default=0) + 1) * LANE
    top = bottom + GAP
    height = top + (max(below, default=0) + 1) * LANE
    parts = [_axis(length, height, language)]
    for event, lane in zip(scene.events, above, strict=True):
        parts.append(_bar(event.event.start_s, event.event.end_s, length, lane * LANE, *_event_words(event, language)))
    for alert, lane in zip(scene.alerts, below, strict=True):
        begin_s, end_s = _span(alert, length)
        parts.append(_bar(begin_s, end_s, length, top + lane * LANE, *_alert_words(alert, language)))
        if alert.event is not None:
            start_s, up = scene.events[alert.event].event.start_s, above[alert.event]
            parts.append(_thread(start_s, begin_s, length, (up * LANE + BAR, top + lane * LANE)))
    truth, alerts = (escape(in_words(f"eval.strip.{name}", language)) for name in ("truth", "alerts"))
    names = f'<div class="names" aria-hidden="true"><span>{truth}</span><span style="top:{top}px">{alerts}</span></div>'
    label = f'aria-label="{escape(in_words("eval.strip.label", language, scene=scene.name))}"'
    middle = bottom - (LANE - BAR) + (GAP + LANE - BAR) / 2
    rule = f'<line class="rule" x1="0" x2="100%" y1="{middle:g}" y2="{middle:g}"/>'
    picture = f'<svg role="img" {label} width="100%" height="{height + AXIS}">{rule}{"".join(parts)}</svg>'
    return f'<div class="strip">{names}{picture}</div>'


def lanes(spans: Sequence[Span], length: float) -> list[int]:
    """For each span the number of the first lane in which it overlaps no earlier one, however short it is."""
    shortest = length / 40
    ends: list[float] = []
    chosen = [0] * len(spans)
    for number in sorted(range(len(spans)), key=lambda n: spans[n]):
        start, end = spans[number]
        lane = next((lane for lane, taken in enumerate(ends) if taken <= start), len(ends))
        ends[lane : lane + 1] = [max(end, start + shortest)]
        chosen[number] = lane
    return chosen


def ticks(length: float) -> list[float]:
    """Seconds at which the axis has a mark: round ones, few enough for a phone."""
    step = next((step for step in STEPS_S if length / step <= MOST_TICKS), STEPS_S[-1])
    return [float(number * step) for number in range(int(length / step) + 1)]


def _span(one: JudgedAlert, length: float) -> Span:
    end_s = one.alert.end_s
    return one.alert.begin_s, length if end_s is None else max(end_s, one.alert.begin_s)


def _event_words(one: JudgedEvent, language: str) -> tuple[str, str]:
    """Class and words of an event's bar."""
    name = "unasked" if not one.asked else "missed" if one.missed else "found"
    event = one.event
    what = place_name(event.kind, event.zone, language)
    times = {"start": f"{event.start_s:g}", "end": f"{event.end_s:g}"}
    return name, in_words("eval.strip.event", language, what=what, state=f"eval.{name}", **times)


def _alert_words(one: JudgedAlert, language: str) -> tuple[str, str]:
    """The same of an alert's."""
    alert = one.alert
    said = {"kind": f"kind.{alert.kind}", "at": f"{alert.begin_s:g}", "reason": sentence(alert.reason, language)}
    if one.false:
        return "false", in_words("eval.strip.false", language, **said)
    return "true", in_words("eval.strip.true", language, delay=f"{one.delay_s:g}", **said)


def _bar(start_s: float, end_s: float, length: float, top: float, name: str, words: str) -> str:
    """A bar, and a mark at its start by which even the shortest is seen."""
    left, width = _share(start_s, length), _share(max(0.0, min(end_s, length) - start_s), length)
    return (
        f'<g class="{name}"><title>{escape(words)}</title>'
        f'<rect class="body" x="{left}" y="{top:g}" width="{width}" height="{BAR}" rx="3"/>'
        f'<rect class="mark" x="{left}" y="{top:g}" width="4" height="{BAR}" rx="1.5"/></g>'
    )


def _thread(start_s: float, begin_s: float, length: float, heights: tuple[float, float]) -> str:
    ends = f'x1="{_share(start_s, length)}" x2="{_share(begin_s, length)}" y1="{heights[0]:g}" y2="{heights[1]:g}"'
    return f'<line class="thread" {ends}/>'


def _axis(length: float, height: float, language: str) -> str:
    parts = []
    for at_s in ticks(length):
        x = _share(at_s, length)
        anchor = "start" if at_s == 0 else "end" if at_s > 0.95 * length else "middle"
        parts.append(
            f'<line class="tick" x1="{x}" x2="{x}" y1="0" y2="{height:g}"/>'
            f'<text x="{x}" y="{height + 15:g}" text-anchor="{anchor}">{escape(clock(at_s, language))}</text>'
        )
    return "".join(parts)


def _share(at_s: float, length: float) -> str:
    return f"{100 * at_s / length:.3f}%"
