"""An S3 interface over HTTP on this machine, and settings that keep evidence in it."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from moto.server import ThreadedMotoServer

from server.settings import EvidenceStoreSettings
from tests.server.parts import free_port

_numbers = itertools.count(1)


@contextmanager
def object_store() -> Iterator[str]:
    """Run it; yields its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def in_bucket(endpoint: str, bucket: str, **changes: int) -> EvidenceStoreSettings:
    """Settings for a bucket, whether it is there or not."""
    keys = {"s3_access_key": "a", "s3_secret_key": "b"}
    return EvidenceStoreSettings.model_validate(
        {"store": "s3", "s3_endpoint": endpoint, "s3_bucket": bucket, **keys, **changes}
    )


def new_bucket(endpoint: str, **changes: int) -> EvidenceStoreSettings:
    """Settings for a bucket that has just been made."""
    name = f"evidence-{next(_numbers)}"
    client = boto3.client(
        "s3", endpoint_url=endpoint, aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1"
    )
    client.create_bucket(Bucket=name)
    return in_bucket(endpoint, name, **changes)
