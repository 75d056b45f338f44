"""shouwang-edge: commands that parse, call and print."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Annotated, TextIO, cast

import structlog
import typer
from rich.cells import set_cell_size
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text as Styled
from typer.main import get_group

from edge import __version__
from edge.alerts.life import Report
from edge.alone import alone
from edge.announce import Announcer
from edge.bench.annotate import AnnotatedVideo, draw_places
from edge.bench.asking.cli import explain
from edge.bench.debug import DebugVideo
from edge.bench.events.cli import evaluate
from edge.bench.events.footage import camera_file
from edge.bench.events.running import Setup
from edge.bench.events.showing import say
from edge.bench.events.words import stopped_early
from edge.bench.examples import run_examples
from edge.bench.labelling.cli import label
from edge.bench.publish import PATIENCE_S, Publisher
from edge.bench.record import record
from edge.bench.replay import DEFAULT_START, Replay, ReplayFiles
from edge.bench.whatif.cli import whatif
from edge.clock import utc_now
from edge.complaints import Complaint, complaint, tell
from edge.config import CameraConfig, LoadedNode, check_classes, classes_of, load_camera, load_node
from edge.errors import EXIT_CODES
from edge.files import written_into, written_whole
from edge.heartbeat import last_beat
from edge.models.cli import models
from edge.node import Node, model_name, open_detector
from edge.options import (
    OF_SYSTEM,
    EveryFrame,
    Language,
    LicencesOption,
    ModelOption,
    Threads,
    must_have_zone,
    seconds_of,
)
from edge.scenelog.writing import LogFile
from edge.teaching.cli import lessons
from edge.truth import truth_of
from edge.uplink.credentials import Credentials, load_credentials
from edge.uplink.enrol import enrol as enrol_node
from edge.video.frame import Frame
from edge.video.jpeg import jpeg
from edge.video.live import LiveSource
from edge.vision.card import MODELS, Licences, check_licence, find_card
from edge.vision.detector import OnnxDetector
from protocol.help import speaking
from protocol.log_stream import LogStream
from protocol.messages import Health
from protocol.sentences import sentence, spoken

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(models, name="models")
app.add_typer(lessons, name="lessons")
app.command("eval")(evaluate)
app.command()(whatif)
app.command()(explain)
app.command()(label)
out = Console()
err = Console(stderr=True)


ConfigFile = Annotated[Path, typer.Argument(help="The node's YAML file.")]
STATE_CELLS = 8
"""How wide a state is at the beginning of a line; a Chinese character takes two cells."""


def say_version(asked: bool) -> None:
    """Which version this is, and no more."""
    if asked:
        out.print(f"shouwang-edge {__version__}", highlight=False)
        raise typer.Exit


@app.callback()
def shouwang_edge(
    *, version: Annotated[bool, typer.Option("--version", callback=say_version, help="Say the version.")] = False
) -> None:
    """The Shouwang edge."""


@app.command()
def run(config: ConfigFile, language: Language = OF_SYSTEM) -> None:
    """Watch the cameras of CONFIG until interrupted."""
    loaded = load_node(config)
    folder = loaded.folder / loaded.node.data_dir
    credentials = load_credentials(folder, loaded.node.name)
    with alone(folder):
        _watch(loaded, credentials, language)


def _watch(loaded: LoadedNode, credentials: Credentials, language: str) -> None:
    announcer = Announcer(out, loaded.cameras, language)
    detector = open_detector(loaded)
    node = Node(loaded, detector, credentials, announcer.say, detector.smaller)

    def stop(_number: int, _frame: FrameType | None) -> None:
        node.stop()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    names, card = [camera.name for camera in loaded.cameras], detector.card
    watching = tell("run.watching", language, cameras=names, model=card.title, licence=card.licence)
    say(watching)
    node.run()


@app.command()
def replay(
    clip: Annotated[Path, typer.Argument(help="A video file.")],
    config: Annotated[
        Path | None, typer.Option("--config", help="The camera's YAML file; else by the clip's name.")
    ] = None,
    model: ModelOption = None,
    out_dir: Annotated[Path, typer.Option("--out", help="Folder for what is found.")] = Path("out/replay"),
    start: Annotated[datetime | None, typer.Option(help="When the clip begins, ISO 8601 with zone.")] = None,
    licences: LicencesOption = Licences.ANY,
    every_frame: EveryFrame = False,
    threads: Threads = 1,
    video: Annotated[bool, typer.Option(help="Write the annotated video.")] = True,
    debug: Annotated[
        bool, typer.Option(help="Show in it what moved, was seen and tracked, and why each rule did or did not raise.")
    ] = False,
    publish: Annotated[
        Path | None, typer.Option(help="Also send what is found to the server, as the enrolled node of this YAML file.")
    ] = None,
    patience: Annotated[
        float, typer.Option(min=0, help="Seconds until a server that takes nothing is given up.")
    ] = PATIENCE_S,
    language: Language = OF_SYSTEM,
) -> None:
    """Put a recorded CLIP through the analysis as fast as it goes.

    With --publish the clip begins now unless --start says otherwise, because a server takes no alerts from far away in
    time; use a node of its own for it, not one that is running.
    """
    must_have_zone(start)
    camera = load_camera(camera_file(clip, config))
    card, weights = find_card(model, MODELS)
    check_licence(card, licences)
    check_classes([camera], card)
    detector = OnnxDetector(card, weights, threads=threads, only=classes_of([camera]))
    node = load_node(publish) if publish else None
    if node is not None:
        check_licence(card, node.node.licences)
    played = Replay(
        clip,
        camera,
        detector,
        model_name(card),
        start=start or (utc_now() if node else DEFAULT_START),
        node=node.node.name if node else "replay",
        every_frame=every_frame,
        explain=debug,
    )
    announcer = Announcer(out, [camera], language)
    with written_into(out_dir), ExitStack() as open_:
        files = ReplayFiles(out_dir)
        takers = [files.add, announcer.say]
        scenes = open_.enter_context(files.scenes(played.header))
        if node:
            takers.append(open_.enter_context(Publisher(node, camera, model_name(card), out_dir, patience)).add)
        annotated = open_.enter_context(_video(out_dir, played, camera, debug=debug)) if video or debug else None
        _play(played, takers, scenes, annotated, language)
    if played.source.ended_because is not None:
        stopped = stopped_early(clip.name, played.source.ended_because.said, language)
        err.print(Styled(stopped, "yellow"), soft_wrap=True)
    analysis = played.analysis
    done = tell("replay.done", language, frames=analysis.frames, looks=analysis.looks, folder=out_dir)
    say(done)


def _video(out_dir: Path, played: Replay, camera: CameraConfig, *, debug: bool) -> AnnotatedVideo:
    path = out_dir / "annotated.mp4"
    return DebugVideo(path, camera, played.header.sure_score) if debug else AnnotatedVideo(path, camera)


def _play(
    played: Replay,
    takers: Sequence[Callable[[Report], None]],
    scenes: LogFile,
    annotated: AnnotatedVideo | None,
    language: str,
) -> None:
    said, unit = tell("progress.replay", language), tell("progress.seconds", language)
    columns = (TextColumn(said), BarColumn(), MofNCompleteColumn(), TextColumn(unit), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(said, total=round(played.source.duration_s))
        first: datetime | None = None
        for step in played:
            if step.frame is not None and step.outcome is not None:
                first = first or step.frame.at
                progress.update(task, completed=int((step.frame.at - first).total_seconds()))
                scenes.add(step.outcome.scene, step.outcome.seen)
                if annotated is not None:
                    annotated.add(step.frame, step.outcome)
            for report in step.reports:
                for take in takers:
                    take(report)


@app.command()
def check(
    config: ConfigFile,
    pictures: Annotated[Path, typer.Option("--out", help="Folder for a picture of each view.")] = Path("out/check"),
    language: Language = OF_SYSTEM,
) -> None:
    """Open every camera of CONFIG, say what is wrong and how to mend it, and draw its zones into a picture."""
    loaded = load_node(config)
    detector = open_detector(loaded)
    say(tell("check.model", language, model=detector.card.title, licence=detector.card.licence))
    faults = 0
    for camera in loaded.cameras:
        frame, why = _first_frame(camera)
        if frame is None:
            faults += 1
            _say(camera.name, tell("check.fault", language), "red", why.told(language))
            continue
        picture = frame.picture.bgr().copy()
        draw_places(picture, camera)
        path = pictures / f"{camera.name}.jpg"
        with written_whole(path) as part:
            part.write_bytes(jpeg(picture))
        seen = tell("check.seen", language, width=picture.shape[1], height=picture.shape[0], path=path)
        _say(camera.name, tell("check.watching", language), "green", seen)
    faults += _check_examples(loaded, language)
    raise typer.Exit(1 if faults else 0)


def _check_examples(loaded: LoadedNode, language: str) -> int:
    """Run the examples of all camera files; how many are not as they ought to be."""
    if not any(camera.examples for camera in loaded.cameras):
        return 0
    card, weights = find_card(loaded.folder / loaded.node.model if loaded.node.model else None, MODELS)
    setup = Setup(card, weights, tolerance_s=0.0, threads=loaded.node.threads)
    faults = 0
    for entry, camera in zip(loaded.node.cameras, loaded.cameras, strict=True):
        for shown in run_examples(camera, (loaded.folder / entry.file).parent, setup, language):
            faults += bool(shown.wrong)
            id_, style = ("check.wrong", "red") if shown.wrong else ("check.right", "green")
            told = (tell("check.example", language, clip=shown.clip), *shown.wrong)
            _say(camera.name, tell(id_, language), style, tell("listed.parts", language).join(told))
    return faults


def _say(camera: str, state: str, style: str, what: str) -> None:
    """One line, however long: a path or an address that a table folds can be neither copied nor searched for."""
    out.print(Styled.assemble((set_cell_size(state, STATE_CELLS), style), f"  {camera}  {what}"), soft_wrap=True)


@app.command("record")
def record_(
    camera: Annotated[Path, typer.Argument(help="The camera's YAML file.")],
    seconds: Annotated[str, typer.Option("--for", help="How long: 60, 60s or 2m.")] = "60s",
    into: Annotated[Path, typer.Option("--out", help="Folder for the new scene.")] = Path("out/recorded"),
    language: Language = OF_SYSTEM,
) -> None:
    """Keep a live stretch of a camera as a new scene for tests: the clip, and the camera file that watches it."""
    wanted_s = seconds_of(seconds)
    said, unit = tell("progress.record", language), tell("progress.seconds", language)
    columns = (TextColumn(said), BarColumn(), MofNCompleteColumn(), TextColumn(unit))
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(said, total=round(wanted_s))
        clip = record(load_camera(camera), wanted_s, into, lambda done_s: progress.update(task, completed=int(done_s)))
    beside, truth = clip.with_suffix(".camera.yaml").name, truth_of(clip).name
    say(tell("record.kept", language, clip=clip, camera=beside, truth=truth))


def _first_frame(camera: CameraConfig) -> tuple[Frame | None, Complaint]:
    """One frame of a camera, or why there is none."""
    source = LiveSource(camera.source.get_secret_value(), camera.name, camera.video, masks=camera.painted)
    source.start()
    try:
        tries = int((camera.video.connect_timeout_s + camera.video.stall_timeout_s) / 0.1)
        for _ in range(tries):
            frame = source.newest()
            if frame is not None or source.why is not None or source.done:
                break
            source.wait(0.1)
        return frame, source.why or complaint("record.no_picture")
    finally:
        source.stop()


@app.command()
def health(config: ConfigFile, language: Language = OF_SYSTEM) -> None:
    """Say how the node of CONFIG that runs on this machine is; status 1 if it does not work."""
    loaded = load_node(config)
    last, fresh = last_beat(loaded.folder / loaded.node.data_dir, loaded.node.health_every_s, utc_now())
    if last is None:
        _say_fault(complaint("health.never_ran", node=loaded.node.name), language)
        raise typer.Exit(1)
    columns = ("camera", "state", "analysed", "dropped", "reconnects", "rations")
    table = Table(*(tell(f"health.column.{name}", language) for name in columns))
    for camera in last.cameras:
        state, analysed = tell(f"health.state.{camera.state}", language), f"{camera.analysed_per_s:.1f}"
        left_out = [sentence(text, language) for text in camera.rations.texts] if camera.rations else []
        rations = tell("listed.parts", language).join(left_out)
        table.add_row(camera.name, state, analysed, str(camera.dropped), str(camera.reconnects), rations)
    out.print(table)
    say(tell("health.uses", language, at=f"{last.at:%Y-%m-%d %H:%M:%S}", **_used(last)))
    if not fresh:
        _say_fault(complaint("health.silent", node=loaded.node.name), language)
        raise typer.Exit(1)


def _used(health: Health) -> dict[str, float]:
    waiting = health.outbox
    used = {"resident_mb": health.resident_mb, "cpu_percent": health.cpu_percent}
    return used | {"alerts": waiting.waiting_alerts, "evidence": waiting.waiting_evidence}


def _say_fault(fault: Complaint, language: str) -> None:
    err.print(fault.told(language), style="red", markup=False)


@app.command()
def enrol(
    url: Annotated[str, typer.Argument(help="The server's address, for example https://server:8080.")],
    code: Annotated[str, typer.Argument(help="The one-time code from the console.")],
    config: Annotated[Path, typer.Option("--config", help="The node's YAML file.")],
    language: Language = OF_SYSTEM,
) -> None:
    """Join a server: register this node's new key and keep its credentials."""
    loaded = load_node(config)
    folder = loaded.folder / loaded.node.data_dir
    path = enrol_node(url, code, loaded.node.name, loaded.node.shown_title, folder, language)
    say(tell("enrol.done", language, node=loaded.node.name, path=path))


def main() -> None:
    """Entry point: a user's mistake ends in one sentence and its own exit code."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(cast(TextIO, LogStream(sys.stderr))))
    language, program = spoken(os.environ, sys.argv), get_group(app)
    try:
        with speaking(program, "edge", language):
            program()
    except tuple(EXIT_CODES) as error:
        code = next(code for kind, code in EXIT_CODES.items() if isinstance(error, kind))
        for line in error.told(language).splitlines():
            err.print(line, style="red", highlight=False, markup=False, soft_wrap=True)
        raise SystemExit(code) from None
