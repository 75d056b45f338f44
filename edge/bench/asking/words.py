"""A moment in words, in the reader's language: every chain line by line, the condition that fails in bold."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from rich.text import Text as Styled

from edge.bench.asking.chain import Link, Mark, RuleChain, Subject, told_apart
from edge.bench.asking.moment import Answer, OpenAlert
from edge.bench.asking.times import clock
from edge.config import CameraConfig
from protocol.messages import Text
from protocol.sentences import catalogue, sentence

SIGNS = {Mark.PASSED: ("✓", "green"), Mark.FAILED: ("✗", "bold red"), Mark.AHEAD: ("·", "dim")}


def say(id_: str, language: str, **arguments: str | int | float) -> str:
    """A sentence of the catalogues."""
    return sentence(Text(id=id_, arguments=dict(arguments)), language)


def condition_name(condition: str, language: str) -> str:
    """What people call a condition; the word itself if it has no name."""
    return catalogue(language).get(f"condition.{condition}", condition)


def subject_name(subject: Subject, language: str) -> str:
    """Who or what a chain is about."""
    label = f"class.{subject.label}" if subject.label else ""
    if subject.lost:
        return say("ask.lost", language, track=subject.track)
    if subject.track > 0:
        return say("ask.track", language, track=subject.track, label=label)
    if subject.track < 0:
        return say("ask.thing", language, track=-subject.track)
    if subject.box is not None:
        return say("ask.detection", language, label=label)
    return say("ask.nobody" if subject.links else "ask.picture", language)


def rule_name(chain: RuleChain, language: str) -> str:
    """A rule's number, name and kind."""
    kind = catalogue(language).get(f"kind.{chain.kind}", chain.kind)
    quoted = f"「{chain.rule}」" if language == "zh" else f"«{chain.rule}»"
    return f"{chain.number + 1} {quoted} · {kind}"


def title(answer: Answer, language: str) -> str:
    """Which camera and when, by its own clock."""
    local = answer.scene.at.astimezone(ZoneInfo(answer.camera.timezone))
    at = f"{clock(answer.since)} ({local:%Y-%m-%d %H:%M:%S})"
    return say("ask.title", language, camera=answer.camera.shown_title, at=at)


def alert_text(alert: OpenAlert, camera: CameraConfig, language: str) -> str:
    """Why an alert was raised."""
    local = alert.begin.at.astimezone(ZoneInfo(camera.timezone))
    return say(
        "ask.alert",
        language,
        rule=alert.rule.name,
        kind=f"kind.{alert.begin.kind}",
        at=f"{local:%H:%M:%S}",
        reason=sentence(alert.begin.reason, language),
    )


def lines(answer: Answer, language: str) -> Iterator[Styled]:
    """Everything, ready to be printed."""
    yield Styled(title(answer, language), "bold")
    for alert in answer.alerts:
        yield Styled(f"● {alert_text(alert, answer.camera, language)}", "bold red")
    concerned, others = told_apart(answer.subjects)
    for subject in concerned:
        yield Styled()
        yield Styled(subject_name(subject, language), "bold")
        yield from _links(subject.links, language, "  ")
        for chain in subject.rules:
            yield Styled.assemble("  ", (rule_name(chain, language), "bold cyan"))
            yield from _links(chain.links, language, "    ")
        if subject.track > 0 and not subject.rules:
            yield Styled(f"  {say('ask.no_rules', language)}", "dim")
    if others:
        yield Styled()
        yield Styled(say("ask.of_no_rule", language), "bold")
        yield from (Styled(f"  {subject_name(subject, language)}", "dim") for subject in others)


def _links(links: Sequence[Link], language: str, indent: str) -> Iterator[Styled]:
    for link in links:
        sign, style = SIGNS[link.mark]
        name, colon = condition_name(link.condition, language), "：" if language == "zh" else ": "
        text = f"{name}{colon}{sentence(link.text, language)}"
        yield Styled.assemble(indent, (sign, style), " ", (text, style if link.mark is not Mark.PASSED else ""))
