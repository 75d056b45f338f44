"""What the commands print: sentences and tables."""

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

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


def models_table(listed: Iterable[Listed]) -> Table:
    """A row for each model, its licence beside its name."""
    table = Table()
    for title in ("name", "licence", "input"):
        table.add_column(title, no_wrap=True)
    table.add_column("weights")
    table.add_column("accuracy")
    for one in listed:
        card = one.card
        size = f"{card.input.width}×{card.input.height}"
        accuracy = _measurement(card.measured[0], short=True) if card.measured else "–"
        table.add_row(card.name, _licence(card), size, _where(one), accuracy)
    return table


def one_model(one: Listed) -> Table:
    """Everything a card says."""
    card = one.card
    lines = {
        "name": card.name,
        "title": card.title,
        "licence": _licence(card),
        "source": card.source,
        "address": card.address or "none: the file is yours to bring",
        "weights": f"{card.file}, {_where(one)}",
        "sha256": card.sha256 or "not known yet: the first pull notes it",
        "input": f"{card.input.width}×{card.input.height}, {card.input.colour}, {card.input.fit.value}",
        "output format": card.format,
        "labels": f"{len(card.labels)}: {', '.join(card.labels)}",
        "thresholds": f"{card.threshold:g}, {card.low_threshold:g} to go on with a track",
        "trained on": card.trained_on or "not said",
        "measured": "\n".join(_measurement(figure) for figure in card.measured) or "not yet: shouwang-edge models eval",
        "speed": "\n".join(_timing(timing) for timing in card.speed) or "not yet: shouwang-edge models eval",
        "weaknesses": card.weaknesses or "not said",
        "notes": card.notes or "–",
        "card": str(one.path),
    }
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in lines.items():
        table.add_row(name, escape(text.strip()) if name != "licence" else text)
    return table


def _licence(card: ModelCard) -> str:
    return card.licence if card.permissive else f"[red]{card.licence}[/]"


def _where(one: Listed) -> str:
    if one.weights is not None:
        return "to be exported" if one.card.to_export else "here"
    if not one.card.address:
        return "not here"
    fetching = "pull" if one.card.sha256 else "pull (hash not known yet)"
    return f"{fetching} and export" if one.card.to_export else fetching


def _measurement(figure: Measurement, *, short: bool = False) -> str:
    of = f" {figure.of}" if figure.of else ""
    if short:
        return f"{figure.value:.3f} {figure.metric}{of}, {figure.set}"
    return f"{figure.metric}{of} {figure.value:.3f} on {figure.set}, measured by {figure.by}"


def _timing(timing: Timing) -> str:
    return f"{timing.ms:g} ms, {threads_text(timing.threads)}, {timing.machine}"


def scores_table(measured: Measured) -> Table:
    """A row for each class, rows for its heights, and the mean of the classes that are labelled completely."""
    title = f"{measured.labelled.name}: {measured.scores.pictures} pictures"
    table = Table("class", "objects", "AP50", "recall at\n1 false box", "best F1\nat score", title=title)
    for word, scores in measured.by_word().items():
        best = "–" if scores.best_score is None else f"{_shown(scores.best_f1)} at {scores.best_score:.2f}"
        table.add_row(word if scores.pictures else f"{word} (labelled in part)", *_cells(scores.all), best)
        for name, found in scores.by_height.items():
            if found.wanted:
                table.add_row(f"  {name} px high", *_cells(found), style="dim")
    table.add_section()
    table.add_row("mean", "", _shown(measured.scores.ap50), _shown(measured.scores.recall), "")
    return table


def _cells(found: Found) -> tuple[str, str, str]:
    return str(found.wanted), _shown(found.ap50), _shown(found.recall)


def _shown(figure: float | None) -> str:
    return "–" if figure is None else f"{figure:.3f}"


def speed_sentence(speed: Speed) -> str:
    """Milliseconds by threads."""
    parts = [f"{ms:.1f} ms with {threads_text(threads)}" for threads, ms in speed.items()]
    return f"inference: {', '.join(parts)} (median of session.run on this machine)"


def say_fetched(result: Fetched) -> None:
    """What is where, how far its hash is to be trusted, and what comes next."""
    kept = "is here already" if result.already else "fetched"
    say(f"{kept}: {result.weights}, sha256 {result.card.sha256}")
    if result.first:
        text = "this file's hash was not known before: it now stands in the card, and later pulls are held against it"
        say(text, style="yellow")
    if result.card.to_export:
        following = f"PyTorch weights are not run; next: shouwang-edge models export {result.weights}"
    else:
        following = f"use it with --model {result.card_path}"
    say(following)


def say_imported(imported: Imported) -> None:
    """What was found out, what was assumed, and what the card does not know yet."""
    card, probed = imported.card, imported.probed
    size = f"{card.input.width}×{card.input.height}"
    say(f"{imported.card_path}: {card.format}, {size}, {len(card.labels)} classes, licence {card.licence}")
    if probed.there:
        say(f"found {probed.found} of {probed.there} people and cars in {probed.pictures} known pictures")
    else:
        text = (
            f"highest score on {probed.pictures} known pictures {probed.highest:.2f}; it knows neither people nor cars"
        )
        say(f"{text}, so whether its boxes are right is not proved")
    for sentence in imported.assumed:
        say(f"assumed: {sentence}", style="yellow")
    say(
        f"its threshold {card.threshold:g} is what is usual for {card.format}; measure yours: "
        f"shouwang-edge models eval {imported.card_path} SET"
    )


def compared_table(compared: Compared) -> Table:
    """Both models side by side."""
    table = Table("", "float32", "int8", "")
    before, after = compared.before, compared.after
    table.add_row("file", f"{before.megabytes:.1f} MB", f"{after.megabytes:.1f} MB", "")
    for threads, ms in before.speed.items():
        now = after.speed[threads]
        table.add_row(threads_text(threads), f"{ms:.1f} ms", f"{now:.1f} ms", f"{ms / now:.2f} times as fast")
    for first, second in zip(before.measured, after.measured, strict=True):
        for word, scores in first.by_word().items():
            table.add_row(*_change(f"AP50 {word}, {first.labelled.name}", scores.all.ap50, _of(second, word)))
        table.add_row(*_change(f"AP50 mean, {first.labelled.name}", first.scores.ap50, second.scores.ap50))
    return table


def _of(measured: Measured, word: str) -> float | None:
    ap50: float | None = measured.by_word()[word].all.ap50
    return ap50


def _change(name: str, before: float | None, after: float | None) -> tuple[str, str, str, str]:
    change = "" if before is None or after is None else f"{after - before:+.3f}"
    return name, _shown(before), _shown(after), change


def say_compared(compared: Compared) -> None:
    """What the copy costs and gains."""
    out.print(compared_table(compared))
    agreed = compared.agreement
    found = f"on {agreed.pictures} frames it finds {agreed.kept} of the {agreed.boxes} things"
    say(f"{found} that the float32 model is sure of, and {agreed.added} others")
    if agreed.kept < MUCH * agreed.boxes:
        say("that is a great loss, as depthwise convolutions with SiLU have it; rather use the float32 model", "yellow")
    if not compared.before.measured:
        say("what that costs in accuracy only a labelled set can say: --set FOLDER", style="yellow")
    say(f"licence {compared.after.card.licence}; use it with --model {compared.card_path}")
