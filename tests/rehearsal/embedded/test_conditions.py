"""Condition keys and operators, asked of the running evaluator."""

import contextlib
import ssl
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from botocore.exceptions import ClientError

from rehearsal.embedded.conditions import arn_matches
from rehearsal.process import ACCOUNT, EmbeddedAws

ALL = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


def deny(condition: dict[str, Any], **elements: Any) -> dict[str, Any]:
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "*",
        "Condition": condition,
        **elements,
    }


@pytest.fixture(scope="module")
def role(new_role: Callable[..., str]) -> str:
    return new_role(ALL, path="/team/data/")


@pytest.fixture
def reads(
    client: Callable[..., Any], new_bucket: Callable[..., str], role: str
) -> Callable[..., bool]:
    """Whether the role may read from a bucket with these statements."""
    s3 = client("s3", role=role)

    def ask(*statements: dict[str, Any]) -> bool:
        bucket = new_bucket(*statements)
        client("s3").put_object(Bucket=bucket, Key="folder/x", Body=b"x")
        with contextlib.suppress(s3.exceptions.ClientError):
            return bool(s3.get_object(Bucket=bucket, Key="folder/x"))
        return False

    return ask


ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/data/*"
PRINCIPAL = "aws:PrincipalArn"


@pytest.mark.parametrize(
    ("condition", "is_denied"),
    [
        ({"ArnLike": {PRINCIPAL: ROLE}}, True),
        ({"ArnNotLike": {PRINCIPAL: ROLE}}, False),
        ({"ArnNotLike": {PRINCIPAL: [ROLE, "arn:aws:iam::*:role/other"]}}, False),
        ({"ArnNotLike": {PRINCIPAL: "arn:aws:iam::*:role/other"}}, True),
        ({"ArnLike": {PRINCIPAL: "arn:aws:iam::*role/team/data/*"}}, False),
        ({"ArnNotLike": {PRINCIPAL: "arn:aws:iam::*role/team/data/*"}}, True),
        ({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}, True),
        ({"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}, False),
        ({"StringEquals": {"aws:ResourceAccount": ACCOUNT}}, True),
        ({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, True),
        ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, False),
        ({"Null": {"aws:SourceVpce": "true"}}, True),
        ({"Null": {"aws:SourceVpce": "false"}}, False),
        ({"Bool": {"aws:SecureTransport": "false"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"NumericLessThan": {"s3:TlsVersion": "1.2"}}, False),
        ({"NumericGreaterThanEquals": {"s3:TlsVersion": "1.2"}}, True),
        ({"StringEquals": {"s3:authType": "REST-HEADER"}}, True),
        ({"StringEquals": {"s3:authType": ["POST", "REST-QUERY-STRING"]}}, False),
        ({"ForAllValues:StringNotEquals": {"aws:CalledVia": "x"}}, True),
        ({"ForAnyValue:StringNotEquals": {"aws:CalledVia": "x"}}, False),
        ({"ForAnyValue:StringEquals": {"aws:CalledVia": "x"}}, False),
        ({"StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}, True),
        ({"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}, True),
        (
            {
                "StringNotEquals": {"aws:SourceVpce": "vpce-1"},
                "ArnNotLike": {PRINCIPAL: ROLE},
            },
            False,
        ),
    ],
)
def test_a_condition_denies_as_on_aws(
    reads: Callable[..., bool], condition: dict[str, Any], is_denied: bool
) -> None:
    assert reads(deny(condition)) is not is_denied


@pytest.mark.parametrize(
    ("elements", "is_denied"),
    [
        ({"NotAction": ["s3:GetObject"]}, False),
        ({"NotAction": ["s3:getobject"]}, False),
        ({"NotAction": ["s3:GetObjectAcl"]}, True),
        ({"NotResource": "arn:aws:s3:::*/folder/*"}, False),
        ({"NotResource": "arn:aws:s3:::*/folder"}, True),
        ({"Resource": "arn:aws:s3:::*/Folder/*"}, False),
    ],
)
def test_not_action_and_not_resource_spare_what_they_name(
    reads: Callable[..., bool], elements: dict[str, Any], is_denied: bool
) -> None:
    statement = deny({"Null": {"aws:SourceVpce": "true"}})
    if "NotAction" in elements:
        del statement["Action"]
    if "NotResource" in elements:
        del statement["Resource"]
    assert reads({**statement, **elements}) is not is_denied


def test_a_link_is_told_from_a_signed_header(
    aws: EmbeddedAws,
    client: Callable[..., Any],
    new_bucket: Callable[..., str],
    role: str,
) -> None:
    s3 = client("s3", role=role)
    trust = ssl.create_default_context(cafile=aws.environment["AWS_CA_BUNDLE"])

    def opens(bucket: str) -> bool:
        client("s3").put_object(Bucket=bucket, Key="x", Body=b"x")
        link = s3.generate_presigned_url(
            "get_object", Params={"Bucket": bucket, "Key": "x"}
        )
        with contextlib.suppress(HTTPError), urlopen(link, context=trust) as answer:
            return bool(answer.read() == b"x")
        return False

    links = {"StringEquals": {"s3:authType": "REST-QUERY-STRING"}}
    assert opens(new_bucket())
    assert not opens(new_bucket(deny(links)))


def test_plain_http_has_no_tls_version_to_compare(
    aws: EmbeddedAws,
    client: Callable[..., Any],
    new_bucket: Callable[..., str],
    role: str,
) -> None:
    """Why a lock needs two statements about TLS."""
    bucket = new_bucket(deny({"NumericLessThan": {"s3:TlsVersion": "1.2"}}))
    client("s3").put_object(Bucket=bucket, Key="x", Body=b"x")
    plain = client("s3", role=role, url=aws.plain_url)
    assert plain.get_object(Bucket=bucket, Key="x")["Body"].read() == b"x"


