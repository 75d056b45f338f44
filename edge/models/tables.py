"""What the commands show: rich tables."""

from rich.table import Table

from edge.models.evaluation.scores import Found
from edge.models.measuring import Measured
from edge.models.speed import Speed


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
    parts = [f"{ms:.1f} ms with {threads} thread{'s' if threads > 1 else ''}" for threads, ms in speed.items()]
    return f"inference: {', '.join(parts)} (median of session.run on this machine)"
