"""Evidence in an S3-compatible object store."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from server.errors import ConfigurationError, Unreachable
from server.settings import EvidenceStoreSettings

PIECE_BYTES = 256 * 1024
PREFIX = "evidence/"


class S3Store:
    """Objects under evidence/, named by their SHA-256. The bucket must exist."""

    def __init__(self, settings: EvidenceStoreSettings) -> None:
        """Raises ConfigurationError if boto3 is not installed, Unreachable if the bucket does not answer."""
        try:
            import boto3  # noqa: PLC0415 - an extra, needed by this store only
            from botocore.config import Config  # noqa: PLC0415
            from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
        except ImportError:
            raise ConfigurationError("start.no_boto3") from None
        self._errors: tuple[type[Exception], ...] = (BotoCoreError, ClientError)
        self._bucket = settings.s3_bucket
        access, secret = settings.s3_access_key, settings.s3_secret_key
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=settings.s3_endpoint,
            region_name=settings.s3_region,
            aws_access_key_id=access.get_secret_value() if access else None,
            aws_secret_access_key=secret.get_secret_value() if secret else None,
            config=Config(connect_timeout=5, read_timeout=30, retries={"max_attempts": 3}),
        )
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except self._errors as error:
            raise Unreachable("start.bucket", bucket=self._bucket or "", why=str(error)) from None

    def size(self, sha256: str) -> int | None:
        """Bytes of a piece, None if it is not here. Raises Unreachable."""
        try:
            with self._answering():
                head = self._client.head_object(Bucket=self._bucket, Key=PREFIX + sha256)
        except KeyError:
            return None
        return int(head["ContentLength"])

    def keep(self, sha256: str, path: Path, media_type: str) -> None:
        """Upload a file and remove it here. Raises Unreachable."""
        try:
            self._client.upload_file(str(path), self._bucket, PREFIX + sha256, ExtraArgs={"ContentType": media_type})
        except Exception as error:  # boto3's transfer wraps errors in classes of its own
            raise Unreachable("store.silent", why=str(error)) from None
        path.unlink()

    def read(self, sha256: str, start: int, length: int) -> Iterator[bytes]:
        """The bytes from `start`. Raises KeyError if the piece is not here, and Unreachable."""
        wanted = f"bytes={start}-{start + length - 1}"
        with self._answering():
            answer = self._client.get_object(Bucket=self._bucket, Key=PREFIX + sha256, Range=wanted)
        return iter(answer["Body"].iter_chunks(PIECE_BYTES))

    def names(self) -> Iterator[str]:
        """The SHA-256 of everything here. Raises Unreachable."""
        with self._answering():
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=PREFIX):
                for item in page.get("Contents", []):
                    yield item["Key"].removeprefix(PREFIX)

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """What the store says in our words. Raises KeyError for an object that is not here, and Unreachable."""
        try:
            yield
        except self._errors as error:
            if _is_missing(error):
                raise KeyError from None
            raise Unreachable("store.silent", why=str(error)) from None


def _is_missing(error: Exception) -> bool:
    response: dict[str, Any] = getattr(error, "response", {})
    return response.get("Error", {}).get("Code") in ("404", "NoSuchKey", "NotFound")
