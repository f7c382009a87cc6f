"""Where a job's objects come from and go to: S3, or anything that behaves like it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, Self

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError

_SCHEME: Final = "s3://"


@dataclass(frozen=True, slots=True)
class Location:
    """One object, or one prefix, of a bucket."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read `s3://bucket/key`.

        Raises:
            ValueError: The URL has another scheme; SageMaker also takes `https`, which
                the engine does not.
        """
        if not url.startswith(_SCHEME):
            raise ValueError(f"the rehearsal reads s3:// URLs only, got {url!r}")
        bucket, _, key = url.removeprefix(_SCHEME).partition("/")
        return cls(bucket, key)

    def __str__(self) -> str:
        """The `s3://` URL."""
        return f"{_SCHEME}{self.bucket}/{self.key}"


class StorageError(Exception):
    """A storage refused or failed a request; the text says which and why."""


class Reader(Protocol):
    """An object's bytes, read from the start."""

    def read(self, amount: int, /) -> bytes:
        """Return at most `amount` bytes, none at the end of the object."""


class Storage(Protocol):
    """What the engine asks of a place that keeps objects.

    Every method raises `StorageError` when the place refuses.
    """

    def keys(self, prefix: Location) -> Iterator[str]:
        """Yield every key that starts with the prefix, in key order."""

    @contextmanager
    def open(self, location: Location) -> Iterator[Reader]:
        """Open an object for reading."""
        ...

    def put(self, location: Location, content: Path, kms_key_id: str | None) -> None:
        """Store a file's content, encrypted with the key if one is named."""


class S3Storage:
    """S3 as one role sees it from one place in the network.

    Args:
        client: A boto3 S3 client; its credentials and endpoint decide what is refused.
    """

    # A job's objects are already moved in parallel; a second pool inside each transfer
    # would only add threads.
    _TRANSFER: Final = TransferConfig(use_threads=False)

    def __init__(self, client: Any) -> None:
        self._client = client

    def keys(self, prefix: Location) -> Iterator[str]:
        """Yield every key that starts with the prefix, in key order."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=prefix.bucket, Prefix=prefix.key
        )
        with _refusals(f"list {prefix}"):
            for page in pages:
                for entry in page.get("Contents", ()):
                    yield entry["Key"]

    @contextmanager
    def open(self, location: Location) -> Iterator[Reader]:
        """Open an object for reading."""
        with _refusals(f"read {location}"):
            body = self._client.get_object(Bucket=location.bucket, Key=location.key)[
                "Body"
            ]
        with body:
            yield _S3Reader(body, location)

    def put(self, location: Location, content: Path, kms_key_id: str | None) -> None:
        """Store a file's content, in parts when it is large."""
        encryption = (
            {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key_id}
            if kms_key_id
            else {}
        )
        with _refusals(f"write {location}"), content.open("rb") as file:
            self._client.upload_fileobj(
                file,
                location.bucket,
                location.key,
                ExtraArgs=encryption,
                Config=self._TRANSFER,
            )


@dataclass(frozen=True, slots=True)
class _S3Reader:
    body: Any
    location: Location

    def read(self, amount: int, /) -> bytes:
        with _refusals(f"read {self.location}"):
            content: bytes = self.body.read(amount)
            return content


@contextmanager
def _refusals(intent: str) -> Iterator[None]:
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise StorageError(f"could not {intent}: {error}") from error
