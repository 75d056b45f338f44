"""All rules of one camera, run over its scenes in the order of the configuration."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from edge.rules.base import Rule
from edge.rules.finding import Finding, Step, Trace
from edge.vision.scene import Scene


@dataclass(frozen=True, slots=True)
class Judgement:
    """What all rules say of a scene: findings with their rule, and each rule's traces, if they explain, by its name."""

    findings: tuple[tuple[Rule[Any], Finding], ...]
    traces: tuple[tuple[str, tuple[Trace, ...]], ...]


class RuleEngine:
    """Holds the rules of one camera; has no memory of its own."""

    def __init__(self, rules: Sequence[Rule[Any]], *, explain: bool = True) -> None:
        """`explain`: whether rules say why they have not raised; what they find is the same either way."""
        self.rules, self.explains = tuple(rules), explain
        shared = next((rule.motion for rule in self.rules if rule.motion is not None), None)
        for rule in self.rules:
            rule.motion = shared if rule.motion is not None else None
            rule.explains = explain

    def step(self, scene: Scene) -> Judgement:
        """The next scene."""
        return _judgement((rule, rule.step(scene)) for rule in self.rules)

    def silent(self, at: datetime) -> Judgement:
        """No scene has come for a while."""
        return _judgement((rule, rule.silent(at)) for rule in self.rules)

    @property
    def measures_ways(self) -> bool:
        """Whether any rule lives by how things move."""
        return any(rule.measures_ways for rule in self.rules)

    @property
    def regions(self) -> list[Sequence[tuple[float, float]]] | None:
        """Where anything can matter to any rule; None: everywhere."""
        regions = [rule.region for rule in self.rules]
        return None if any(region is None for region in regions) else [region for region in regions if region]


def _judgement(steps: Iterable[tuple[Rule[Any], Step]]) -> Judgement:
    findings: list[tuple[Rule[Any], Finding]] = []
    traces: list[tuple[str, tuple[Trace, ...]]] = []
    for rule, step in steps:
        findings += [(rule, finding) for finding in step.findings]
        traces.append((rule.name, step.traces))
    return Judgement(tuple(findings), tuple(traces))
