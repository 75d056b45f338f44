"""A node's own uploader at a server in trouble: each piece arrives whole once the trouble is over."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError
from sqlalchemy import select

from server.db.tables import StoredEvidence
from server.evidence.s3 import S3Store
from tests.server.live import Live, eventually, running
from tests.server.object_store import new_bucket, object_store
from tests.server.parts import settings_in
from tests.system.sender import Sender, snapshot
from tests.system.test_killed import prepared

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:botocore.*", "ignore::DeprecationWarning:moto.*")


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    with object_store() as endpoint:
        settings = settings_in(tmp_path / "server", evidence=new_bucket(endpoint, least_free_bytes=0))
        prepared(settings, tmp_path).close()
        with running(settings) as server:
            yield server


def sends_one(live: Live, sender: Sender) -> str:
    """Begins an alert with a picture; returns the picture's name once the server has the alert itself."""
    at = datetime.now(UTC)
    sender.sends(1, at)
    eventually(lambda: sender.outbox.health().waiting_alerts == 0)
    return snapshot(1, at).about.sha256


def arrived(live: Live) -> list[str]:
    with live.context.database.reading() as db:
        return list(db.scalars(select(StoredEvidence.sha256)))


def test_a_full_disk_holds_the_picture_up_and_not_the_alert(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live.context.uploads, "_least_free_bytes", 2**60)
    with Sender(tmp_path) as sender:
        name = sends_one(live, sender)
        eventually(lambda: refused(live, "error.no_space") > 0)
        assert not sender.empty
        assert arrived(live) == []
        monkeypatch.undo()
        eventually(lambda: sender.empty, within_s=30)
    assert arrived(live) == [name]


def test_an_object_store_that_is_away_holds_the_picture_up(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(live.context.evidence, S3Store)
    tried: list[str] = []

    def away(path: str, *_: object, **__: object) -> None:
        tried.append(path)
        raise EndpointConnectionError(endpoint_url="http://store")

    monkeypatch.setattr(live.context.evidence._client, "upload_file", away)
    with Sender(tmp_path) as sender:
        name = sends_one(live, sender)
        eventually(lambda: len(tried) >= 2)
        assert not sender.empty
        monkeypatch.undo()
        eventually(lambda: sender.empty, within_s=30)
    assert arrived(live) == [name]
    assert live.context.evidence.size(name)


def test_what_a_power_cut_has_spoilt_is_sent_again_from_the_start(live: Live, tmp_path: Path) -> None:
    with Sender(tmp_path) as sender:
        node = sender.credentials.node
        at = datetime.now(UTC)
        picture = snapshot(1, at)
        unfinished = live.settings.evidence_folder / "unfinished" / f"{node}.{picture.about.sha256}"
        unfinished.write_bytes(bytes(100))
        sender.sends(1, at)
        eventually(lambda: sender.empty, within_s=30)
    assert arrived(live) == [picture.about.sha256]
    assert refused(live, "error.media_type") == 1


def refused(live: Live, reason: str) -> float:
    """How often evidence was refused for this."""
    value = live.context.metrics.registry.get_sample_value("shouwang_evidence_refused_total", {"reason": reason})
    return value or 0.0