def test_a_client_cannot_claim_tls_over_plain_http(
    aws: EmbeddedAws,
    client: Callable[..., Any],
    new_bucket: Callable[..., str],
    role: str,
) -> None:
    bucket = new_bucket(deny({"Bool": {"aws:SecureTransport": "false"}}))
    client("s3").put_object(Bucket=bucket, Key="x", Body=b"x")
    plain = client("s3", role=role, url=aws.plain_url)

    def claim(request: Any, **_: Any) -> None:
        request.headers["X-Forwarded-Proto"] = "https"

    plain.meta.events.register("before-send.s3.GetObject", claim)
    try:
        with pytest.raises(ClientError, match="explicit deny"):
            plain.get_object(Bucket=bucket, Key="x")
    finally:
        plain.meta.events.unregister("before-send.s3.GetObject", claim)


def test_the_parts_of_an_upload_are_judged_by_the_request_that_began_it(
    client: Callable[..., Any], new_bucket: Callable[..., str], new_role: Any
) -> None:
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    other = client("kms").create_key()["KeyMetadata"]["Arn"]
    header = "s3:x-amz-server-side-encryption-aws-kms-key-id"
    only_key = {
        "Null": {"s3:x-amz-server-side-encryption": "false"},
        "StringNotEquals": {header: key},
    }
    bucket = new_bucket(deny(only_key, Action="s3:PutObject"))
    s3 = client("s3", role=new_role(ALL, {**ALL, "Action": "kms:*"}))

    def upload(**settings: str) -> None:
        started = s3.create_multipart_upload(Bucket=bucket, Key="x", **settings)
        named = {"Bucket": bucket, "Key": "x", "UploadId": started["UploadId"]}
        part = s3.upload_part(**named, PartNumber=1, Body=b"x")
        parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
        s3.complete_multipart_upload(**named, MultipartUpload={"Parts": parts})

    upload()
    upload(ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    with pytest.raises(ClientError, match="explicit deny"):
        upload(ServerSideEncryption="aws:kms", SSEKMSKeyId=other)
    with pytest.raises(ClientError, match="explicit deny"):
        upload(ServerSideEncryption="aws:kms")


def test_a_customer_provided_key_can_be_refused(
    client: Callable[..., Any], new_bucket: Callable[..., str], role: str
) -> None:
    header = "s3:x-amz-server-side-encryption-customer-algorithm"
    bucket = new_bucket(deny({"Null": {header: "false"}}, Action="s3:PutObject"))
    s3 = client("s3", role=role)
    s3.put_object(Bucket=bucket, Key="x", Body=b"x")
    with pytest.raises(ClientError, match="explicit deny"):
        s3.put_object(
            Bucket=bucket,
            Key="x",
            Body=b"x",
            SSECustomerAlgorithm="AES256",
            SSECustomerKey="k" * 32,
        )


def test_a_boundary_narrows_what_a_role_may_do(
    client: Callable[..., Any], new_role: Callable[..., str], new_bucket: Any
) -> None:
    boundary = client("iam").create_policy(
        PolicyName="boundary",
        PolicyDocument='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",'
        ' "Action": "s3:ListBucket", "Resource": "*"}]}',
    )["Policy"]["Arn"]
    s3 = client("s3", role=new_role(ALL, PermissionsBoundary=boundary))
    bucket = new_bucket()
    s3.list_objects_v2(Bucket=bucket)
    with pytest.raises(ClientError, match="not authorized to perform: s3:PutObject"):
        s3.put_object(Bucket=bucket, Key="x", Body=b"x")


def test_nobody_reads_without_signing(
    aws: EmbeddedAws, client: Callable[..., Any], new_bucket: Callable[..., str]
) -> None:
    bucket = new_bucket()
    client("s3").put_object(Bucket=bucket, Key="x", Body=b"x")
    trust = ssl.create_default_context(cafile=aws.environment["AWS_CA_BUNDLE"])
    with pytest.raises(HTTPError, match="403") as refused:
        urlopen(f"{aws.url}/{bucket}/x", context=trust)
    refused.value.close()


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("arn:aws:iam::1:role/a/b", True),
        ("arn:aws:iam::1:role/*", True),
        ("arn:aws:iam::*:role/a/?", True),
        ("arn:*:role/a/b", False),
        ("arn:aws:iam::1:role/A/b", False),
    ],
)
def test_no_wildcard_of_an_arn_crosses_a_colon(pattern: str, matches: bool) -> None:
    assert arn_matches("arn:aws:iam::1:role/a/b", pattern) is matches


def test_metrics_are_put_into_the_namespace_that_a_role_may_fill(
    client: Callable[..., Any], new_role: Callable[..., str]
) -> None:
    role = new_role(
        {
            "Effect": "Allow",
            "Action": "cloudwatch:PutMetricData",
            "Resource": "*",
            "Condition": {"StringEquals": {"cloudwatch:namespace": "Ours"}},
        }
    )
    cloudwatch = client("cloudwatch", role=role)
    datum = [{"MetricName": "Failed", "Value": 1}]
    cloudwatch.put_metric_data(Namespace="Ours", MetricData=datum)
    with pytest.raises(ClientError, match="AccessDenied"):
        cloudwatch.put_metric_data(Namespace="Theirs", MetricData=datum)
