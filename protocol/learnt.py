"""An exception in words: what no longer counts, why, and what it would have cost."""

from typing import Literal

from protocol.messages import ExceptionKind, Exemption, Text


def what(exception: Exemption, end: Literal["", ".kept", ".gone"] = "") -> Text:
    """What it holds back; with an end what still counts, as it was not made, or what it was about."""
    label = f"label.{exception.label}"
    if exception.kind is ExceptionKind.PLACE and exception.box is not None:
        x1, y1, x2, y2 = exception.box
        return Text(
            id=f"lesson.place{end}",
            arguments={"label": label, "right": round(50 * (x1 + x2)), "down": round(50 * (y1 + y2))},
        )
    return Text(id=f"lesson.score{end}", arguments={"label": label, "score": exception.score or 0.0})


def cost(exception: Exemption) -> Text:
    """How many of the alerts that were called real it would have hidden."""
    if not exception.of:
        return Text(id="lesson.cost.none")
    return Text(id="lesson.cost", arguments={"hidden": exception.would_have_hidden, "of": exception.of})


def refusal(exception: Exemption) -> Text:
    """That it was not made, and why."""
    return Text(id="lesson.refused", arguments={"hidden": exception.would_have_hidden, "of": exception.of})
