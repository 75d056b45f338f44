"""The password file follows the table of nodes, whatever else stands in it and whatever went wrong before."""

from pathlib import Path

import pytest

from server.broker import mosquitto
from server.broker.gate import Gate
from server.broker.mosquitto import PasswordFile, write_password_file
from tests.server.live import eventually

FOREIGN = "Gast\xe9:hash\n".encode("latin-1")


def test_accounts_in_another_encoding_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "passwd"
    path.write_bytes(FOREIGN + b"revoked:old\n")
    assert write_password_file(path, {"gatehouse": "new"})
    assert path.read_bytes() == FOREIGN + b"gatehouse:new\n"
    assert not write_password_file(path, {"gatehouse": "new"})


def test_whatever_went_wrong_the_next_look_writes_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Troubled(Gate):
        def __init__(self) -> None:
            self.asked = 0

        def valid_hashes(self) -> dict[str, str]:
            self.asked += 1
            if self.asked == 1:
                raise ValueError("something nobody thought of")
            return {"gatehouse": "hash"}

    monkeypatch.setattr(mosquitto, "RECHECK_S", 0.01)
    keeper = PasswordFile(tmp_path / "passwd", Troubled())
    keeper.start()
    try:
        eventually((tmp_path / "passwd").exists)
    finally:
        keeper.stop()
    assert (tmp_path / "passwd").read_text("utf-8") == "gatehouse:hash\n"
