"""The tracker at 25, 10 and 5 pictures a second, on filmed people and on rendered ones."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from tools.bench.apart import ask
from tools.bench.footage import MOT15, need
from tools.bench.machine import ROOT
from tools.bench.result import Figure, Result, Table
from tools.bench.tracker import METRICS

Row = Mapping[str, Any]


def bench() -> Result:
    """All in one process of the peers' environment, for the libraries of the metrics are there."""
    need(MOT15)
    return result(ask("rates", MOT15, ROOT / "footage"))


def result(rows: Sequence[Row]) -> Result:
    """The figures from what the run printed."""
    rates = sorted({row["rate"] for row in rows}, reverse=True)
    figures = []
    for kind in ("filmed", "rendered"):
        hota = _hota_at_all_rates([row for row in rows if row["kind"] == kind])
        for rate in sorted({rate for scores in hota.values() for rate in scores}, reverse=True):
            mean = fmean(scores[rate] for scores in hota.values())
            figures.append(Figure(f"mean HOTA, {kind} people, {rate:g} pictures a second", mean, "%"))
    given = (
        "Filmed: the sequences of MOT15 whose camera stands, with their Faster R-CNN detections; every second, third, "
        "fifth or sixth picture is left, which is about as many a second as the column says: 30 for 25 of ADL-Rundle-6 "
        "and Venice-2, 12.5 for 10 of TUD, 7 for 10 of PETS09. Rendered: people of our own clips (10 pictures a "
        "second) with our default detector. Truth that is to be ignored is left out; so are rendered people hidden by "
        "more than 70 % or less than 24 pixels tall. Overlap 0.5; MOTA and IDF1 by motmetrics, HOTA by trackeval. "
        "Means are those of the sequences that have all the rates."
    )
    head = ("sequence", *(f"{rate:g} a second" for rate in rates))
    tables = tuple(
        Table(f"MOTA / IDF1 / HOTA of {kind} people, %", head, _rows([r for r in rows if r["kind"] == kind], rates))
        for kind in ("filmed", "rendered")
    )
    return Result("The tracker at fewer pictures a second", given, tuple(figures), tables)


def _hota_at_all_rates(rows: Sequence[Row]) -> Mapping[str, Mapping[float, float]]:
    """By sequence and rate; of other sequences at each rate the means would tell more of these than of the rates."""
    found: dict[str, dict[float, float]] = defaultdict(dict)
    for row in rows:
        found[row["name"]][row["rate"]] = row["scores"]["hota"]
    rates = {row["rate"] for row in rows}
    return {name: scores for name, scores in found.items() if scores.keys() == rates}


def _rows(rows: Sequence[Row], rates: Sequence[float]) -> tuple[tuple[str, ...], ...]:
    names = list(dict.fromkeys(row["name"] for row in rows))
    found = {(row["name"], row["rate"]): row["scores"] for row in rows}
    return tuple((name, *(_cell(found.get((name, rate))) for rate in rates)) for name in names)


def _cell(scores: Mapping[str, float] | None) -> str:
    return "–" if scores is None else "/".join(f"{scores[metric]:.1f}" for metric in METRICS)
