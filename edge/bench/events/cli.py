"""shouwang-edge eval: parses, calls and prints."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import onnxruntime
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from edge import __version__
from edge.bench.events.comparing import Comparison, compare
from edge.bench.events.errors import BelowStandardError
from edge.bench.events.footage import FilmedScene, read_footage
from edge.bench.events.judging import JudgedScene
from edge.bench.events.page import write_page
from edge.bench.events.report import Report, read_report
from edge.bench.events.running import Setup, run
from edge.bench.events.scores import RECALL_BIAS
from edge.bench.events.showing import err, say, say_comparison, say_report
from edge.bench.events.words import in_words
from edge.bench.replay import DEFAULT_START
from edge.complaints import Complaint, complaint, tell
from edge.config import check_classes
from edge.documents import ConfigError
from edge.files import write_whole
from edge.node import model_name
from edge.options import OF_SYSTEM, EveryFrame, Language, LicencesOption, ModelOption, Threads, must_have_zone
from edge.vision.card import MODELS, Licences, check_licence, find_card
from protocol.messages import Text

TOLERANCE_S = 2.0


def evaluate(
    footage: Annotated[
        list[Path], typer.Argument(metavar="FOOTAGE...", help="Clips with their truth, folders of them, or one report.")
    ],
    model: ModelOption = None,
    camera_config: Annotated[
        Path | None, typer.Option(help="The camera's YAML file, or a folder of NAME.yaml; else by the clip's name.")
    ] = None,
    tolerance: Annotated[
        float, typer.Option(min=0, help="Seconds that an alert may begin before an event's start or after its end.")
    ] = TOLERANCE_S,
    recall_bias: Annotated[float, typer.Option(min=0, help="α of the i-LIDS figure.")] = RECALL_BIAS,
    least_f1: Annotated[float | None, typer.Option(min=0, max=1, help="Fail if F1 of all is lower.")] = None,
    against: Annotated[Path | None, typer.Option(help="Compare with this report; fail if a kind's F1 fell.")] = None,
    slack: Annotated[float, typer.Option(min=0, max=1, help="By how much F1 may fall against the other report.")] = 0.0,
    document: Annotated[Path | None, typer.Option("--json", help="Write the report into this file.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page with pictures and players into this folder.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Clips at a time; else one for each processor.")] = None,
    threads: Threads = 1,
    start: Annotated[
        datetime | None, typer.Option(help="When clips begin, ISO 8601 with zone, for rules with a schedule.")
    ] = None,
    every_frame: EveryFrame = False,
    licences: LicencesOption = Licences.ANY,
    language: Language = OF_SYSTEM,
) -> None:
    """Replay scenes with truth and say how well alerts meet events: precision, recall, F1, delay, false alerts.

    An alert meets an event of its kind and zone if it begins while the event lasts, give or take the tolerance; one to
    one. Ends with status 13 if --least-f1 or --against does not hold.
    """
    must_have_zone(start)
    baseline = read_report(against) if against is not None else None
    scenes: list[FilmedScene] = []
    if len(footage) == 1 and footage[0].suffix == ".json":
        report = read_report(footage[0])
    else:
        scenes = read_footage(footage, camera_config)
        card, weights = find_card(model, MODELS)
        check_licence(card, licences)
        check_classes([scene.camera for scene in scenes], card)
        begins = (start or DEFAULT_START).astimezone(UTC)
        setup = Setup(card, weights, tolerance, threads, every_frame, begins)
        judged = _replayed(scenes, setup, jobs or os.cpu_count() or 1, language)
        report = _report(setup, recall_bias, judged)
    say_report(report, language)
    if document is not None:
        write_whole(document, report.text())
        say(in_words("bench.written", language, path=str(document)))
    comparison = _compared(baseline, report, against, language) if baseline is not None else None
    if html is not None:
        with err.status(in_words("eval.cutting", language)):
            page = write_page(html, report, language, comparison, scenes)
        say(in_words("bench.written", language, path=str(page)))
    _hold(report, comparison, least_f1, slack)


def _report(setup: Setup, recall_bias: float, judged: list[JudgedScene]) -> Report:
    return Report(
        __version__,
        model_name(setup.card),
        f"onnxruntime {onnxruntime.__version__}",
        setup.tolerance_s,
        recall_bias,
        setup.start.isoformat(),
        setup.every_frame,
        tuple(judged),
    )


def _replayed(scenes: list[FilmedScene], setup: Setup, jobs: int, language: str) -> list[JudgedScene]:
    said, unit = tell("progress.eval", language), tell("progress.seconds", language)
    columns = (TextColumn(said), BarColumn(), MofNCompleteColumn(), TextColumn(unit), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(said, total=round(sum(scene.seconds for scene in scenes)))
        return run(scenes, setup, jobs, lambda done_s: progress.update(task, completed=int(done_s)))


def _compared(baseline: Report, report: Report, path: Path | None, language: str) -> Comparison:
    comparison = compare(baseline, report)
    if not comparison.now.scenes:
        raise ConfigError(complaint("eval.nothing_in_common", path=path))
    say_comparison(comparison, language)
    return comparison


def _hold(report: Report, comparison: Comparison | None, least_f1: float | None, slack: float) -> None:
    """Raises BelowStandardError unless all conditions hold."""
    problems = []
    f1 = report.rows[None].figures.f1
    if least_f1 is not None and (f1 is None or f1 < least_f1):
        problems.append(complaint("eval.f1_too_low", f1=_exact(f1), least=least_f1))
    for one in comparison.fallen(slack) if comparison else ():
        kind = Text(id="eval.all" if one.kind is None else f"kind.{one.kind}")
        problems.append(complaint("eval.f1_fell", kind=kind, now=_exact(one.now), before=_exact(one.before)))
    if problems:
        raise BelowStandardError(*problems)


def _exact(f1: float | None) -> str | Complaint:
    """With a digit more than tables have: 0.7996 is less than 0.8."""
    return complaint("eval.f1_unknown") if f1 is None else f"{f1:.4f}"
