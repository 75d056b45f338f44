"""A moment as a page: the picture with boxes, and each chain as a row of steps. One file, without script."""

import base64
from collections.abc import Sequence
from html import escape
from importlib import resources
from pathlib import Path
from string import Template

from edge.bench.asking.chain import Link, Mark, Subject, told_apart
from edge.bench.asking.moment import Answer
from edge.bench.asking.source import Picture
from edge.bench.asking.words import alert_text, condition_name, rule_name, say, subject_name, title
from edge.files import written_whole
from edge.video.jpeg import jpeg
from protocol.sentences import TAGS, sentence

NAME = "moment.html"
ASPECT = 16 / 9
SIGNS = {Mark.PASSED: "✓", Mark.FAILED: "✗", Mark.AHEAD: "·"}


def write_page(folder: Path, answer: Answer, picture: Picture | None, language: str) -> Path:
    """Write the page into a folder; returns its path. Raises TargetError."""
    path = folder / NAME
    with written_whole(path) as part:
        part.write_text(_page(answer, picture, language), "utf-8")
    return path


def _page(answer: Answer, picture: Picture | None, language: str) -> str:
    template = Template(resources.files("edge.bench.asking").joinpath("page.html").read_text("utf-8"))
    alerts = "".join(
        f'<p class="sheet warning">{escape(alert_text(alert, answer.camera, language))}</p>' for alert in answer.alerts
    )
    return template.substitute(
        lang=TAGS[language],
        title=escape(title(answer, language)),
        alerts=alerts,
        view=_view(answer, picture, language),
        subjects=_subjects(answer, language),
    )


def _view(answer: Answer, picture: Picture | None, language: str) -> str:
    aspect = picture.shape[1] / picture.shape[0] if picture is not None else getattr(answer.scene, "aspect", ASPECT)
    if picture is None:
        back = f'<p class="none">{escape(say("ask.no_picture", language))}</p>'
    else:
        data = jpeg(picture, 88)
        back = f'<img alt="" src="data:image/jpeg;base64,{base64.b64encode(data).decode()}">'
    lines = [_polygon("zone", zone.polygon) for zone in answer.camera.zones]
    lines += [_path("line", (line.start, line.end)) for line in answer.camera.lines]
    lines += [_path("tail", tail) for tail in answer.tails.values()]
    names = [_name("zone", zone.polygon[0], zone.name) for zone in answer.camera.zones]
    names += [_name("line", line.start, line.name) for line in answer.camera.lines]
    boxes = [_box(subject, answer, language) for subject in answer.subjects if subject.box is not None]
    drawn = f'<svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">{"".join(lines)}</svg>'
    return f'<div class="view" style="aspect-ratio:{aspect:.4f}">{back}{drawn}{"".join(names)}{"".join(boxes)}</div>'


def _polygon(name: str, points: Sequence[tuple[float, float]]) -> str:
    return f'<polygon class="{name}" points="{_points(points)}"/>'


def _path(name: str, points: Sequence[tuple[float, float]]) -> str:
    return f'<polyline class="{name}" points="{_points(points)}"/>'


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.4f},{y:.4f}" for x, y in points)


def _name(kind: str, point: tuple[float, float], text: str) -> str:
    x, y = min(point[0], 0.85), min(point[1], 0.93)  # whole within the picture
    return f'<span class="name {kind}" style="left:{100 * x:.2f}%;top:{100 * y:.2f}%">{escape(text)}</span>'


def _box(subject: Subject, answer: Answer, language: str) -> str:
    x1, y1, x2, y2 = subject.box or (0, 0, 0, 0)
    place = f"left:{100 * x1:.2f}%;top:{100 * y1:.2f}%;width:{100 * (x2 - x1):.2f}%;height:{100 * (y2 - y1):.2f}%"
    text = str(subject.track) if subject.track else "?"
    if subject.track < 0:
        text = escape(say("ask.box.thing", language, track=-subject.track))
    return f'<div class="box {_state(subject, answer)}" style="{place}"><span>{text}</span></div>'


def _state(subject: Subject, answer: Answer) -> str:
    if any(subject.track in alert.begin.objects for alert in answer.alerts) or _raised(subject):
        return "raised"
    return "unsure" if subject.lost or subject.track == 0 else "tracked"


def _raised(subject: Subject) -> bool:
    return any(chain.failed is None for chain in subject.rules)


def _subjects(answer: Answer, language: str) -> str:
    concerned, others = told_apart(answer.subjects)
    sections = [_subject(subject, answer, language) for subject in concerned]
    if others:
        names = "<br>".join(escape(subject_name(subject, language)) for subject in others)
        head = escape(say("ask.of_no_rule", language))
        sections.append(f'<section class="sheet"><h3>{head}</h3><p class="quiet">{names}</p></section>')
    return "".join(sections)


def _subject(subject: Subject, answer: Answer, language: str) -> str:
    rows = [_chain("", subject.links, language)] if subject.links else []
    for chain in subject.rules:
        rows.append(_chain(rule_name(chain, language), chain.links, language))
    if subject.track > 0 and not subject.rules:
        rows.append(f'<p class="quiet">{escape(say("ask.no_rules", language))}</p>')
    dot = f'<i class="dot {_state(subject, answer)}"></i>' if subject.box is not None else ""
    return f'<section class="sheet"><h3>{dot}{escape(subject_name(subject, language))}</h3>{"".join(rows)}</section>'


def _chain(name: str, links: Sequence[Link], language: str) -> str:
    failed = next((link for link in links if link.mark is Mark.FAILED), None)
    steps = "".join(_step(link, language, first=link is failed) for link in links)
    head = f"<h4>{escape(name)}</h4>" if name else ""
    return f'<div class="chain">{head}<ol>{steps}</ol></div>'


def _step(link: Link, language: str, *, first: bool) -> str:
    mark = say(f"ask.step.{link.mark}", language)
    name = escape(condition_name(link.condition, language))
    current = ' aria-current="step"' if first else ""
    return (
        f'<li class="{link.mark}"{current}><b><i aria-label="{escape(mark)}">{SIGNS[link.mark]}</i> {name}</b>'
        f"<span>{escape(sentence(link.text, language))}</span></li>"
    )
