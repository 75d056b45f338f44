"""shouwang-edge explain: parses, calls and prints."""

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from edge.bench.asking.errors import AskError
from edge.bench.asking.moment import Answer, ask
from edge.bench.asking.page import write_page
from edge.bench.asking.source import Picture, film, log_beside, picture_of, read_alerts, runs_of, the_alert
from edge.bench.asking.times import parse_at
from edge.bench.asking.words import lines
from edge.bench.events.footage import VIDEOS, camera_file
from edge.bench.events.showing import err, out, say
from edge.bench.events.words import in_words
from edge.bench.replay import DEFAULT_START
from edge.complaints import complaint
from edge.config import check_classes, classes_of, load_camera
from edge.options import OF_SYSTEM, Language, LicencesOption, ModelOption, Threads, must_have_zone
from edge.scenelog.form import SUFFIX
from edge.vision.card import MODELS, Licences, check_licence, find_card
from edge.vision.detector import OnnxDetector


def explain(
    source: Annotated[
        Path, typer.Argument(metavar="ALERTS|LOG|CLIP", help="alerts.jsonl of a replay, a scene log, or a clip.")
    ],
    at: Annotated[
        str | None, typer.Option(help="When: seconds (12.5), 1:02.5, or a time with zone (2026-03-01T08:00:00+08:00).")
    ] = None,
    track: Annotated[int | None, typer.Option(min=1, help="Only this track.")] = None,
    alert: Annotated[
        str | None, typer.Option(help="When this alert of ALERTS began: its id, or how that begins.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="The camera's YAML file, for a clip; else by the clip's name.")
    ] = None,
    model: ModelOption = None,
    start: Annotated[datetime | None, typer.Option(help="When the clip begins, ISO 8601 with zone.")] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write a page with the picture and the chains into this folder.")
    ] = None,
    clip: Annotated[Path | None, typer.Option(help="The clip of a log, for the picture of the page.")] = None,
    licences: LicencesOption = Licences.ANY,
    threads: Threads = 1,
    language: Language = OF_SYSTEM,
) -> None:
    """Say why there was an alert at a moment, or why there was none: one chain for each track and each rule.

    Did something move? Was it seen, and how surely? Tracked since when? Then what the rule asks, one after the other,
    up to the first that fails.
    """
    must_have_zone(start)
    moment = parse_at(at) if at is not None else None
    if source.suffix == ".jsonl":
        answer, picture = _of_alerts(source, moment, alert, track, clip, want_picture=html is not None)
    elif alert is not None:
        raise typer.BadParameter("needs alerts.jsonl of a replay", param_hint="--alert")
    elif moment is None:
        raise AskError(complaint("explain.no_time"))
    elif source.is_dir() or source.suffix == SUFFIX or not (config or source.suffix.lower() in VIDEOS):
        answer, picture = _of_log(source, moment, track, clip if html is not None else None)
    else:
        camera = load_camera(camera_file(source, config))
        card, weights = find_card(model, MODELS)
        check_licence(card, licences)
        check_classes([camera], card)
        detector = OnnxDetector(card, weights, threads=threads, only=classes_of([camera]))
        with TemporaryDirectory() as folder:
            filmed = film(source, camera, detector, start or DEFAULT_START, moment, Path(folder))
            answer, picture = ask(filmed.runs, moment, track), filmed.picture
    for line in lines(answer, language):
        out.print(line, highlight=False, soft_wrap=True, markup=False)
    if answer.of_other_rules:
        err.print(answer.of_other_rules.told(language), style="yellow", highlight=False, soft_wrap=True, markup=False)
    if html is not None:
        page = write_page(html, answer, picture, language)
        say(in_words("bench.written", language, path=str(page)))


def _of_log(
    source: Path, moment: datetime | timedelta, track: int | None, clip: Path | None
) -> tuple[Answer, Picture | None]:
    answer = ask(runs_of(source), moment, track)
    return answer, picture_of(clip, answer.camera, answer.since) if clip is not None else None


def _of_alerts(
    source: Path,
    moment: datetime | timedelta | None,
    alert: str | None,
    track: int | None,
    clip: Path | None,
    *,
    want_picture: bool,
) -> tuple[Answer, Picture | None]:
    alerts = read_alerts(source)
    if alert is not None:
        moment = the_alert(alerts, alert, source).began_at
    if moment is None:
        raise AskError(complaint("explain.no_time_or_alert"))
    return _of_log(log_beside(source, alerts), moment, track, clip if want_picture else None)
