"""What the commands print: sentences and tables."""

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from edge.complaints import Complaint, complaint, tell
from edge.models.comparing import Compared
from edge.models.evaluation.scores import Found
from edge.models.fetching import Fetched
from edge.models.importing import Imported
from edge.models.measuring import Measured
from edge.models.registry import Listed
from edge.models.speed import Speed, threads_text
from edge.vision.card import Measurement, ModelCard, Timing

out = Console()
err = Console(stderr=True)


MUCH = 0.9
"""A copy that finds less of what its model finds than this part has lost much."""


def say(text: str, style: str | None = None) -> None:
    """A sentence as it is, on one line: paths and brackets in it are no markup."""
    out.print(text, style=style, highlight=False, soft_wrap=True, markup=False)


def models_table(listed: Iterable[Listed], language: str) -> Table:
    """A row for each model, its licence beside its name."""
    table = Table()
    for title in ("models.word.name", "models.word.licence", "models.word.input"):
        table.add_column(tell(title, language), no_wrap=True)
    table.add_column(tell("models.word.weights", language))
    table.add_column(tell("models.word.accuracy", language))
    for one in listed:
        card = one.card
        accuracy = escape(_accuracy(card.measured[0]).told(language)) if card.measured else "–"
        table.add_row(card.name, _licence(card), _size(card), _where(one).told(language), accuracy)
    return table


def one_model(one: Listed, language: str) -> Table:
    """Everything a card says."""
    card = one.card
    not_said, not_measured = tell("models.card.not_said", language), tell("models.card.not_measured", language)
    no_address = tell("models.card.needs_no_address" if one.weights else "models.card.no_address", language)
    labels = ", ".join(card.labels)  # Latin words in every language: blanks between them, so that lines can break
    shown = {"size": _size(card), "colour": card.input.colour, "fit": card.input.fit.value}
    lines = {
        "models.word.name": card.name,
        "models.word.title": card.title,
        "models.word.licence": _licence(card),
        "models.word.source": card.source,
        "models.word.address": card.address or no_address,
        "models.word.weights": tell("models.card.weights", language, file=card.file, where=_where(one)),
        "models.word.sha256": card.sha256 or tell("models.card.no_hash", language),
        "models.word.input": tell("models.card.input", language, **shown),
        "models.word.output": card.format,
        "models.word.labels": tell("models.card.labels", language, count=len(card.labels), labels=labels),
        "models.word.thresholds": tell("models.card.thresholds", language, sure=card.threshold, low=card.low_threshold),
        "models.word.trained_on": card.trained_on or not_said,
        "models.word.measured": "\n".join(_measurement(one, language) for one in card.measured) or not_measured,
        "models.word.speed": "\n".join(_timing(one, language) for one in card.speed) or not_measured,
        "models.word.weaknesses": card.weaknesses or not_said,
        "models.word.notes": card.notes or "–",
        "models.word.card": str(one.path),
    }
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in lines.items():
        table.add_row(tell(name, language), escape(text.strip()) if name != "models.word.licence" else text)
    return table


def _size(card: ModelCard) -> str:
    return f"{card.input.width}×{card.input.height}"


def _licence(card: ModelCard) -> str:
    return card.licence if card.permissive else f"[red]{escape(card.licence)}[/]"


def _where(one: Listed) -> Complaint:
    if one.weights is not None:
        return complaint("models.weights.to_export" if one.card.to_export else "models.weights.here")
    if not one.card.address:
        return complaint("models.weights.not_here")
    fetching = complaint("models.weights.pull" if one.card.sha256 else "models.weights.pull_no_hash")
    return complaint("models.weights.and_export", fetching=fetching) if one.card.to_export else fetching


def _what(figure: Measurement) -> str:
    return f"{figure.metric} {figure.of}".strip()


def _accuracy(figure: Measurement) -> Complaint:
    return complaint("models.card.accuracy", what=_what(figure), value=figure.value, set=figure.set)


def _measurement(figure: Measurement, language: str) -> str:
    said = {"what": _what(figure), "set": figure.set, "by": figure.by}
    return tell("models.card.measurement", language, value=figure.value, **said)


def _timing(timing: Timing, language: str) -> str:
    threads = threads_text(timing.threads, language)
    return tell("models.card.timing", language, ms=timing.ms, threads=threads, machine=timing.machine)


