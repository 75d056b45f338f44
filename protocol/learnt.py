"""An exception in words: what no longer counts, why, and what it would have cost."""

from protocol.messages import ExceptionKind, Exemption, Text


def what(exception: Exemption, *, refused: bool = False) -> Text:
    """What it holds back; of one that was refused, what goes on counting."""
    kept = ".kept" if refused else ""
    label = f"label.{exception.label}"
    if exception.kind is ExceptionKind.PLACE and exception.box is not None:
        x1, y1, x2, y2 = exception.box
        return Text(
            id=f"lesson.place{kept}",
            arguments={"label": label, "right": round(50 * (x1 + x2)), "down": round(50 * (y1 + y2))},
        )
    return Text(id=f"lesson.score{kept}", arguments={"label": label, "score": exception.score or 0.0})


def cost(exception: Exemption) -> Text:
    """How many of the alerts that were called real it would have hidden."""
    if not exception.of:
        return Text(id="lesson.cost.none")
    return Text(id="lesson.cost", arguments={"hidden": exception.would_have_hidden, "of": exception.of})


def refusal(exception: Exemption) -> Text:
    """That it was not made, and why."""
    return Text(id="lesson.refused", arguments={"hidden": exception.would_have_hidden, "of": exception.of})
