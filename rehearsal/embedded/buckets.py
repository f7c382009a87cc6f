"""AWS::S3::Bucket: the properties that MiniStack ignores, and deleting it.

A template's properties become the S3 API's parameters and its XML, which MiniStack's
own put functions store, so that what is read back is what the API would have set.
"""

from collections.abc import Callable, Mapping
from typing import Any

import botocore.serialize
import botocore.session
from ministack.services import s3
from ministack.services.cloudformation import provisioners

Properties = Mapping[str, Any]
Put = Callable[[str, bytes], tuple[int, Any, Any]]

_handlers = provisioners._RESOURCE_HANDLERS
_delete = _handlers["AWS::S3::Bucket"]["delete"]
_model = botocore.session.get_session().get_service_model("s3")
_serializer = botocore.serialize.create_serializer("rest-xml")


def apply() -> None:
    """Teach MiniStack's bucket handler the rest of its properties."""
    provisioners._S3_BUCKET_CONFIGURATIONS += (
        (
            "BucketEncryption",
            _encryption,
            _checked(s3._put_bucket_encryption),
            s3._delete_bucket_encryption,
        ),
        (
            "LifecycleConfiguration",
            _lifecycle,
            _checked(s3._put_bucket_lifecycle),
            s3._delete_bucket_lifecycle,
        ),
        (
            "LoggingConfiguration",
            _logging,
            _checked(s3._put_bucket_logging),
            _stop_logging,
        ),
        (
            "OwnershipControls",
            _ownership,
            _checked(s3._put_bucket_ownership_controls),
            s3._delete_bucket_ownership_controls,
        ),
        (
            "Tags",
            _tags,
            _checked(s3._put_bucket_tagging),
            s3._delete_bucket_tagging,
        ),
    )
    _handlers["AWS::S3::Bucket"]["delete"] = _delete_empty


def _delete_empty(name: str, properties: Properties) -> None:
    """Refuse to delete a bucket that holds anything, as S3 does."""
    owned = s3._buckets.get(name)
    if owned is not None and (owned["objects"] or s3._bucket_has_versions(name)):
        raise ValueError(
            "The bucket you tried to delete is not empty. You must delete all versions "
            "in the bucket. (Service: Amazon S3; Status Code: 409; Error Code: "
            "BucketNotEmpty)"
        )
    _delete(name, properties)


def _checked(put: Put) -> Put:
    """Make a refusal of the S3 API fail the stack."""

    def apply_or_raise(name: str, body: bytes) -> tuple[int, Any, Any]:
        answer = put(name, body)
        if answer[0] >= 400:
            raise ValueError(f"{name}: {answer[2]!r}")
        return answer

    return apply_or_raise


def _xml(operation: str, **parameters: object) -> bytes:
    request = _serializer.serialize_to_request(
        {"Bucket": "any", **parameters}, _model.operation_model(operation)
    )
    body = request["body"]
    return body if isinstance(body, bytes) else str(body).encode()


def _encryption(wanted: Properties) -> bytes:
    return _xml(
        "PutBucketEncryption",
        ServerSideEncryptionConfiguration={
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": rule[
                        "ServerSideEncryptionByDefault"
                    ],
                    "BucketKeyEnabled": _is_true(rule.get("BucketKeyEnabled")),
                }
                for rule in wanted["ServerSideEncryptionConfiguration"]
            ]
        },
    )


def _lifecycle(wanted: Properties) -> bytes:
    return _xml(
        "PutBucketLifecycleConfiguration",
        LifecycleConfiguration={
            "Rules": [
                _lifecycle_rule(number, rule)
                for number, rule in enumerate(wanted["Rules"])
            ]
        },
    )


def _lifecycle_rule(number: int, rule: Properties) -> dict[str, object]:
    """Expirations and aborted uploads; a rule of another kind fails the stack."""
    known = {
        "AbortIncompleteMultipartUpload",
        "ExpirationInDays",
        "ExpiredObjectDeleteMarker",
        "Id",
        "NoncurrentVersionExpiration",
        "Prefix",
        "Status",
    }
    if unknown := rule.keys() - known:
        raise ValueError(
            f"the embedded AWS does not know the lifecycle settings {sorted(unknown)}"
        )
    api: dict[str, object] = {
        "ID": rule.get("Id", f"rule-{number}"),
        "Status": rule["Status"],
        "Filter": {"Prefix": rule.get("Prefix", "")},
    }
    if "ExpirationInDays" in rule:
        api["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    if "ExpiredObjectDeleteMarker" in rule:
        api["Expiration"] = {
            "ExpiredObjectDeleteMarker": _is_true(rule["ExpiredObjectDeleteMarker"])
        }
    for action in ("AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration"):
        if action in rule:
            api[action] = {name: int(days) for name, days in rule[action].items()}
    return api


def _logging(wanted: Properties) -> bytes:
    return _xml(
        "PutBucketLogging",
        BucketLoggingStatus={
            "LoggingEnabled": {
                "TargetBucket": wanted["DestinationBucketName"],
                "TargetPrefix": wanted.get("LogFilePrefix", ""),
                **(
                    {"TargetObjectKeyFormat": wanted["TargetObjectKeyFormat"]}
                    if "TargetObjectKeyFormat" in wanted
                    else {}
                ),
            }
        },
    )


def _stop_logging(name: str) -> None:
    s3._put_bucket_logging(name, _xml("PutBucketLogging", BucketLoggingStatus={}))


def _ownership(wanted: Properties) -> bytes:
    return _xml("PutBucketOwnershipControls", OwnershipControls=wanted)


def _tags(wanted: list[dict[str, str]]) -> bytes:
    return _xml("PutBucketTagging", Tagging={"TagSet": wanted})


def _is_true(value: object) -> bool:
    return bool(provisioners._cfn_bool(value))