def scores_table(measured: Measured, language: str) -> Table:
    """A row for each class, rows for its heights, and the mean of the classes that are labelled completely."""
    name, pictures = measured.labelled.name, measured.scores.pictures
    table = Table(
        tell("models.scores.class", language),
        tell("models.scores.objects", language),
        "AP50",
        tell("models.scores.recall", language),
        tell("models.scores.best_f1", language),
        title=escape(tell("models.scores.title", language, set=name, pictures=pictures)),
    )
    for word, scores in measured.by_word().items():
        title = word if scores.pictures else tell("models.scores.in_part", language, word=word)
        best = "–"
        if scores.best_score is not None:
            best = tell("models.scores.best", language, f1=_shown(scores.best_f1), score=scores.best_score)
        table.add_row(escape(title), *_cells(scores.all), best)
        for height, found in scores.by_height.items():
            if found.wanted:
                tall = tell("models.scores.height", language, height=height)
                table.add_row(f"  {tall}", *_cells(found), style="dim")
    table.add_section()
    mean = tell("models.scores.mean", language)
    table.add_row(mean, "", _shown(measured.scores.ap50), _shown(measured.scores.recall), "")
    return table


def _cells(found: Found) -> tuple[str, str, str]:
    return str(found.wanted), _shown(found.ap50), _shown(found.recall)


def _shown(figure: float | None) -> str:
    return "–" if figure is None else f"{figure:.3f}"


def speed_sentence(speed: Speed, language: str) -> str:
    """Milliseconds by threads."""
    times = [
        complaint("models.eval.time", ms=ms, threads=threads_text(threads, language)) for threads, ms in speed.items()
    ]
    return tell("models.eval.speed", language, times=times)


def say_fetched(result: Fetched, language: str) -> None:
    """What is where, how far its hash is to be trusted, and what comes next."""
    kept = "models.pulled.already" if result.already else "models.pulled.fetched"
    say(tell(kept, language, path=result.weights, sha256=result.card.sha256))
    if result.first:
        say(tell("models.pulled.first", language), style="yellow")
    if result.card.to_export:
        say(tell("models.pulled.export", language, path=result.weights))
    else:
        say(tell("models.use", language, card=result.card_path))


def say_imported(imported: Imported, language: str) -> None:
    """What was found out, what was assumed, and what the card does not know yet."""
    card, probed = imported.card, imported.probed
    about = {"format": card.format, "size": _size(card), "licence": card.licence}
    say(tell("models.import.card", language, path=imported.card_path, classes=len(card.labels), **about))
    if probed.there:
        found = {"found": probed.found, "there": probed.there, "pictures": probed.pictures}
        say(tell("models.import.found", language, **found))
    else:
        say(tell("models.import.unproved", language, pictures=probed.pictures, highest=probed.highest))
    for what in imported.assumed:
        say(tell("models.import.assumed", language, what=what), style="yellow")
    threshold, path = card.threshold, imported.card_path
    say(tell("models.import.threshold", language, threshold=threshold, format=card.format, card=path))


def compared_table(compared: Compared, language: str) -> Table:
    """Both models side by side."""
    table = Table("", "float32", "int8", "")
    before, after = compared.before, compared.after
    table.add_row(tell("models.compared.file", language), f"{before.megabytes:.1f} MB", f"{after.megabytes:.1f} MB", "")
    for threads, ms in before.speed.items():
        now = after.speed[threads]
        faster = tell("models.compared.faster", language, times=ms / now)
        table.add_row(threads_text(threads, language), f"{ms:.1f} ms", f"{now:.1f} ms", faster)
    for first, second in zip(before.measured, after.measured, strict=True):
        name = first.labelled.name
        for word, scores in first.by_word().items():
            title = tell("models.compared.ap50", language, word=word, set=name)
            table.add_row(escape(title), *_change(scores.all.ap50, _of(second, word)))
        title = tell("models.compared.ap50_mean", language, set=name)
        table.add_row(escape(title), *_change(first.scores.ap50, second.scores.ap50))
    return table


def _of(measured: Measured, word: str) -> float | None:
    ap50: float | None = measured.by_word()[word].all.ap50
    return ap50


def _change(before: float | None, after: float | None) -> tuple[str, str, str]:
    change = "" if before is None or after is None else f"{after - before:+.3f}"
    return _shown(before), _shown(after), change


def say_compared(compared: Compared, language: str) -> None:
    """What the copy costs and gains."""
    out.print(compared_table(compared, language))
    agreed = compared.agreement
    found = {"pictures": agreed.pictures, "kept": agreed.kept, "boxes": agreed.boxes, "added": agreed.added}
    say(tell("models.compared.agreed", language, **found))
    if agreed.kept < MUCH * agreed.boxes:
        say(tell("models.compared.great_loss", language), "yellow")
    if not compared.before.measured:
        say(tell("models.compared.no_set", language), style="yellow")
    say(tell("models.compared.use", language, licence=compared.after.card.licence, card=compared.card_path))
