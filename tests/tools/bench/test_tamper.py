from pathlib import Path

import numpy as np
import pytest

from tools.bench import tamper
from tools.bench.mischief import MISCHIEF, TWINS
from tools.bench.tamper import Said


def test_every_alert_from_a_twin_is_false_not_every_clip_with_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    (clips / "yard.mp4").touch()

    def played(_found: object, effect: object, *_: object) -> list[Said]:
        cause = next((cause for made, cause in MISCHIEF.values() if made is effect), None)
        if cause is not None:
            return [Said(13.0, cause)]
        return [Said(14.0, "dark"), Said(20.0, "dark")] if effect is TWINS["dimmed"] else []

    for name, value in {
        "CLIPS": clips,
        "ROOT": tmp_path,
        "pictures": lambda _: [np.zeros((4, 6, 3), np.uint8)],
        "played": played,
    }.items():
        monkeypatch.setattr(tamper, name, value)
    values = {figure.name: figure.value for figure in tamper.bench().figures}
    assert values["false alerts from headlights, night, rain and other twins"] == 2
    assert values["F1 of made-up tampering"] == pytest.approx(2 * len(MISCHIEF) / (2 * len(MISCHIEF) + 2))
