import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber

from rehearsal.engine import Location, S3Storage, StorageError

WHERE = Location("bucket", "folder/name")


@pytest.fixture
def client() -> Any:
    return boto3.client(
        "s3",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def test_listing_follows_every_page(client: Any) -> None:
    expected = {"Bucket": "bucket", "Prefix": "folder/"}
    with Stubber(client) as stub:
        stub.add_response(
            "list_objects_v2",
            {
                "Contents": [{"Key": "folder/a"}],
                "IsTruncated": True,
                "NextContinuationToken": "1",
            },
            expected,
        )
        stub.add_response(
            "list_objects_v2",
            {"Contents": [{"Key": "folder/b"}]},
            {**expected, "ContinuationToken": "1"},
        )

        keys = list(S3Storage(client).keys(Location("bucket", "folder/")))

    assert keys == ["folder/a", "folder/b"]


def test_an_object_is_read_in_pieces(client: Any) -> None:
    body = StreamingBody(io.BytesIO(b"content"), 7)
    with Stubber(client) as stub:
        stub.add_response("get_object", {"Body": body})

        with S3Storage(client).open(WHERE) as reader:
            assert [reader.read(4), reader.read(4), reader.read(4)] == [
                b"cont",
                b"ent",
                b"",
            ]


@pytest.mark.parametrize(
    ("key", "encryption"),
    [
        ("key-1", {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "key-1"}),
        (None, {}),
    ],
)
def test_an_object_is_written_with_the_key_that_is_named(
    client: Any, tmp_path: Path, key: str | None, encryption: dict[str, str]
) -> None:
    (tmp_path / "content").write_bytes(b"content")
    with Stubber(client) as stub:
        stub.add_response(
            "put_object",
            {},
            {
                "Bucket": "bucket",
                "Key": "folder/name",
                "Body": ANY,
                "ChecksumAlgorithm": ANY,
                **encryption,
            },
        )

        S3Storage(client).put(WHERE, tmp_path / "content", key)
        stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("intent", "operation", "act"),
    [
        ("list", "list_objects_v2", lambda storage, _: list(storage.keys(WHERE))),
        ("read", "get_object", lambda storage, _: storage.open(WHERE).__enter__()),
        ("write", "put_object", lambda storage, file: storage.put(WHERE, file, None)),
    ],
)
def test_a_refusal_says_what_was_refused_and_why(
    client: Any,
    tmp_path: Path,
    intent: str,
    operation: str,
    act: Callable[[S3Storage, Path], object],
) -> None:
    (tmp_path / "content").write_bytes(b"content")
    with Stubber(client) as stub:
        stub.add_client_error(operation, "AccessDenied", "no identity-based policy")

        with pytest.raises(StorageError) as raised:
            act(S3Storage(client), tmp_path / "content")

    assert str(raised.value).startswith(f"could not {intent} s3://bucket/folder/name: ")
    assert "no identity-based policy" in str(raised.value)
