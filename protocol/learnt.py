"""An exception in words: what no longer counts, why, and what it would have cost."""

from protocol.messages import ExceptionKind, Exemption, Text


def what(exception: Exemption) -> Text:
    """What it holds back."""
    label = f"label.{exception.label}"
    if exception.kind is ExceptionKind.PLACE and exception.box is not None:
        x1, y1, x2, y2 = exception.box
        return Text(
            id="lesson.place",
            arguments={"label": label, "right": round(50 * (x1 + x2)), "down": round(50 * (y1 + y2))},
        )
    return Text(id="lesson.score", arguments={"label": label, "score": exception.score or 0.0})


def cost(exception: Exemption) -> Text:
    """How many of the alerts that were called real it would have hidden."""
    if not exception.of:
        return Text(id="lesson.cost.none")
    return Text(id="lesson.cost", arguments={"hidden": exception.would_have_hidden, "of": exception.of})
