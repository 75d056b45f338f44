"""shouwang-edge lessons: commands that parse, call and print."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.text import Text as Styled

from edge.complaints import complaint, tell
from edge.config import CameraConfig, LoadedNode, load_node
from edge.files import TargetError
from edge.learning.exceptions import Lessons, RuleException
from edge.learning.lessons import FOLDER, lessons_file, load_lessons, locked, save_lessons
from edge.options import OF_SYSTEM, Language
from edge.rules.selecting import TrackRule
from protocol.learnt import cost, refusal, what
from protocol.messages import Text
from protocol.sentences import sentence

lessons = typer.Typer(no_args_is_help=True, help="What verdicts have taught the rules, and how to take it back.")
out = Console()

ConfigFile = Annotated[Path, typer.Argument(help="The node's YAML file.")]
ExceptionId = Annotated[str, typer.Argument(metavar="ID", help="An exception's id in the list.")]
CameraName = Annotated[str, typer.Argument(help="A camera's name.")]


@lessons.command("list")
def list_lessons(
    config: ConfigFile,
    camera: Annotated[str | None, typer.Option(help="Only this camera.")] = None,
    language: Language = OF_SYSTEM,
) -> None:
    """Say what verdicts have taught each rule: since when, because of which alert, and what it would have cost."""
    node = load_node(config)
    for one in [_camera(node, camera, language)] if camera else node.cameras:
        learnt = load_lessons(_file(node, one), one.name)
        out.print(Styled(one.name, "bold"))
        if not any(rule.taught for rule in learnt.values()):
            _say(Text(id="lesson.nothing", arguments={"camera": one.shown_title}), language, indent=2)
        known = {rule.known_as for rule in one.build_rules() if isinstance(rule, TrackRule)}
        for name, rule in learnt.items():
            _say_rule(one, name, rule, language, gone=name not in known)


@lessons.command()
def remove(config: ConfigFile, exception: ExceptionId, language: Language = OF_SYSTEM) -> None:
    """Take one exception back; a node that runs follows within a second."""
    _change(load_node(config), exception, Lessons.take_back, "lesson.removed", language)


@lessons.command()
def accept(config: ConfigFile, exception: ExceptionId, language: Language = OF_SYSTEM) -> None:
    """Let a proposed exception count; a node that runs follows within a second."""
    _change(load_node(config), exception, Lessons.accept, "lesson.accepted", language)


@lessons.command()
def reset(
    config: ConfigFile,
    camera: CameraName,
    rule: Annotated[str | None, typer.Option(help="Only this rule of it.")] = None,
    language: Language = OF_SYSTEM,
) -> None:
    """Forget all that verdicts have taught a camera, or one of its rules; a node that runs follows within a second."""
    node = load_node(config)
    one = _camera(node, camera, language)
    with _opened(node, one) as learnt:
        if rule is not None and rule not in learnt:
            there = [complaint("quoted", name=name) for name in learnt] or complaint("none")
            text = tell("lessons.no_rule", language, rule=rule, there=there)
            raise typer.BadParameter(text, param_hint="--rule")
        for name in [rule] if rule is not None else list(learnt):
            gone = learnt.pop(name)
            heard = len({witness.alert for witness in gone.heard})
            told = {"camera": one.shown_title, "rule": name, "exceptions": len(gone.exceptions), "heard": heard}
            _say(Text(id="lesson.reset", arguments=told), language)


def _change(
    node: LoadedNode,
    exception_id: str,
    act: Callable[[Lessons, str], RuleException | None],
    said: str,
    language: str,
) -> None:
    for camera in node.cameras:
        with _opened(node, camera) as learnt:
            for rule in learnt.values():
                done = act(rule, exception_id)
                if done is not None:
                    told = sentence(what(done), language)
                    _say(Text(id=said, arguments={"what": told}), language)
                    return
    raise typer.BadParameter(tell("lessons.no_exception", language, id=exception_id), param_hint="ID")


@contextmanager
def _opened(node: LoadedNode, camera: CameraConfig) -> Iterator[dict[str, Lessons]]:
    """A camera's lessons by its rules' names, to be changed. Raises ConfigError, TargetError."""
    path = _file(node, camera)
    try:
        with locked(path.parent):
            learnt = dict(load_lessons(path, camera.name))
            before = {name: rule.model_dump() for name, rule in learnt.items()}
            yield learnt
            if {name: rule.model_dump() for name, rule in learnt.items()} != before:
                save_lessons(path, camera.name, learnt)
    except OSError as error:
        raise TargetError(complaint("lessons.unwritable", path=path, why=error.strerror)) from None


def _file(node: LoadedNode, camera: CameraConfig) -> Path:
    return lessons_file(node.folder / node.node.data_dir / FOLDER, camera.name)


def _camera(node: LoadedNode, name: str, language: str) -> CameraConfig:
    found = next((camera for camera in node.cameras if camera.name == name), None)
    if found is None:
        there = [camera.name for camera in node.cameras]
        raise typer.BadParameter(tell("lessons.no_camera", language, camera=name, there=there))
    return found


def _say_rule(camera: CameraConfig, name: str, rule: Lessons, language: str, *, gone: bool) -> None:
    judged = {witness.alert: witness.real for witness in rule.heard}
    real = sum(judged.values())
    figures = {"real": real, "false": len(judged) - real, "exceptions": len(rule.exceptions)}
    title = tell("quoted", language, name=name)
    notes = [title, sentence(Text(id="lesson.rule_gone"), language)] if gone else [title]
    out.print(Styled("  " + tell("listed.parts", language).join(notes)), soft_wrap=True)
    _say(Text(id="lesson.heard", arguments=figures), language, indent=4, style="dim")
    for exception in rule.exceptions:
        since = Text(id="lesson.since", arguments=_when_and_why(camera, exception))
        proposed = [Text(id="lesson.proposed")] if exception.proposed else []
        out.print(
            Styled.assemble("    ", (exception.id, "bold cyan"), "  ", sentence(what(exception), language)),
            soft_wrap=True,
        )
        for text in (*proposed, since, cost(exception)):
            _say(text, language, indent=18)
    for refused in rule.refused:
        _say(refusal(refused), language, indent=4)
        tried = Text(id="lesson.refused_at", arguments=_when_and_why(camera, refused))
        for text in (what(refused, ".kept"), tried):
            _say(text, language, indent=18)


def _when_and_why(camera: CameraConfig, exception: RuleException) -> dict[str, str | int | float | bool]:
    date = f"{exception.since.astimezone(ZoneInfo(camera.timezone)):%Y-%m-%d %H:%M}"
    return {"date": date, "alert": str(exception.because)}


def _say(text: Text, language: str, *, indent: int = 0, style: str = "") -> None:
    out.print(Styled(" " * indent + sentence(text, language), style), soft_wrap=True)
