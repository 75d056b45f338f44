"""One contract for every store of evidence: a folder, and a real S3 interface over HTTP."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from server.errors import Unreachable
from server.evidence.folder import FolderStore
from server.evidence.s3 import S3Store
from server.evidence.store import EvidenceStore
from server.settings import EvidenceStoreSettings
from tests.server.parts import free_port

DATA = b"\xff\xd8\xff" + bytes(range(256)) * 4000
NAME = hashlib.sha256(DATA).hexdigest()

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:botocore.*", "ignore::DeprecationWarning:moto.*")


@pytest.fixture(scope="module")
def object_store() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def s3_settings(endpoint: str, bucket: str) -> EvidenceStoreSettings:
    return EvidenceStoreSettings.model_validate(
        {"store": "s3", "s3_endpoint": endpoint, "s3_bucket": bucket, "s3_access_key": "a", "s3_secret_key": "b"}
    )


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> EvidenceStore:
    if request.param == "folder":
        return FolderStore(tmp_path / "kept")
    endpoint = request.getfixturevalue("object_store")
    client = boto3.client(
        "s3", endpoint_url=endpoint, aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1"
    )
    client.create_bucket(Bucket=f"b{tmp_path.name.lower().replace('_', '-')[:50]}")
    return S3Store(s3_settings(endpoint, f"b{tmp_path.name.lower().replace('_', '-')[:50]}"))


def brought(tmp_path: Path) -> Path:
    path = tmp_path / "unfinished"
    path.write_bytes(DATA)
    return path


def test_what_is_kept_is_read_back_whole_and_in_parts(store: EvidenceStore, tmp_path: Path) -> None:
    path = brought(tmp_path)
    store.keep(NAME, path, "image/jpeg")
    assert not path.exists()
    assert store.size(NAME) == len(DATA)
    assert b"".join(store.read(NAME, 0, len(DATA))) == DATA
    assert b"".join(store.read(NAME, 1000, 300_000)) == DATA[1000:301_000]
    assert list(store.names()) == [NAME]


def test_keeping_again_changes_nothing(store: EvidenceStore, tmp_path: Path) -> None:
    for _ in range(2):
        store.keep(NAME, brought(tmp_path), "image/jpeg")
    assert list(store.names()) == [NAME]


def test_what_is_not_here_is_said_so(store: EvidenceStore) -> None:
    assert store.size(NAME) is None
    with pytest.raises(KeyError):
        store.read(NAME, 0, 1)
    assert list(store.names()) == []


def test_a_bucket_that_does_not_answer_is_told_at_the_start(object_store: str) -> None:
    with pytest.raises(Unreachable, match="nowhere"):
        S3Store(s3_settings(object_store, "nowhere"))
