"""shouwang-edge whatif: parses, calls and prints."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from edge.bench.events.cli import TOLERANCE_S
from edge.bench.events.showing import err, out, say
from edge.bench.events.words import UNKNOWN, in_words
from edge.bench.whatif.counting import Row
from edge.bench.whatif.dials import parse_dial
from edge.bench.whatif.trying import Tried, try_out, undisturbed
from edge.complaints import Complaint, complaint, tell
from edge.config import CameraConfig
from edge.files import write_whole
from edge.options import OF_SYSTEM, Language
from edge.scenelog.reading import Run, one_camera, read_runs


def whatif(
    tracks: Annotated[
        Path, typer.Argument(metavar="TRACKS", help="A scene log (*.scenes), or a folder of one camera's logs.")
    ],
    settings: Annotated[
        list[str],
        typer.Option(
            "--set", metavar="RULE.FIELD=VALUE,…", help="Values to try; several --set are tried in all combinations."
        ),
    ] = [],  # noqa: B006 - typer's way to say that there may be none
    truth: Annotated[Path | None, typer.Option(help="A truth file: tells real alerts from false ones.")] = None,
    verdicts: Annotated[
        Path | None, typer.Option(help="Verdicts of staff, one JSON message a line: the same, as far as they go.")
    ] = None,
    tolerance: Annotated[
        float, typer.Option(min=0, help="Seconds that an alert may begin before an event's start or after its end.")
    ] = TOLERANCE_S,
    document: Annotated[
        Path | None, typer.Option("--json", help="Write the result into this file; - prints it.")
    ] = None,
    language: Language = OF_SYSTEM,
) -> None:
    """Say what alerts there would have been at other limits: rules run over stored scenes, no video is read.

    RULE is a rule's name, its kind, or its number; without --set the rules and their fields are listed. What a full
    replay with such a setting finds is found here, too. What decides which scenes were seen (zones, lines, classes,
    gate) cannot be tried so and is refused. Alerts counted are those of the rules named.
    """
    if truth is not None and verdicts is not None:
        raise typer.BadParameter("give --truth or --verdicts, not both", param_hint="--verdicts")
    runs = read_runs(tracks)
    one_camera(runs, tracks)
    cameras = [run.header.camera_config() for run in runs]
    if not settings:
        _say_rules(cameras[-1], language)
        return
    dials = [parse_dial(text, cameras[-1]) for text in settings]
    for run, camera in zip(runs, cameras, strict=True):
        _check_same(run, camera, cameras[-1], [dial.rule for dial in dials], language)
    with err.status(tell("whatif.running", language)), undisturbed():
        tried = try_out(runs, cameras, dials, tolerance, truth=truth, verdicts=verdicts)
    printed = document is not None and str(document) == "-"
    if printed:
        out.file.write(_document(tried))
    else:
        _say(tried, language)
    _warn(runs, language)
    if document is not None and not printed:
        write_whole(document, _document(tried))
        say(in_words("bench.written", language, path=str(document)))


def _warn(runs: Sequence[Run], language: str) -> None:
    """Why the figures may not be all that there was."""
    others = [other.told(language) for run in runs if (other := run.header.of_other_rules)]
    cut = [tell("whatif.cut", language)] if any(run.cut for run in runs) else []
    for why in dict.fromkeys([*cut, *others]):
        err.print(why, style="yellow", highlight=False, soft_wrap=True, markup=False)


def _check_same(run: Run, camera: CameraConfig, last: CameraConfig, rules: list[int], language: str) -> None:
    """A folder may hold runs of several versions of a camera file; the rules asked for must be in all of them."""
    for number in rules:
        if len(camera.rules) <= number or camera.rules[number].kind != last.rules[number].kind:
            name = last.build_rules()[number].name
            day = f"{run.begins:%Y-%m-%d}"
            text = tell("whatif.other_rules", language, day=day, rule=name, number=number + 1)
            raise typer.BadParameter(text, param_hint="TRACKS")


def _say(tried: Tried, language: str) -> None:
    length, begins = _length(tried.ends - tried.begins), f"{tried.begins:%Y-%m-%d %H:%M:%S}"
    say(tell("whatif.head", language, camera=tried.camera, length=length, begins=begins))
    out.print(_table(tried.rows, language))


def _length(whole: timedelta) -> str | Complaint:
    """As a clock shows it, with the days in words."""
    rounded = timedelta(seconds=round(whole.total_seconds()))
    days, clock = rounded.days, str(timedelta(seconds=rounded.seconds))
    if not days:
        return clock
    return complaint("whatif.one_day" if days == 1 else "whatif.days", days=days, clock=clock)


def _table(rows: tuple[Row, ...], language: str) -> Table:
    """A row for each setting; columns without any figure are left out."""
    names = list(rows[0].settings)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in names:
        table.add_column(Text(name), justify="right")
    counted = rows[0].real is not None
    for name in ("alerts", *(("real", "false", "unjudged", "missed", "delay") if counted else ())):
        table.add_column(tell(f"whatif.column.{name}", language), justify="right")
    table.add_column("")
    for row in rows:
        cells = [Text(_shown(row.settings[name])) for name in names]
        figures = [row.alerts, *((row.real, row.false, row.unjudged, row.missed) if counted else ())]
        texts = [*map(str, figures), *([_delay(row, language)] if counted else [])]
        table.add_row(*cells, *texts, tell("whatif.as_it_was", language) if row.stored else "")
    return table


def _delay(row: Row, language: str) -> str:
    if row.delay_median_s is None:
        return UNKNOWN
    return in_words("eval.seconds", language, value=f"{row.delay_median_s:.1f}")


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _document(tried: Tried) -> str:
    rows = [
        {
            "settings": {name: _plain(value) for name, value in row.settings.items()},
            "as_it_was": row.stored,
            "alerts": row.alerts,
            "real": row.real,
            "false": row.false,
            "unjudged": row.unjudged,
            "missed": row.missed,
            "delay_median_s": row.delay_median_s,
            "begins_s": list(row.begins_s),
        }
        for row in tried.rows
    ]
    document = {
        "version": 1,
        "camera": tried.camera,
        "from": tried.begins.isoformat(),
        "to": tried.ends.isoformat(),
        "rows": rows,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _plain(value: Any) -> Any:  # noqa: ANN401 - a setting's value
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _say_rules(camera: CameraConfig, language: str) -> None:
    titles = (tell(f"whatif.column.{name}", language) for name in ("rule", "kind", "fields"))
    table = Table("", *titles, box=SIMPLE_HEAD, pad_edge=False)
    for number, rule in enumerate(camera.build_rules(), 1):
        fields = {name: getattr(rule.settings, name) for name in type(rule.settings).model_fields if name != "kind"}
        told = ", ".join(f"{name}={_shown(value)}" for name, value in fields.items())
        table.add_row(str(number), Text(rule.name), rule.kind, Text(told))
    out.print(table)
    say(tell("whatif.example", language, setting="--set 1.cooldown_s=0,30,60"))
