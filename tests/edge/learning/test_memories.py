from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from edge.documents import ConfigError
from edge.learning.memories import load, memory_file, save

COUNTS = {"places": np.arange(6.0).reshape(2, 3)}


def test_what_was_learnt_is_there_after_a_restart(tmp_path: Path) -> None:
    path = memory_file(tmp_path / "learnt", "yard", "Unusual in the yard")
    save(path, "yard", "unusual", COUNTS)
    kept = load(path, "yard", "unusual")
    assert kept is not None
    assert kept["places"].tolist() == COUNTS["places"].tolist()


def test_rules_of_any_names_have_files_of_their_own(tmp_path: Path) -> None:
    names = ("走廊", "大厅", "hall", "Hall", "hall!", "rule")
    files = {memory_file(tmp_path, "yard", name) for name in names}
    assert len(files) == len(names)
    assert all(file.name.isascii() for file in files)
    assert memory_file(tmp_path, "yard", "hall").name == "yard.hall.npz"


def test_a_camera_that_learnt_nothing_begins_with_nothing(tmp_path: Path) -> None:
    assert load(tmp_path / "yard.npz", "yard", "unusual") is None


def test_what_another_camera_learnt_is_refused(tmp_path: Path) -> None:
    save(tmp_path / "yard.npz", "gate", "unusual", COUNTS)
    with pytest.raises(ConfigError, match="was learnt by camera «gate», not by «yard»; remove it or put it back"):
        load(tmp_path / "yard.npz", "yard", "unusual")


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_a_broken_file_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "yard.npz").write_bytes(content)
    with pytest.raises(ConfigError, match=r"cannot be read .*; remove it, and the camera learns anew"):
        load(tmp_path / "yard.npz", "yard", "unusual")


def test_a_file_that_is_damaged_anywhere_is_one_sentence(tmp_path: Path) -> None:
    save(tmp_path / "yard.npz", "yard", "unusual", {"places": np.arange(400.0)})
    whole = (tmp_path / "yard.npz").read_bytes()
    for place in range(0, len(whole), 7):
        (tmp_path / "yard.npz").write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        with suppress(ConfigError):
            load(tmp_path / "yard.npz", "yard", "unusual")
