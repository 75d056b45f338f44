"""`shouwang-server run` as people start it: a mistake ends it with one sentence and an exit code by cause."""

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from server.console import assets
from server.db.engine import Database
from server.errors import ConfigurationError, Unreachable
from server.serving import serve
from tests.server.live import browser
from tests.server.parts import free_port, settings_in
from tests.system.processes import BIN, Running, server, until_ready


def said_by(folder: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """Exit status and all the words of the command, which must end by itself."""
    own = {
        "SHOUWANG_DATA_DIR": str(folder / "data"),
        "SHOUWANG_HTTP__PORT": str(free_port()),
        "SHOUWANG_MQTT__PORT": str(free_port()),
    }
    command = [str(BIN / "shouwang-server"), "run", *arguments]
    with Running(command, folder / "log", own | environment) as running:
        return running.ended(within_s=60), running.said


def assert_one_sentence(words: str, *parts: str) -> None:
    lines = words.strip().splitlines()
    assert len(lines) == 1, words
    assert lines[0].startswith("shouwang-server: ")
    for part in parts:
        assert part in lines[0]


@pytest.mark.parametrize(
    ("field", "value", "remedy"),
    [
        ("http.port", "http", "integer"),
        ("mqtt.port", "70000", "65535"),
        ("session_hours", "-1", "greater than 0"),
        ("mqtt.broker", "mosquitto", "'embedded' or 'external'"),
        ("evidence.colour", "red", "no field here"),
        ("public_url", "shouwang.example.com", "expected an address like https://shouwang.example.com"),
        ("database_url", "nosuch://x", "postgresql://USER:PASSWORD@HOST/NAME"),
        ("database_url", "not an address", "postgresql://USER:PASSWORD@HOST/NAME"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, field: str, value: str, remedy: str) -> None:
    variable = f"SHOUWANG_{field.upper().replace('.', '__')}"
    status, words = said_by(tmp_path, **{variable: value})
    assert_one_sentence(words, field, remedy)
    assert status == ConfigurationError.exit_code


@pytest.mark.parametrize(
    ("text", "part"),
    [("session_hours: x", "session_hours"), ("http: [", "YAML"), ("colour: red", "colour"), (None, "--config")],
)
def test_a_wrong_file_of_settings_is_named(tmp_path: Path, text: str | None, part: str) -> None:
    path = tmp_path / "server.yaml"
    if text is not None:
        path.write_text(text)
    status, words = said_by(tmp_path, "--config", str(path))
    assert_one_sentence(words, str(path), part)
    assert status == ConfigurationError.exit_code


def test_an_external_broker_needs_an_account(tmp_path: Path) -> None:
    status, words = said_by(tmp_path, SHOUWANG_MQTT__BROKER="external")
    assert_one_sentence(words, "mqtt.username and mqtt.password")
    assert status == ConfigurationError.exit_code


def test_a_certificate_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("no key")
    for path in (tmp_path / "absent.pem", tmp_path / "key.pem"):
        status, words = said_by(
            tmp_path,
            SHOUWANG_MQTT__TLS="true",
            SHOUWANG_MQTT__CERTIFICATE=str(path),
            SHOUWANG_MQTT__PRIVATE_KEY=str(tmp_path / "key.pem"),
        )
        assert_one_sentence(words, "mqtt.certificate", str(path))
        assert status == ConfigurationError.exit_code
        (tmp_path / "log").unlink()


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    status, words = said_by(tmp_path, SHOUWANG_DATA_DIR=str(tmp_path / "file"))
    assert_one_sentence(words, "data_dir", str(tmp_path / "file"), "may write to")
    assert status == ConfigurationError.exit_code


def test_a_folder_for_evidence_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    status, words = said_by(tmp_path, SHOUWANG_EVIDENCE__FOLDER="/proc/evidence")
    assert_one_sentence(words, "evidence.folder", "/proc/evidence", "may write to")
    assert status == ConfigurationError.exit_code


def test_a_database_that_is_away_is_named_without_its_password(tmp_path: Path) -> None:
    port = free_port()
    status, words = said_by(tmp_path, SHOUWANG_DATABASE_URL=f"postgresql://shouwang:secret@127.0.0.1:{port}/shouwang")
    assert_one_sentence(words, f"127.0.0.1:{port}/shouwang", "refused", "check database_url")
    assert "secret" not in words
    assert status == Unreachable.exit_code


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "shouwang.db").write_text("not a database" * 1000)
    status, words = said_by(tmp_path)
    assert_one_sentence(words, "shouwang.db", "not a database")
    assert status == Unreachable.exit_code


def test_tables_of_a_newer_version_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with sqlite3.connect(tmp_path / "data" / "shouwang.db") as db:
        db.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        db.execute("INSERT INTO alembic_version VALUES ('9999')")
    db.close()
    status, words = said_by(tmp_path)
    assert_one_sentence(words, "9999", "update this server")
    assert status == ConfigurationError.exit_code


def test_a_mistake_is_told_in_chinese_to_who_asks_for_it(tmp_path: Path) -> None:
    status, words = said_by(tmp_path, "--config", "nope.yaml", SHOUWANG_LANGUAGE="zh")
    assert_one_sentence(words, "nope.yaml：不存在；请用 --config 指定现有的文件")
    assert status == ConfigurationError.exit_code


def test_a_console_that_was_not_built_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "DIST", tmp_path)
    assets._manifest.cache_clear()
    with pytest.raises(ConfigurationError) as refused:
        serve(settings_in(tmp_path))
    assert "make frontend" in str(refused.value)
    assert not (tmp_path / "shouwang.sqlite").exists()


@pytest.mark.parametrize("part", ["http", "mqtt"])
def test_a_port_in_use_is_named(tmp_path: Path, part: str) -> None:
    with taken_port() as port:
        status, words = said_by(tmp_path, **{f"SHOUWANG_{part.upper()}__PORT": str(port)})
    assert_one_sentence(words, f"{part}: cannot listen on 127.0.0.1:{port}", f"choose another {part}.port")
    assert status == Unreachable.exit_code


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_told_to_end_it_ends_the_event_streams_and_says_nothing(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "data")
    with server(settings, tmp_path / "log") as running:
        until_ready(settings)
        before = running.said
        with (
            browser(Database(settings.database), settings) as staff,
            staff.stream("GET", "/events") as stream,
        ):
            lines = stream.iter_lines()
            assert next(lines).startswith("retry")
            assert running.stop() == 0
            assert [line for line in lines if "bye" in line] == []
        assert running.said == before
