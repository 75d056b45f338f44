"""An evaluation as a whole: what was judged and how, and the figures of it; kept as JSON.

The same clips, camera files, model and runtime give the same bytes: nothing in it tells when or where it was made.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from edge.bench.events.intervals import Interval, intervals
from edge.bench.events.judging import JudgedScene
from edge.bench.events.scores import Figures, Tally, figures, tallies, total
from edge.complaints import complaint
from edge.documents import ConfigError, plain_sentence
from protocol.kinds import Kind

SCENES = TypeAdapter(Sequence[JudgedScene])


@dataclass(frozen=True)
class Row:
    """Figures of one kind, or of all together, with their intervals by name, from how many clips, and the counts."""

    figures: Figures
    intervals: Mapping[str, Interval | None]
    counted: Tally
    clips: int


@dataclass(frozen=True)
class Report:
    """What was judged, and how. `model`: name and hash; `runtime`: what ran it; `software`: our own version.

    `start`: when clips are taken to begin; `every_frame`: not only the camera's analysed rate.
    """

    software: str
    model: str
    runtime: str
    tolerance_s: float
    recall_bias: float
    start: str
    every_frame: bool
    scenes: tuple[JudgedScene, ...]

    @cached_property
    def rows(self) -> Mapping[Kind | None, Row]:
        """A row for each kind that some camera watches for, in order, and last, as None, all together."""
        watched = sorted({kind for scene in self.scenes for kind in scene.kinds}, key=list(Kind).index)
        return {kind: self._row(kind) for kind in (*watched, None)}

    def _row(self, kind: Kind | None) -> Row:
        counted = tallies(self.scenes, kind)
        whole = total(counted)
        return Row(figures(whole, self.recall_bias), intervals(counted, self.recall_bias), whole, len(counted))

    @property
    def not_asked(self) -> Mapping[Kind, int]:
        """How many events of kinds that their camera file does not switch on."""
        kinds = [one.event.kind for scene in self.scenes for one in scene.events if not one.asked]
        return {kind: kinds.count(kind) for kind in Kind if kind in kinds}

    def only(self, names: Collection[str]) -> "Report":
        """The same of some of its scenes."""
        return replace(self, scenes=tuple(scene for scene in self.scenes if scene.name in names))

    def document(self) -> dict[str, Any]:
        """For JSON. `figures` is for other programs: `read_report` works them out again."""
        return {
            "software": self.software,
            "model": self.model,
            "runtime": self.runtime,
            "tolerance_s": self.tolerance_s,
            "recall_bias": self.recall_bias,
            "start": self.start,
            "every_frame": self.every_frame,
            "figures": {kind or "all": _row_document(row) for kind, row in self.rows.items()},
            "not_asked": dict(self.not_asked),
            "scenes": SCENES.dump_python(sorted(self.scenes, key=lambda scene: scene.name), mode="json"),
        }

    def text(self) -> str:
        """The document as a file holds it."""
        return json.dumps(self.document(), indent=2, ensure_ascii=False) + "\n"


def _row_document(row: Row) -> dict[str, Any]:
    counted = row.counted
    return {
        "clips": row.clips,
        "camera_hours": round(counted.seconds / 3600, 6),
        "found": counted.found,
        "missed": counted.missed,
        "false_alerts": counted.false_alerts,
        **{
            name: {"value": None if value is None else round(value, 6), "interval_95": _ends(row.intervals[name])}
            for name, value in asdict(row.figures).items()
        },
    }


def _ends(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]


def read_report(path: Path) -> Report:
    """A report that `eval --json` wrote. Raises ConfigError."""
    try:
        return TypeAdapter(Report).validate_python(json.loads(path.read_text("utf-8")))
    except OSError as error:
        raise ConfigError(complaint("eval.report_unreadable", path=path, why=error.strerror)) from None
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        field = ".".join(map(str, detail["loc"]))
        if field.endswith((".reason", ".why")) and isinstance(detail["input"], str):
            raise ConfigError(complaint("eval.report_old", path=path, field=field)) from None
        where = field or complaint("bench.file")
        raise ConfigError(
            complaint("eval.report_unfit", path=path, field=where, problem=plain_sentence(detail))
        ) from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(complaint("eval.report_no_json", path=path, why=str(error))) from None
