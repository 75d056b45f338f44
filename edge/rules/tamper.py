"""Tamper: the camera no longer sees what it is there to see.

It is covered, out of focus, turned, frozen, blinded, dark or cut off. Each cause has a harmless twin: what a lorry
hides is not the whole picture, headlights pass, night and fog come slowly and are learnt (see the sense), rain and a
change to infrared leave the edges where they are.
"""

from datetime import datetime
from typing import Literal

from pydantic import Field

from edge.rules.base import Place, Rule, RuleSettings
from edge.rules.finding import Finding, Step, Trace
from edge.vision.scene import Scene
from edge.vision.senses.view import View, ViewSense
from protocol.kinds import Kind, Phase
from protocol.messages import Text

EMPTY_CONTRAST = 0.5
"""Grey levels below which a picture holds nothing, not even noise: so a recorder shows a camera without signal."""
DARK_SHARE, BRIGHT_SHARE = 0.9, 0.6
"""Shares of the picture from which it is dark, or blinded."""
GLANCE = 0.6
"""How like itself a picture without detail must be at a glance to be out of focus and not covered."""
LOST = 0.47
"""Share of what there is to recognise that is blank at once, though the rest is as it was. What comes and stops before
the camera takes .42 at most, however plain it is, for while it comes the view follows; so it does while paint comes
slowly, and then this does not help."""
LONGEST_STEP_S = 1.0
"""No single picture counts for longer."""
SETTLED_S = 1.0
"""Seconds that another cause must last before it is said; a camera that is turned back is blurred for a moment."""


class TamperSettings(RuleSettings):
    """Begins when the view has been wrong for `after_s`, ends when it has been right again for `grace_s`."""

    kind: Literal[Kind.TAMPER] = Kind.TAMPER
    after_s: float = Field(default=5.0, gt=0, description="seconds that it must last")
    grace_s: float = Field(default=2.0, ge=0, description="seconds the view must be back before it is over")
    frozen_s: float = Field(default=60.0, gt=0, description="seconds without the least change: the picture is frozen")
    kept: float = Field(default=0.2, gt=0, lt=1, description="edges this much in place, and less, show another view")
    detail: float = Field(default=0.27, gt=0, lt=1, description="share of its detail that may be left")


class Tamper(Rule[TamperSettings]):
    """Remembers how long the view has been wrong, and how long it has been right again."""

    kind = Kind.TAMPER
    settings_model = TamperSettings
    senses = (ViewSense,)

    def __init__(self, settings: TamperSettings, place: Place) -> None:
        super().__init__(settings, place)
        self._wrong_s = self._right_s = 0.0
        self._seen_at: datetime | None = None
        self._episode: int | None = None
        self._began: datetime | None = None
        self._other_since: datetime | None = None
        self._cause = ""

    @property
    def region(self) -> tuple[tuple[float, float], ...]:
        """Nothing: no detection matters to it."""
        return ()

    def step(self, scene: Scene) -> Step:
        """At most a begin, an update or an end; both begin and end for a gap that is over."""
        view = scene.reading(View)
        silent_s = (scene.at - self._seen_at).total_seconds() if self._seen_at else 0.0
        self._seen_at = scene.at
        findings: list[Finding] = []
        if silent_s > self.settings.after_s and self._episode is None:
            findings += self._judge(scene.at, "signal", silent_s)
        cause = self._cause_of(view)
        findings += self._judge(scene.at, cause, self._lasting(cause, min(silent_s, LONGEST_STEP_S)))
        return Step(tuple(findings), (self._trace(scene.at, view, cause),))

    def silent(self, at: datetime) -> Step:
        """No picture has come since the last scene."""
        if self._seen_at is None:
            return Step()
        return Step(tuple(self._judge(at, "signal", (at - self._seen_at).total_seconds())))

    def _cause_of(self, view: View) -> str | None:
        """What is wrong with a picture, None if nothing is."""
        limits = self.settings
        if not view.learnt:
            return None
        if view.kept > limits.kept and view.detail > limits.detail:
            if view.lost > LOST:
                return "covered"
            return "frozen" if view.same_s >= limits.frozen_s else None
        if view.bright > BRIGHT_SHARE:
            return "blinded"
        if view.contrast < EMPTY_CONTRAST:
            return "signal"
        if view.dark > DARK_SHARE:
            return "dark"
        if view.detail > limits.detail:
            return "turned"
        return "defocused" if view.coarse > GLANCE else "covered"

    def _lasting(self, cause: str | None, step_s: float) -> float:
        """Seconds that the view has been wrong; what was right in between counts double, so that glimpses are forgiven
        and headlights that come again and again do not add up."""
        if cause is not None:
            self._right_s, self._wrong_s = 0.0, self._wrong_s + step_s
        else:
            self._right_s, self._wrong_s = self._right_s + step_s, max(0.0, self._wrong_s - 2 * step_s)
        return self._wrong_s

    def _judge(self, at: datetime, cause: str | None, lasts_s: float) -> list[Finding]:
        if self._episode is not None:
            return self._go_on(at, cause)
        ripe = cause == "frozen" or lasts_s >= self.settings.after_s
        if cause is None or not ripe or self.cooling(at) or not self.schedule.open(at):
            return []
        self._episode, self._began, self._cause = self.next_episode(), at, cause
        return [self._finding(Phase.BEGIN, at, lasts_s=round(lasts_s, 1))]

    def _go_on(self, at: datetime, cause: str | None) -> list[Finding]:
        """An open alert. A cable that is cut after the lens was sprayed is an act of its own, with its own alert."""
        if cause is None:
            return [self._end(at)] if self._right_s >= self.settings.grace_s else []
        if cause == self._cause:
            self._other_since = None
            return []
        self._other_since = self._other_since or at
        if (at - self._other_since).total_seconds() < SETTLED_S:
            return []
        if self._cause == "signal":
            # Pictures come again; whether they show what they should is judged as at any other time.
            return [self._end(at)]
        ended = [self._end(at)] if cause == "signal" else []
        self._cause, self._other_since = cause, None
        if not ended:
            return [self._finding(Phase.UPDATE, at)]
        self._episode, self._began = self.next_episode(), at
        return [*ended, self._finding(Phase.BEGIN, at, lasts_s=SETTLED_S)]

    def _end(self, at: datetime) -> Finding:
        lasted_s = (at - (self._began or at)).total_seconds()
        finding = self._finding(Phase.END, at, lasted_s=round(lasted_s, 1))
        self._episode = self._began = self._other_since = None
        self.cool_down(at)
        return finding

    def _finding(self, phase: Phase, at: datetime, **more: float) -> Finding:
        arguments: dict[str, str | float] = {"cause": f"tamper.{self._cause}", **more}
        reason = Text(id=f"reason.tamper.{phase}", arguments=dict(arguments))
        return Finding(self.kind, phase, self.name, self._episode or 0, at, None, (), reason)

    def _trace(self, at: datetime, view: View, cause: str | None) -> Trace:
        if self._episode is not None:
            return Trace(0, "raised")
        if not view.learnt:
            return Trace(0, "learning")
        if cause is None:
            return Trace(0, "view", view.kept, self.settings.kept)
        return Trace(0, "time" if self.schedule.open(at) else "schedule", self._wrong_s, self.settings.after_s)
