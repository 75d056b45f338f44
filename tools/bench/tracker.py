"""Our tracker against roboflow's ByteTrack on the same detections: frames per second, and how right the tracks are."""

from collections.abc import Mapping
from typing import Any

from tools.bench.apart import ask
from tools.bench.footage import MOT15, need
from tools.bench.report import number
from tools.bench.result import Figure, Result, Table, at_least

HELD = ("TUD-Campus", "TUD-Stadtmitte")
METRICS = {"mota": "MOTA", "idf1": "IDF1", "hota": "HOTA"}
SIDES = {
    "ours": "ours",
    "theirs": "theirs",
    "ours_common": "ours, one threshold",
    "theirs_common": "theirs, one threshold",
}

Document = Mapping[str, Any]


def bench() -> Result:
    """All sequences in one process of the peers' environment, both trackers in turn."""
    need(MOT15)
    return result(ask("tracking", MOT15))


def result(document: Document) -> Result:
    """The figures from what the run printed."""
    sequences: Mapping[str, Document] = document["sequences"]
    rate = sum(s["theirs_s"] for s in sequences.values()) / sum(s["ours_s"] for s in sequences.values())
    figures = [Figure("frames per second, times theirs", rate, "×", at_least(10))]
    for name in HELD:
        for metric, title in METRICS.items():
            mine, other = (sequences[name]["scores"][side][metric] for side in ("ours", "theirs"))
            figures.append(Figure(f"{title} on {name} above theirs", mine - other, "points", at_least(0)))
    common, sure = document["common"], document["sure"]
    given = (
        "Faster R-CNN detections of MOT15 (det.txt), all 11 sequences, both trackers in one process, in turns, "
        f"{document['rounds']} rounds, processor time. Ours: its defaults with {sure} as the card's threshold. Theirs: "
        "ByteTrackTracker with its defaults and the sequence's frame rate; for the columns «one threshold» both were "
        f"given {common}. Neither time holds the making of detections. Truth marked to be ignored is left out, overlap "
        f"0.5; MOTA and IDF1 by motmetrics, HOTA by trackeval ({', '.join(document['versions'])})."
    )
    return Result(
        "The tracker against roboflow `trackers` ByteTrack",
        given,
        tuple(figures),
        (speeds(sequences), scores(sequences)),
        remarks(sequences, rate),
    )


def remarks(sequences: Mapping[str, Document], rate: float) -> tuple[str, ...]:
    """What a frame costs, beside the ratio."""
    frames = sum(s["frames"] for s in sequences.values())
    cost_ms = 1000 * sum(s["ours_s"] for s in sequences.values()) / frames
    found = [f"Ours takes {number(cost_ms)} ms a frame."]
    if rate < 10:
        found.append(
            "With some fifteen tracks, the lost among them, a frame is about seventy calls into numpy and one into "
            "lapx, and little but the calls themselves: their number bounds the ratio. It grows with the number of "
            "tracks, as theirs filters each by itself. Ten times would take compiled code, for a stage that costs a "
            "hundredth of a detection."
        )
    return tuple(found)


def speeds(sequences: Mapping[str, Document]) -> Table:
    """Per sequence."""
    rows = tuple(
        (
            name,
            str(s["frames"]),
            number(s["detections"] / s["frames"]),
            number(s["frames"] / s["ours_s"]),
            number(s["frames"] / s["theirs_s"]),
            number(s["theirs_s"] / s["ours_s"]),
        )
        for name, s in sequences.items()
    )
    return Table("Speed", ("sequence", "frames", "detections a frame", "ours, fps", "theirs, fps", "times"), rows)


def scores(sequences: Mapping[str, Document]) -> Table:
    """Per sequence, MOTA / IDF1 / HOTA in percent, and their means."""
    rows = [
        (name, *("/".join(f"{s['scores'][side][metric]:.1f}" for metric in METRICS) for side in SIDES))
        for name, s in sequences.items()
    ]
    means = [
        "/".join(f"{sum(s['scores'][side][m] for s in sequences.values()) / len(sequences):.1f}" for m in METRICS)
        for side in SIDES
    ]
    return Table("MOTA / IDF1 / HOTA, %", ("sequence", *SIDES.values()), (*rows, ("mean", *means)))
