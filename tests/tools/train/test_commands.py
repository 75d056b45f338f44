"""What the commands need to be there."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tools.train.labels import PERSON
from tools.train.recipe import NOBODY, SETS, STILLS
from tools.train.samples import Sample, write_samples

pytest.importorskip("torch", reason="torch is in the training environment: make test-train")

from tools.train.__main__ import drawn

ASKED = """
import json, sys
import tools.train.__main__
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_the_commands_need_nothing_that_only_a_running_edge_has() -> None:
    said = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True)
    assert "structlog" not in json.loads(said.stdout)


def test_photographs_that_show_nobody_are_drawn_more_often_but_not_fires_and_rendered_ones(tmp_path: Path) -> None:
    somebody, nobody = Sample("a.jpg", ((0.1, 0.1, 0.2, 0.4),), (PERSON,)), Sample("b.jpg")
    for name in ("coco", "firenet", "stills"):
        write_samples(tmp_path / f"{name}.jsonl", [somebody, nobody])
    samples, weights = drawn(tmp_path)
    assert [sample.picture for sample in samples] == ["a.jpg", "b.jpg"] * 3
    coco, fires = SETS["coco"], SETS["firenet"]
    assert weights == [coco, coco * NOBODY, fires, fires, STILLS, STILLS]
