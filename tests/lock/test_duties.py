"""Each duty can do its duty and none of the others', all policies together."""

from dataclasses import dataclass

import pytest
from ministack.core import iam_evaluator

from private_transform.lock import BucketKind
from review.site import Site
from tests.lock.concrete import Case, by_evaluator, by_identity_policy, key_of
from tests.lock.sites import (
    ACCOUNT,
    CORE,
    KINDS,
    LOCKED,
    LOGS_BUCKET,
    REGION,
    ROLES,
    documents_of,
    duties_of,
)

OUTSIDE = {
    "uploaders": f"{ROLES}/Uploader",
    "readers": f"{ROLES}/Reader",
    "break_glass": f"{ROLES}/BreakGlass",
    "key_administrators": f"{ROLES}/KeyAdministrator",
}
INSIDE = {
    "uploaders": f"{ROLES}/InsideUploader",
    "readers": f"{ROLES}/InsideReader",
}
THROUGH_THE_KEY = {"s3:GetObject": "kms:Decrypt", "s3:PutObject": "kms:GenerateDataKey"}


@pytest.fixture(autouse=True)
def _only_the_keys_of_the_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iam_evaluator, "_resolve_condition_key", key_of)


@dataclass(frozen=True, slots=True)
class Deed:
    action: str
    kind: BucketKind

    @property
    def is_about_objects(self) -> bool:
        return "List" not in self.action


PUT_INPUTS, PUT_MODELS, PUT_OUTPUTS = (
    Deed("s3:PutObject", kind) for kind in ("inputs", "models", "outputs")
)
GET = {Deed("s3:GetObject", kind) for kind in KINDS}
LIST = {Deed("s3:ListBucket", kind) for kind in KINDS}
DELETE = {Deed("s3:DeleteObject", kind) for kind in KINDS}
OUTPUTS = {Deed("s3:GetObject", "outputs"), Deed("s3:ListBucket", "outputs")}
UPLOADS = {
    PUT_INPUTS,
    PUT_MODELS,
    Deed("s3:ListBucket", "inputs"),
    Deed("s3:ListBucket", "models"),
    Deed("s3:AbortMultipartUpload", "inputs"),
}
DUTIES = {
    "uploaders": UPLOADS,
    "readers": OUTPUTS,
    "break_glass": GET | LIST,
    "key_administrators": set[Deed](),
}
DEEDS = UPLOADS | OUTPUTS | GET | LIST | DELETE | {PUT_OUTPUTS}


def _succeeds(
    site: Site, duty: str, role: str, deed: Deed, endpoint_id: str | None = None
) -> bool:
    documents, own = documents_of(site), duties_of(site)[duty]
    bucket = site.bucket(deed.kind)
    keys = {
        "aws:PrincipalArn": role,
        "aws:PrincipalAccount": ACCOUNT,
        "aws:ResourceAccount": ACCOUNT,
        "aws:SecureTransport": "true",
        "s3:TlsVersion": "1.3",
        "s3:authType": "REST-HEADER",
        **({"aws:SourceVpce": endpoint_id} if endpoint_id else {}),
    }
    resource = f"{bucket}/a" if deed.is_about_objects else bucket
    case = Case(action=deed.action, resource=resource, keys=keys)
    decrypts = THROUGH_THE_KEY.get(deed.action)
    return (
        by_identity_policy(own, case) == "Allow"
        and by_evaluator(documents[deed.kind], case) != "Deny"
        and (
            endpoint_id != site.endpoint_ids[0]
            or by_evaluator(documents["endpoint"], case) == "Allow"
        )
        and (decrypts is None or _uses_key(site, duty, role, decrypts, bucket))
    )


def _uses_key(
    site: Site, duty: str, role: str, action: str, bucket: str | None = None
) -> bool:
    through_s3 = {
        "kms:ViaService": f"s3.{REGION}.amazonaws.com",
        "kms:EncryptionContext:aws:s3:arn": bucket,
    }
    keys = {
        "aws:PrincipalArn": role,
        "aws:PrincipalAccount": ACCOUNT,
        "kms:CallerAccount": ACCOUNT,
        **(through_s3 if bucket else {}),
    }
    case = Case(action=action, resource=site.key_arn, keys=keys)
    return (
        by_identity_policy(duties_of(site)[duty], case) == "Allow"
        and by_evaluator(documents_of(site)["key"], case) == "Allow"
    )


