"""S3 uses KMS keys for the caller: key state, key policy and IAM decide.

Which call needs which permission: AWS: Using server-side encryption with AWS KMS
keys, and Uploading and copying objects using multipart upload. The encryption
context is the object's ARN, or the bucket's when the bucket uses bucket keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

from ministack.core import iam_evaluator, responses, router
from ministack.services import kms, s3

from rehearsal.embedded import identity
from rehearsal.embedded.conditions import KMS_KEY_HEADER

ALGORITHM_HEADER = "x-amz-server-side-encryption"
AWS_MANAGED_KEY = "alias/aws/s3"
SUBRESOURCES = frozenset(
    {"acl", "annotation", "attributes", "legal-hold", "restore", "retention", "tagging"}
)
KEY_STATE_ERRORS = {
    "Disabled": ("KMS.DisabledException", "is disabled."),
    "PendingDeletion": ("KMS.KMSInvalidStateException", "is pending deletion."),
    "PendingImport": ("KMS.KMSInvalidStateException", "is pending import."),
}

Query = Mapping[str, Any]
Response = tuple[int, dict[str, str], bytes]

_dispatch = s3._dispatch


def apply() -> None:
    """Ask KMS before S3 reads or writes an object."""
    s3._dispatch = _dispatch_with_keys


@dataclass(frozen=True, kw_only=True)
class Use:
    """One use of a key that a request makes; without a key there is none."""

    action: str
    key_id: str
    bucket: str
    key: str

    @property
    def context(self) -> str:
        """What the encryption context names: `aws:s3:arn`."""
        configured = s3._bucket_encryption.get(self.bucket) or ""
        if "<BucketKeyEnabled>true</BucketKeyEnabled>" in configured:
            return f"arn:aws:s3:::{self.bucket}"
        return f"arn:aws:s3:::{self.bucket}/{self.key}"


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
            refused = _refusal(use, headers, query)
            if refused is not None:
                return refused
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
) -> list[Use]:
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
        write = Use(
            action="Decrypt", key_id=_stored_key(upload), bucket=bucket, key=key
        )
    else:
        write = Use(
            action="GenerateDataKey",
            key_id=_key_of_write(bucket, headers),
            bucket=bucket,
            key=key,
        )
    return [write, *_reads_of_copy(headers)]


def _reads_of_copy(headers: Mapping[str, str]) -> list[Use]:
    source, _, version = headers.get("x-amz-copy-source", "").partition("?")
    bucket, _, key = unquote(source).lstrip("/").partition("/")
    version_id = parse_qs(version).get("versionId", [""])[0]
    return [_read(bucket, key, version_id)] if key else []


def _read(bucket: str, key: str, version_id: str) -> Use:
    stored = _stored_key(_object(bucket, key, version_id))
    return Use(action="Decrypt", key_id=stored, bucket=bucket, key=key)


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


def _refusal(use: Use, headers: Mapping[str, str], query: Query) -> Response | None:
    """Why the caller cannot use the key through S3, as S3 answers it."""
    if not use.key_id or use.key_id.endswith(f":{AWS_MANAGED_KEY}"):
        return None
    record = kms._resolve_key(use.key_id)
    if record is None:
        return _error("KMS.NotFoundException", f"Invalid keyId '{use.key_id}'", 400)
    denied = _denied(use, record["Arn"], headers, query)
    if denied is not None:
        return _error("AccessDenied", denied, 403)
    if record["KeyState"] in KEY_STATE_ERRORS:
        code, words = KEY_STATE_ERRORS[record["KeyState"]]
        return _error(code, f"{record['Arn']} {words}", 400)
    return None


def _denied(
    use: Use, key_arn: str, headers: Mapping[str, str], query: Query
) -> str | None:
    access_key = router.extract_access_key_id(headers, query)
    if not access_key:
        # S3 has answered anonymous callers before; what comes here without a key
        # is MiniStack's own work.
        return None
    region = responses.get_region()
    verdict = iam_evaluator.enforce(
        access_key,
        f"kms:{use.action}",
        "kms",
        region,
        resource_arn=key_arn,
        service_context={
            "kms:ViaService": f"s3.{region}.amazonaws.com",
            "kms:EncryptionContext:aws:s3:arn": use.context,
            "kms:EncryptionContextKeys": ["aws:s3:arn"],
        },
    )
    if verdict is None:
        return None
    return identity.message(verdict, f"kms:{use.action}", key_arn)


def _error(code: str, message: str, status: int) -> Response:
    answer: Response = s3._error(code, message, status)
    return answer
