"""No floods: a rule that raises alert after alert is in a storm, and a storm is one alert that says so.

Rain, swaying trees, headlights or a spider on the lens raise alerts that nobody can look at: EEMUA 191 calls more than
ten alarms in ten minutes a flood for one operator. What a storm holds back is counted in its alert. Pure.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from edge.rules.base import Rule
from edge.rules.finding import Finding
from protocol.kinds import Phase
from protocol.messages import Text

WINDOW = timedelta(minutes=10)
UPDATE_S = 60.0
"""Seconds between two updates of a storm that goes on."""

Findings = Sequence[tuple[Rule[Any], Finding]]


class FloodSettings(BaseModel):
    """When alerts of one rule are a storm, and when it is over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    most_in_10_min: int = Field(default=10, ge=1, description="alerts of one rule; from the next on it is a storm")
    calm_s: float = Field(default=120.0, gt=0, description="seconds without a further one, and the storm is over")


@dataclass(slots=True)
class _Storm:
    """An open alert about a storm: how many it holds back, and when that was said last."""

    episode: int
    began: datetime
    told: datetime
    held: int = 1
    said: int = 1


@dataclass(slots=True)
class _Ruled:
    """What one rule raised lately."""

    rule: Rule[Any]
    begins: deque[datetime] = field(default_factory=deque)
    held: set[int] = field(default_factory=set)
    """Episodes that are held back."""
    storm: _Storm | None = None
    last: Finding | None = None


class FloodGuard:
    """Owned by the analysis of one camera; bounded by the alerts of ten minutes."""

    def __init__(self, settings: FloodSettings) -> None:
        self._settings = settings
        self._rules: dict[str, _Ruled] = {}

    def step(self, at: datetime, findings: Findings) -> list[tuple[Rule[Any], Finding]]:
        """What of the findings is to become alerts, and what is to be said of storms."""
        passed = [pair for rule, finding in findings for pair in self._one(rule, finding)]
        return passed + [pair for ruled in self._rules.values() for pair in self._weather(ruled, at)]

    def _one(self, rule: Rule[Any], finding: Finding) -> Iterable[tuple[Rule[Any], Finding]]:
        ruled = self._rules.setdefault(rule.fingerprint, _Ruled(rule))
        if finding.episode in ruled.held:
            if finding.phase is Phase.END:
                ruled.held.discard(finding.episode)
            return []
        if finding.phase is not Phase.BEGIN:
            return [(rule, finding)]
        ruled.begins.append(finding.at)
        while finding.at - ruled.begins[0] >= WINDOW:
            ruled.begins.popleft()
        if ruled.storm is None and len(ruled.begins) <= self._settings.most_in_10_min:
            return [(rule, finding)]
        ruled.held.add(finding.episode)
        ruled.last = finding
        if ruled.storm is not None:
            ruled.storm.held += 1
            return []
        ruled.storm = _Storm(rule.next_episode(), finding.at, finding.at)
        return [(rule, self._said(ruled, ruled.storm, Phase.BEGIN, finding.at, count=len(ruled.begins)))]

    def _weather(self, ruled: _Ruled, at: datetime) -> Iterable[tuple[Rule[Any], Finding]]:
        storm = ruled.storm
        if storm is None:
            return []
        if (at - ruled.begins[-1]).total_seconds() >= self._settings.calm_s:
            ruled.storm = None
            lasted_s = round((at - storm.began).total_seconds(), 1)
            return [(ruled.rule, self._said(ruled, storm, Phase.END, at, held=storm.held, lasted_s=lasted_s))]
        if storm.held > storm.said and (at - storm.told).total_seconds() >= UPDATE_S:
            storm.told, storm.said = at, storm.held
            return [(ruled.rule, self._said(ruled, storm, Phase.UPDATE, at, held=storm.held))]
        return []

    @staticmethod
    def _said(ruled: _Ruled, storm: _Storm, phase: Phase, at: datetime, **more: float) -> Finding:
        assert ruled.last is not None  # noqa: S101 - a storm begins with a finding
        last, rule = ruled.last, ruled.rule
        reason = Text(id=f"reason.storm.{phase}", arguments={"rule": rule.name, **more})
        return Finding(
            rule.kind, phase, rule.name, storm.episode, at, last.zone, last.objects, reason, last.score, last.things
        )