@pytest.mark.parametrize("site", [CORE, LOCKED], ids=["core", "locked"])
@pytest.mark.parametrize("duty", DUTIES)
def test_from_outside_a_duty_does_what_is_its_own_and_no_more(
    duty: str, site: Site
) -> None:
    role = OUTSIDE[duty]
    done = {deed for deed in DEEDS if _succeeds(site, duty, role, deed)}
    assert done == DUTIES[duty]


@pytest.mark.parametrize("endpoint_id", CORE.endpoint_ids)
@pytest.mark.parametrize("duty", INSIDE)
def test_inside_a_duty_does_what_is_its_own_and_no_more(
    duty: str, endpoint_id: str
) -> None:
    role = INSIDE[duty]
    done = {deed for deed in DEEDS if _succeeds(LOCKED, duty, role, deed, endpoint_id)}
    assert done == DUTIES[duty]


@pytest.mark.parametrize("duty", INSIDE)
def test_who_is_not_named_for_outside_does_nothing_there(duty: str) -> None:
    role = INSIDE[duty]
    assert not [deed for deed in DEEDS if _succeeds(LOCKED, duty, role, deed)]


@pytest.mark.parametrize(
    ("bucket", "record"),
    [
        (CORE.buckets.control, "evidence/job.json"),
        (LOGS_BUCKET, "trail/AWSLogs/1.json.gz"),
    ],
)
def test_evidence_and_trail_are_opened_in_an_emergency_and_by_nobody_else(
    bucket: str, record: str
) -> None:
    case = Case(action="s3:GetObject", resource=f"{bucket}/{record}", keys={})
    opened = {
        duty
        for duty, role in OUTSIDE.items()
        if by_identity_policy(duties_of(CORE)[duty], case) == "Allow"
        and _uses_key(CORE, duty, role, "kms:Decrypt", bucket)
    }
    assert opened == {"break_glass"}


@pytest.mark.parametrize("duty", INSIDE)
def test_who_is_not_named_for_outside_touches_no_object_there(duty: str) -> None:
    done = {deed for deed in DEEDS if _succeeds(CORE, duty, INSIDE[duty], deed)}
    assert not [deed for deed in done if deed.is_about_objects]


@pytest.mark.parametrize(
    "action",
    ["kms:DisableKey", "kms:EnableKey", "kms:ScheduleKeyDeletion", "kms:DescribeKey"],
)
def test_only_key_administrators_among_the_people_manage_the_key(action: str) -> None:
    managing = {
        duty for duty, role in OUTSIDE.items() if _uses_key(CORE, duty, role, action)
    }
    assert managing == {"key_administrators"}


@pytest.mark.parametrize(
    "action",
    ["kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:PutKeyPolicy"],
)
def test_nobody_among_the_people_uses_the_key_himself(action: str) -> None:
    for duty, role in OUTSIDE.items():
        assert not _uses_key(CORE, duty, role, action)


@pytest.mark.parametrize("duty", DUTIES)
def test_a_duty_holds_no_right_that_only_the_lock_would_bound(duty: str) -> None:
    own = duties_of(CORE)[duty]
    allowed = set()
    for deed in DEEDS:
        bucket = CORE.bucket(deed.kind)
        resource = f"{bucket}/a" if deed.is_about_objects else bucket
        case = Case(action=deed.action, resource=resource, keys={})
        if by_identity_policy(own, case) == "Allow":
            allowed.add(deed)
    assert allowed == DUTIES[duty]


@pytest.mark.parametrize("duty", DUTIES)
@pytest.mark.parametrize(
    "action", ["kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant"]
)
def test_a_duty_holds_no_right_to_use_the_key_without_s3(
    duty: str, action: str
) -> None:
    keys = {"kms:EncryptionContext:aws:s3:arn": CORE.bucket("inputs")}
    case = Case(action=action, resource=CORE.key_arn, keys=keys)
    assert by_identity_policy(duties_of(CORE)[duty], case) != "Allow"


@pytest.mark.parametrize("duty", ["uploaders", "readers", "break_glass"])
def test_the_key_is_used_for_the_buckets_of_the_duty_only(duty: str) -> None:
    decrypted = {
        kind
        for kind in KINDS
        if _uses_key(CORE, duty, OUTSIDE[duty], "kms:Decrypt", CORE.bucket(kind))
    }
    assert (
        decrypted
        == {
            "uploaders": {"models", "inputs"},
            "readers": {"outputs"},
            "break_glass": {"models", "inputs", "outputs"},
        }[duty]
    )
