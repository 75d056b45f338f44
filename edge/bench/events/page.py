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
from edge.bench.events.report import Report, Row
from edge.bench.events.showing import TITLES, change_text, clips, interval, kind_name, length, shown
from edge.bench.events.strip import clock, strip
from edge.files import written_whole
from protocol.kinds import Kind
from protocol.sentences import sentence

NAME = "report.html"
HEADLINE = ("f1", "precision", "recall", "ilids_f1", "false_per_hour", "delay_median_s", "delay_p95_s")
OURS = re.compile(r"\d{3}-[a-z_]+-(missed|false)\.(mp4|jpg)")
"""What an earlier page left in the folder, and nobody else."""


def write_page(
    folder: Path, report: Report, comparison: Comparison | None = None, filmed: Sequence[FilmedScene] = ()
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
            figures.append(_figure(folder, stem, moment, show(film, moment) if film else None))
        parts.append(_scene(scene, figures))
    page = folder / NAME
    _write(page, _page(report, comparison, "\n".join(parts)).encode())
    for old in folder.iterdir():
        if OURS.fullmatch(old.name) and old.stem not in written:
            old.unlink()
    return page


def _write(path: Path, data: bytes) -> None:
    with written_whole(path) as part:
        part.write_bytes(data)


def _page(report: Report, comparison: Comparison | None, scenes: str) -> str:
    wrong = sum(len(moments(scene)) for scene in report.scenes)
    watched = length(sum(scene.seconds for scene in report.scenes))
    asked = ", ".join(f"{kind_name(kind)} {count}" for kind, count in report.not_asked.items())
    conditions = (
        f"{clips(len(report.scenes))}, {watched}. Model {report.model}, {report.runtime}, Shouwang {report.software}. "
        f"An alert may begin {report.tolerance_s:g} s before an event's start or after its end."
    )
    stopped = [f"{scene.name} stopped early: {scene.why}" for scene in report.scenes if scene.why]
    template = Template(resources.files("edge.bench.events").joinpath("page.html").read_text("utf-8"))
    return template.substitute(
        title="How well alerts meet events",
        conditions=escape(conditions),
        warnings="".join(f'<p class="sheet warning">{escape(text)}</p>' for text in stopped),
        headline=_headline(report),
        kinds=_kinds_table(report),
        not_asked=escape(f"Not asked for, as no camera file switches the kind on: {asked}." if asked else ""),
        comparison=_comparison(comparison) if comparison else "",
        scenes_title=f"Scenes: {wrong} to look at" if wrong else "Scenes: nothing missed, no false alert",
        scenes=scenes,
    )


def _headline(report: Report) -> str:
    row = report.rows[None]
    names = TITLES | {"ilids_f1": f"F1 i-LIDS, α\u00a0=\u00a0{report.recall_bias:g}"}
    return "".join(
        f'<div class="sheet"><dt>{escape(names[name])}</dt><dd>{shown(name, getattr(row.figures, name))}</dd>'
        f"<small>{interval(row, name)}</small></div>"
        for name in HEADLINE
    )


def _kinds_table(report: Report) -> str:
    names = (*HEADLINE, "own_delay_median_s", "own_delay_p95_s")
    titles = ["kind", "clips", "found", "false", *(TITLES[name] for name in names)]
    rows = []
    for kind, row in report.rows.items():
        counted = row.counted
        counts = (str(row.clips), f"{counted.found} of {counted.found + counted.missed}", str(counted.false_alerts))
        cells = [_cell(title, count) for title, count in zip(titles[1:4], counts, strict=True)]
        cells += [_cell(TITLES[name], shown(name, getattr(row.figures, name)), _ends(row, name)) for name in names]
        rows.append(_row(kind, cells))
    return _table(titles, rows)


def _ends(row: Row, name: str) -> str:
    return interval(row, name).removesuffix(" s")


def _cell(title: str, text: str, small: str = "") -> str:
    print_ = f"<small>{escape(small)}</small>" if small else ""
    unknown = ' class="unknown"' if text == "–" else ""
    return f'<td data-name="{escape(title)}"{unknown}><span>{escape(text)}</span>{print_}</td>'


def _row(kind: Kind | None, cells: Sequence[str]) -> str:
    name = ' class="all"' if kind is None else ""
    return f'<tr{name}><th scope="row">{escape(kind_name(kind))}</th>{"".join(cells)}</tr>'


def _table(titles: Sequence[str], rows: Sequence[str]) -> str:
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _comparison(comparison: Comparison) -> str:
    """Both reports side by side: before → now in each cell, and what was judged otherwise."""
    names = ("f1", "precision", "recall", "ilids_f1", "false_per_hour", "delay_median_s")
    by_kind: dict[Kind | None, dict[str, Compared]] = {}
    for one in comparison.figures:
        by_kind.setdefault(one.kind, {})[one.name] = one
    rows = [_row(kind, [_compared_cell(of[name]) for name in names]) for kind, of in by_kind.items()]
    table = _table(["kind", *(TITLES[name] for name in names)], rows)
    turned = "".join(
        f'<li class="{"good" if one.better else "bad"}">{escape(one.scene)}: {escape(one.text)}</li>'
        for one in comparison.turned
    )
    notes = [f"Not alike: {text}" for text in comparison.conditions]
    if comparison.left_out:
        notes.append(f"On shared scenes only; left out: {', '.join(comparison.left_out)}")
    said = "".join(f'<p class="quiet">{escape(note)}.</p>' for note in notes)
    return f'<h2>Before and now</h2><div class="sheet">{table}</div><ul>{turned}</ul>{said}'


def _compared_cell(one: Compared) -> str:
    text = f"{shown(one.name, one.before)} → {shown(one.name, one.now)}"
    name: Mapping[Change, str] = {Change.BETTER: "good", Change.WORSE: "bad"}
    small = "" if one.change is Change.SAME or one.before is one.now else f"<small>{escape(change_text(one))}</small>"
    return (
        f'<td data-name="{escape(TITLES[one.name])}"><span class="{name.get(one.change, "")}">{text}</span>{small}</td>'
    )


def _scene(scene: JudgedScene, figures: Sequence[str]) -> str:
    watched = ", ".join(kind_name(kind) for kind in scene.kinds) or "nothing"
    shown_moments = f'<div class="moments">{"".join(figures)}</div>' if figures else ""
    return (
        f'<section class="sheet scene"><header><h3>{escape(scene.name)}</h3>'
        f'<span class="quiet">{clock(scene.seconds)}, watched for {escape(watched)}</span></header>'
        f"{strip(scene)}{shown_moments}</section>"
    )


def _figure(folder: Path, stem: str, moment: Moment, seen: Shown | None) -> str:
    """One moment: player or picture, what it is, where, when, and what the alert said."""
    if seen is not None and seen.picture is not None:
        _write(folder / f"{stem}.jpg", seen.picture)
    if seen is not None and seen.movie is not None:
        _write(folder / f"{stem}.mp4", seen.movie)
        poster = f' poster="{stem}.jpg"' if seen.picture is not None else ""
        source = f"{stem}.mp4#t={seen.from_s:g}"
        view = f'<video controls muted playsinline preload="none"{poster} src="{source}"></video>'
    else:
        why = "the clip cannot be cut here" if seen else "made from a report: clips are not at hand"
        view = f'<div class="none">{why}</div>'
    about = moment.about
    zone = f" in «{escape(about.zone)}»" if about.zone else ""
    until = f" to {about.end_s:.1f}&nbsp;s" if isinstance(about, Event) and about.end_s > about.start_s else ""
    said = f'<div class="quiet">{escape(sentence(about.reason, "en"))}</div>' if isinstance(about, Raised) else ""
    tag = "missed" if moment.missed else "false alert"
    words = f"{escape(kind_name(about.kind))}{zone}, {moment.at_s:.1f}&nbsp;s{until}"
    return f'<figure>{view}<figcaption><span class="tag">{tag}</span>{words}{said}</figcaption></figure>'
