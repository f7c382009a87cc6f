"""S3 uses the keys of its objects for the caller.

Which call needs which permission: AWS: Using server-side encryption with AWS KMS
keys, and Uploading and copying objects using multipart upload. The encryption
context is the object's ARN, or the bucket's when the bucket uses bucket keys.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

from ministack.core import responses
from ministack.services import kms, s3

from rehearsal.embedded import key_uses
from rehearsal.embedded.conditions import KMS_KEY_HEADER
from rehearsal.embedded.key_uses import KeyUse, Refusal

ALGORITHM_HEADER = "x-amz-server-side-encryption"
AWS_MANAGED_KEY = "alias/aws/s3"
SUBRESOURCES = frozenset(
    {"acl", "annotation", "attributes", "legal-hold", "restore", "retention", "tagging"}
)

Query = Mapping[str, Any]
Response = tuple[int, dict[str, str], bytes]

_dispatch = s3._dispatch


def apply() -> None:
    """Ask KMS before S3 reads or writes an object."""
    s3._dispatch = _dispatch_with_keys


def _dispatch_with_keys(
    method: str,
    bucket: str,
    key: str,
    headers: dict[str, str],
    body: bytes,
    query: dict[str, Any],
) -> Response:
    if bucket in s3._buckets and key and not SUBRESOURCES & query.keys():
        headers = _with_key(headers)
        for use in _uses(method, bucket, key, headers, query):
            refused = key_uses.refusal(use, headers, query)
            if refused is not None:
                return _error(refused)
    answer: Response = _dispatch(method, bucket, key, headers, body, query)
    return answer


def _with_key(headers: dict[str, str]) -> dict[str, str]:
    """Name the key as S3 stores it: its ARN; without an id, the AWS-managed one."""
    if headers.get(ALGORITHM_HEADER) != "aws:kms":
        return headers
    named = headers.get(KMS_KEY_HEADER)
    record = kms._resolve_key(named) if named else None
    if record is not None:
        return {**headers, KMS_KEY_HEADER: record["Arn"]}
    return {**headers, KMS_KEY_HEADER: named or _aws_managed_key()}


def _aws_managed_key() -> str:
    return (
        f"arn:aws:kms:{responses.get_region()}:{responses.get_account_id()}"
        f":{AWS_MANAGED_KEY}"
    )


def _uses(
    method: str, bucket: str, key: str, headers: Mapping[str, str], query: Query
) -> list[KeyUse]:
    """The uses of keys that a request makes; most requests make none."""
    reads_checksum = headers.get("x-amz-checksum-mode", "").upper() == "ENABLED"
    if method == "GET" or (method == "HEAD" and reads_checksum):
        if "uploadId" in query:
            return []
        return [_read(bucket, key, _one(query, "versionId"))]
    if method not in ("PUT", "POST"):
        return []
    if "uploadId" in query:
        upload = s3._multipart_uploads.get(_one(query, "uploadId"))
        write = _use("Decrypt", _stored_key(upload), bucket, key)
    else:
        write = _use("GenerateDataKey", _key_of_write(bucket, headers), bucket, key)
    return [write, *_reads_of_copy(headers)]


def _reads_of_copy(headers: Mapping[str, str]) -> list[KeyUse]:
    source, _, version = headers.get("x-amz-copy-source", "").partition("?")
    bucket, _, key = unquote(source).lstrip("/").partition("/")
    version_id = parse_qs(version).get("versionId", [""])[0]
    return [_read(bucket, key, version_id)] if key else []


def _read(bucket: str, key: str, version_id: str) -> KeyUse:
    stored = _stored_key(_object(bucket, key, version_id))
    return _use("Decrypt", stored, bucket, key)


def _use(action: str, key_id: str, bucket: str, key: str) -> KeyUse:
    configured = s3._bucket_encryption.get(bucket) or ""
    of_the_bucket = "<BucketKeyEnabled>true</BucketKeyEnabled>" in configured
    arn = f"arn:aws:s3:::{bucket}" if of_the_bucket else f"arn:aws:s3:::{bucket}/{key}"
    return KeyUse(
        service="s3", action=action, key_id=key_id, context={"aws:s3:arn": arn}
    )


def _one(query: Query, name: str) -> str:
    value = query.get(name, "")
    return str(value[0] if isinstance(value, list) else value)


def _object(bucket: str, key: str, version_id: str) -> Mapping[str, Any] | None:
    """The record of an object, or of one of its versions."""
    versions: list[Mapping[str, Any]] = s3._object_versions.get((bucket, key), [])
    for version in versions:
        if version["version_id"] == version_id:
            return version
    owned = s3._buckets.get(bucket)
    return None if owned is None else owned["objects"].get(key)


def _stored_key(record: Mapping[str, Any] | None) -> str:
    headers = s3._stored_sse_headers(record) if record is not None else {}
    return str(headers.get(KMS_KEY_HEADER, ""))


def _key_of_write(bucket: str, headers: Mapping[str, str]) -> str:
    """The key that a write asks for, else the bucket's default key."""
    if headers.get(ALGORITHM_HEADER):
        return headers.get(KMS_KEY_HEADER, "")
    return str(s3._bucket_default_sse_headers(bucket).get(KMS_KEY_HEADER, ""))


def _error(refused: Refusal) -> Response:
    if refused.code == "AccessDeniedException":
        answer: Response = s3._error("AccessDenied", refused.message, 403)
    else:
        answer = s3._error(f"KMS.{refused.code}", refused.message, 400)
    return answer
