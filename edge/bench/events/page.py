"""The report as a page for people: a folder with report.html, a picture and a player for every miss and false alert.

The folder stands for itself: nothing is fetched from elsewhere, no script runs. All that comes from files is escaped.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape
from importlib import resources
from pathlib import Path
from string import Template

from edge.bench.events.comparing import Change, Compared, Comparison
from edge.bench.events.footage import FilmedScene
from edge.bench.events.judging import JudgedScene
from edge.bench.events.matching import Event, Raised
from edge.bench.events.moments import Moment, Shown, moments, show
from edge.bench.events.report import Report
from edge.bench.events.strip import strip
from edge.bench.events.words import (
    UNKNOWN,
    bare_interval,
    change_text,
    clips,
    clock,
    figure_name,
    found_of,
    in_words,
    interval,
    kind_name,
    listed,
    not_asked,
    place_name,
    shown,
    stopped_early,
    told,
    watched,
)
from edge.files import written_whole
from protocol.kinds import Kind
from protocol.sentences import TAGS, sentence

NAME = "report.html"
HEADLINE = ("f1", "precision", "recall", "ilids_f1", "false_per_hour", "delay_median_s", "delay_p95_s")
COUNTS = ("clips", "found", "false")
OURS = re.compile(r"\d{3}-[a-z_]+-(missed|false)\.(mp4|jpg)")
"""What an earlier page left in the folder, and nobody else."""


def write_page(
    folder: Path,
    report: Report,
    language: str,
    comparison: Comparison | None = None,
    filmed: Sequence[FilmedScene] = (),
) -> Path:
    """Write the folder; returns its page. Scenes that are not among `filmed` get no pictures. Raises TargetError."""
    films = {scene.name: scene for scene in filmed}
    scenes = sorted(report.scenes, key=lambda scene: (not moments(scene), scene.name))
    written: set[str] = set()
    parts = []
    for scene in scenes:
        figures = []
        for moment in moments(scene):
            stem = f"{len(written):03}-{moment.about.kind}-{'missed' if moment.missed else 'false'}"
            written.add(stem)
            film = films.get(scene.name)
            figures.append(_figure(folder, stem, moment, show(film, moment) if film else None, language))
        parts.append(_scene(scene, figures, language))
    page = folder / NAME
    _write(page, _page(report, language, comparison, "\n".join(parts)).encode())
    for old in folder.iterdir():
        if OURS.fullmatch(old.name) and old.stem not in written:
            old.unlink()
    return page


def _write(path: Path, data: bytes) -> None:
    with written_whole(path) as part:
        part.write_bytes(data)


def _page(report: Report, language: str, comparison: Comparison | None, scenes: str) -> str:
    wrong = sum(len(moments(scene)) for scene in report.scenes)
    template = Template(resources.files("edge.bench.events").joinpath("page.html").read_text("utf-8"))
    return template.substitute(
        lang=TAGS[language],
        title=_escaped("eval.page.title", language),
        conditions=escape(_conditions(report, language)),
        warnings=_warnings(report, language),
        headline=_headline(report, language),
        by_kind=_escaped("eval.page.by_kind", language),
        kinds=_kinds_table(report, language),
        small_print=_escaped("eval.page.small_print", language),
        not_asked=_not_asked(report, language),
        comparison=_comparison(comparison, language) if comparison else "",
        scenes_title=_escaped("eval.page.scenes" if wrong else "eval.page.scenes.none", language, count=wrong),
        legend_right=_escaped("eval.page.legend.right", language),
        legend_wrong=_escaped("eval.page.legend.wrong", language),
        legend_unasked=_escaped("eval.page.legend.unasked", language),
        scenes=scenes,
    )


def _escaped(id_: str, language: str, **arguments: str | int | float) -> str:
    return escape(in_words(id_, language, **arguments))


def _conditions(report: Report, language: str) -> str:
    """What was watched, and with what."""
    return in_words(
        "eval.page.conditions",
        language,
        clips=clips(len(report.scenes), language),
        watched=watched(report, language),
        model=report.model,
        runtime=report.runtime,
        software=report.software,
        tolerance=f"{report.tolerance_s:g}",
    )


def _warnings(report: Report, language: str) -> str:
    stopped = [stopped_early(scene.name, scene.why, language) for scene in report.scenes if scene.why]
    return "".join(f'<p class="sheet warning">{escape(one)}</p>' for one in stopped)


def _not_asked(report: Report, language: str) -> str:
    kinds = not_asked(report, language)
    return f'<p class="quiet">{_escaped("eval.page.not_asked", language, kinds=kinds)}</p>' if kinds else ""


def _headline(report: Report, language: str) -> str:
    row = report.rows[None]
    names = {name: figure_name(name, language) for name in HEADLINE}
    names["ilids_f1"] = in_words("eval.ilids", language, bias=f"{report.recall_bias:g}")
    return "".join(
        f'<div class="sheet"><dt>{escape(names[name])}</dt>'
        f"<dd>{escape(shown(name, getattr(row.figures, name), language))}</dd>"
        f"<small>{escape(interval(row, name, language))}</small></div>"
        for name in HEADLINE
    )


def _kinds_table(report: Report, language: str) -> str:
    names = (*HEADLINE, "own_delay_median_s", "own_delay_p95_s")
    titles = [in_words(f"eval.column.{name}", language) for name in ("kind", *COUNTS)]
    titles += [figure_name(name, language) for name in names]
    rows = []
    for kind, row in report.rows.items():
        texts = [str(row.clips), found_of(row, language), str(row.counted.false_alerts)]
        texts += [shown(name, getattr(row.figures, name), language) for name in names]
        ends = ["" for _ in COUNTS] + [bare_interval(row, name) for name in names]
        rows.append(_row(kind, [_cell(*cell) for cell in zip(titles[1:], texts, ends, strict=True)], language))
    return _table(titles, rows)


def _cell(title: str, text: str, small: str) -> str:
    print_ = f"<small>{escape(small)}</small>" if small else ""
    unknown = ' class="unknown"' if text == UNKNOWN else ""
    return f'<td data-name="{escape(title)}"{unknown}><span>{escape(text)}</span>{print_}</td>'


def _row(kind: Kind | None, cells: Sequence[str], language: str) -> str:
    name = ' class="all"' if kind is None else ""
    return f'<tr{name}><th scope="row">{escape(kind_name(kind, language))}</th>{"".join(cells)}</tr>'


def _table(titles: Sequence[str], rows: Sequence[str]) -> str:
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _comparison(comparison: Comparison, language: str) -> str:
    """Both reports side by side: before → now in each cell, and what was judged otherwise."""
    names = ("f1", "precision", "recall", "ilids_f1", "false_per_hour", "delay_median_s")
    by_kind: dict[Kind | None, dict[str, Compared]] = {}
    for one in comparison.figures:
        by_kind.setdefault(one.kind, {})[one.name] = one
    rows = [
        _row(kind, [_compared_cell(of[name], language) for name in names], language) for kind, of in by_kind.items()
    ]
    table = _table([in_words("eval.column.kind", language), *(figure_name(name, language) for name in names)], rows)
    turned = "".join(
        f'<li class="{"good" if one.better else "bad"}">'
        f"{_escaped('eval.turned', language, scene=one.scene, what=told(one.text, language))}</li>"
        for one in comparison.turned
    )
    notes = [_escaped("eval.page.not_alike", language, what=told(one, language)) for one in comparison.conditions]
    if comparison.left_out:
        notes.append(_escaped("eval.page.left_out", language, scenes=listed(comparison.left_out, language)))
    said = "".join(f'<p class="quiet">{note}</p>' for note in notes)
    heading = _escaped("eval.page.comparison", language)
    return f'<h2>{heading}</h2><div class="sheet">{table}</div><ul>{turned}</ul>{said}'


def _compared_cell(one: Compared, language: str) -> str:
    text = f"{shown(one.name, one.before, language)} → {shown(one.name, one.now, language)}"
    names: Mapping[Change, str] = {Change.BETTER: "good", Change.WORSE: "bad"}
    alike = one.change is Change.SAME or one.before is one.now
    small = "" if alike else f"<small>{escape(change_text(one, language))}</small>"
    return (
        f'<td data-name="{escape(figure_name(one.name, language))}">'
        f'<span class="{names.get(one.change, "")}">{escape(text)}</span>{small}</td>'
    )


def _scene(scene: JudgedScene, figures: Sequence[str], language: str) -> str:
    kinds = listed((kind_name(kind, language) for kind in scene.kinds), language)
    about = _escaped(
        "eval.page.watched", language, length=clock(scene.seconds, language), kinds=kinds or "eval.page.watched.nothing"
    )
    shown_moments = f'<div class="moments">{"".join(figures)}</div>' if figures else ""
    return (
        f'<section class="sheet scene"><header><h3>{escape(scene.name)}</h3>'
        f'<span class="quiet">{about}</span></header>{strip(scene, language)}{shown_moments}</section>'
    )


def _figure(folder: Path, stem: str, moment: Moment, seen: Shown | None, language: str) -> str:
    """One moment: player or picture, what it is, where, when, and what the alert said."""
    if seen is not None and seen.picture is not None:
        _write(folder / f"{stem}.jpg", seen.picture)
    if seen is not None and seen.movie is not None:
        _write(folder / f"{stem}.mp4", seen.movie)
        poster = f' poster="{stem}.jpg"' if seen.picture is not None else ""
        source = f"{stem}.mp4#t={seen.from_s:g}"
        view = f'<video controls muted playsinline preload="none"{poster} src="{source}"></video>'
    else:
        view = f'<div class="none">{_escaped("eval.page.uncut" if seen else "eval.page.no_clip", language)}</div>'
    return f"<figure>{view}<figcaption>{_caption(moment, language)}</figcaption></figure>"


def _caption(moment: Moment, language: str) -> str:
    about = moment.about
    what, at = place_name(about.kind, about.zone, language), f"{moment.at_s:.1f}"
    if isinstance(about, Event) and about.end_s > about.start_s:
        words = _escaped("eval.page.moment.until", language, what=what, at=at, end=f"{about.end_s:.1f}")
    else:
        words = _escaped("eval.page.moment", language, what=what, at=at)
    tag = _escaped("eval.missed" if moment.missed else "eval.false_alert", language)
    said = f'<div class="quiet">{escape(sentence(about.reason, language))}</div>' if isinstance(about, Raised) else ""
    return f'<span class="tag">{tag}</span>{words}{said}'
