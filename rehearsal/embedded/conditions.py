"""Policy conditions that MiniStack lacks or answers unlike AWS."""

import json
from collections.abc import Callable
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.services import s3

from rehearsal.embedded import endpoint, identity
from rehearsal.embedded.connection import auth_type, current

KMS_KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"
CUSTOMER_KEY_HEADER = "x-amz-server-side-encryption-customer-algorithm"
ARN_FIELDS = 6

_resolve = iam_evaluator._resolve_condition_key
_object_context = iam_actions._s3_object_context
_tag_context = iam_actions.request_tag_context


def apply() -> None:
    """Answer condition keys and match ARNs as AWS does."""
    iam_evaluator._resolve_condition_key = _resolve_key
    iam_actions._s3_object_context = _s3_object_context
    iam_actions.request_tag_context = _request_context
    for operator in ("arnequals", "arnlike"):
        iam_evaluator._CONDITION_OPS[operator] = arn_matches
    for operator in ("arnnotequals", "arnnotlike"):
        iam_evaluator._CONDITION_OPS[operator] = _arn_differs


def arn_matches(actual: str, pattern: str) -> bool:
    """Match an ARN field by field, so that no wildcard crosses a colon.

    The sixth field holds whatever follows it (AWS: IAM JSON policy elements,
    condition operators, Amazon Resource Name condition operators).
    """
    found = actual.split(":", ARN_FIELDS - 1)
    wanted = pattern.split(":", ARN_FIELDS - 1)
    return len(found) == len(wanted) == ARN_FIELDS and all(
        iam_evaluator.fnmatch_iam_cs(value, expected)
        for value, expected in zip(found, wanted, strict=True)
    )


def _arn_differs(actual: str, pattern: str) -> bool:
    return not arn_matches(actual, pattern)


def _resolve_key(key: str, context: Any) -> Any:
    """Replace MiniStack's resolver: our keys first, then its own."""
    service = context.action.partition(":")[0]
    known = _KEYS.get((service, key.lower())) or _KEYS.get(("*", key.lower()))
    return _resolve(key, context) if known is None else known(context)


def _principal_arn(context: Any) -> str:
    """The role of a session, with its path (AWS: AWS global condition keys)."""
    arn = str(context.principal_arn)
    return identity.role_of_session(arn) or arn


def _caller_account(context: Any) -> str:
    return str(context.principal_account)


def _secure_transport(context: Any) -> str:
    return str(current.get().tls_version is not None).lower()


def _tls_version(context: Any) -> str | None:
    return current.get().tls_version


def _source_endpoint(context: Any) -> str | None:
    return current.get().endpoint_id


def _source_network(context: Any) -> str | None:
    endpoint_id = current.get().endpoint_id
    record = endpoint.record(endpoint_id) if endpoint_id else None
    return None if record is None else str(record["VpcId"])


def _auth_type(context: Any) -> str | None:
    return auth_type.get()


def _called_via(context: Any) -> list[str] | None:
    return list(current.get().called_via) or None


def _called_via_first(context: Any) -> str | None:
    return next(iter(current.get().called_via), None)


def _called_via_last(context: Any) -> str | None:
    return next(reversed(current.get().called_via), None)


def _via_service(context: Any) -> str:
    """Whether a service calls for its caller, as S3 does when it uses a key."""
    via_s3 = "kms:viaservice" in context.service_context
    return str(via_s3 or bool(current.get().called_via)).lower()


def _bucket_owner(context: Any) -> str:
    """The account of the bucket; of a bucket that is not there, the caller's."""
    bucket = context.resource_arn.split(":")[-1].split("/", 1)[0]
    return str(s3._bucket_owner_account(bucket) or context.principal_account)


_KEYS: dict[tuple[str, str], Callable[[Any], str | list[str] | None]] = {
    ("*", "aws:calledvia"): _called_via,
    ("*", "aws:calledviafirst"): _called_via_first,
    ("*", "aws:calledvialast"): _called_via_last,
    ("*", "aws:principalarn"): _principal_arn,
    ("*", "aws:securetransport"): _secure_transport,
    ("*", "aws:viaawsservice"): _via_service,
    ("s3", "aws:sourcevpce"): _source_endpoint,
    ("s3", "aws:sourcevpc"): _source_network,
    ("s3", "aws:resourceaccount"): _bucket_owner,
    ("s3", "s3:resourceaccount"): _bucket_owner,
    ("s3", "s3:tlsversion"): _tls_version,
    ("s3", "s3:authtype"): _auth_type,
    ("kms", "kms:calleraccount"): _caller_account,
}


def _s3_object_context(
    action: str, query: dict[str, Any], path: str, headers: dict[str, str]
) -> dict[str, Any]:
    """Add the key a write names; a part is judged by its upload's request."""
    context: dict[str, Any] = _object_context(action, query, path, headers)
    if action != "s3:PutObject":
        return context
    upload = s3._multipart_uploads.get(iam_actions._query_param(query, "uploadId"))
    sent = headers
    if upload is not None:
        sent = upload["preserved_headers"] if upload.get("requested_sse") else {}
    for name in (KMS_KEY_HEADER, CUSTOMER_KEY_HEADER):
        if sent.get(name):
            context[f"s3:{name}"] = sent[name]
    return context


def _request_context(
    service: str, action: str, body: bytes, params: dict[str, Any]
) -> dict[str, Any]:
    """Add what condition keys ask of a body: a call's context, a metric's namespace."""
    context: dict[str, Any] = _tag_context(service, action, body, params)
    if action == "cloudwatch:PutMetricData":
        context["cloudwatch:namespace"] = _namespace(body)
    if service == "kms":
        for name, value in _encryption_context(body).items():
            context[f"kms:EncryptionContext:{name}"] = value
    return context


def _namespace(body: bytes) -> str:
    """Of the data that are put, as today's clients send them."""
    try:
        return str(json.loads(body)["Namespace"])
    except (KeyError, ValueError):
        return ""


def _encryption_context(body: bytes) -> dict[str, str]:
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return {}
    return dict(request.get("EncryptionContext") or {})
