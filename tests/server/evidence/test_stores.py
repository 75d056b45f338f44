"""One contract for every store of evidence: a folder, and a real S3 interface over HTTP."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.errors import Unreachable
from server.evidence.folder import FolderStore
from server.evidence.s3 import S3Store
from server.evidence.store import EvidenceStore
from tests.server.object_store import in_bucket, new_bucket, object_store

DATA = b"\xff\xd8\xff" + bytes(range(256)) * 4000
NAME = hashlib.sha256(DATA).hexdigest()

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:botocore.*", "ignore::DeprecationWarning:moto.*")


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with object_store() as address:
        yield address


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> EvidenceStore:
    if request.param == "folder":
        return FolderStore(tmp_path / "kept")
    return S3Store(new_bucket(request.getfixturevalue("s3")))


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


def test_a_bucket_that_is_not_there_is_told_at_the_start(s3: str) -> None:
    with pytest.raises(Unreachable, match="nowhere"):
        S3Store(in_bucket(s3, "nowhere"))


def test_a_store_that_has_gone_away_is_told_of_whatever_is_asked(tmp_path: Path) -> None:
    with object_store() as address:
        store = S3Store(new_bucket(address))
    for ask in (
        lambda: store.size(NAME),
        lambda: store.keep(NAME, brought(tmp_path), "image/jpeg"),
        lambda: store.read(NAME, 0, 1),
        lambda: list(store.names()),
    ):
        with pytest.raises(Unreachable, match="object store"):
            ask()
