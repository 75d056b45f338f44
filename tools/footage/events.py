"""The events of a scenario with their times: as written, or, for stays and crossings, as the paths make them. Pure."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from edge.rules.geometry import inside, segments_meet
from protocol.kinds import Kind
from tools.footage.camera import Projection
from tools.footage.choreography import Choreography
from tools.footage.scenario import Event
from tools.footage.stage import Stage
from tools.footage.truth import EventTruth

SAME_S = 2.0
"""Two intrusions with less than so much between them are one."""

Span = tuple[float, float]


def events_of(stage: Stage, choreography: Choreography) -> tuple[EventTruth, ...]:
    """All events of the scenario, in the order of their times."""
    found = [truth for event in stage.scenario.events for truth in _truths(event, stage, choreography)]
    return tuple(sorted(found, key=lambda event: (event.start, event.end, str(event.kind))))


def _truths(event: Event, stage: Stage, choreography: Choreography) -> Iterator[EventTruth]:
    ids = tuple(choreography.ids[name] for name in event.of)
    if event.start is not None:
        end = event.end if event.end is not None else event.start
        yield EventTruth(kind=event.kind, zone=event.zone, start=event.start, end=end, of=ids)
        return
    feet = _feet(ids, stage, choreography)
    for start, end, of in _spans(event, stage, feet):
        yield EventTruth(kind=event.kind, zone=event.zone, start=start, end=end, of=of)


def _feet(ids: Sequence[int], stage: Stage, choreography: Choreography) -> dict[int, NDArray[np.float64]]:
    """Where each stands in each picture (frames, 2), as picture points; NaN where he is not there or not in view."""
    feet = {number: np.full((stage.scenario.frames, 2), np.nan) for number in ids}
    projection = Projection(stage.view)
    for frame, instant in enumerate(choreography.instants()):
        for thing in instant.things:
            if thing.id in feet:
                shares, depth = projection.seen([thing.position])
                if depth[0] > 0 and (shares[0] >= 0).all() and (shares[0] <= 1).all():
                    feet[thing.id][frame] = shares[0]
    return feet


def _spans(
    event: Event, stage: Stage, feet: dict[int, NDArray[np.float64]]
) -> Iterator[tuple[float, float, tuple[int, ...]]]:
    fps, zone = stage.scenario.fps, event.zone or ""
    if event.kind is Kind.LINE_CROSSING:
        for number, path in feet.items():
            yield from ((at / fps, at / fps, (number,)) for at in _crossings(path, stage, zone))
        return
    stays = {number: _stays(path, stage.zone_in_picture(zone), fps) for number, path in feet.items()}
    if event.kind is Kind.LOITERING:
        yield from ((start, end, (number,)) for number, spans in stays.items() for start, end in spans)
        return
    for start, end in _merged(sorted(span for spans in stays.values() for span in spans)):
        of = tuple(n for n, spans in stays.items() if any(a <= end and b >= start for a, b in spans))
        yield start, end, of


def _crossings(path: NDArray[np.float64], stage: Stage, line: str) -> list[int]:
    """Pictures by which a path has just crossed a line."""
    ends = stage.line_in_picture(line) if line in stage.scenario.lines else None
    if ends is None:
        return []
    return [
        frame
        for frame in range(1, len(path))
        if not np.isnan(path[frame - 1 : frame + 1]).any()
        and segments_meet(tuple(path[frame - 1]), tuple(path[frame]), *ends)
        # A path that touches the line in two pictures crosses once.
        and not segments_meet(tuple(path[frame - 1]), tuple(path[frame - 1]), *ends)
    ]


def _stays(path: NDArray[np.float64], polygon: Sequence[tuple[float, float]], fps: int) -> list[Span]:
    within = inside(np.nan_to_num(path, nan=-9.0).astype(np.float32), polygon)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], within, [False]]).astype(int)))
    spans = [(float(a / fps), float(b / fps)) for a, b in edges.reshape(-1, 2)]
    return _merged(spans)


def _merged(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in spans:
        if merged and start - merged[-1][1] < SAME_S:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
