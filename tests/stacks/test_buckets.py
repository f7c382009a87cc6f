"""Buckets hold data encrypted, versioned, recorded and locked to the endpoint."""

from typing import Any, get_args

import pytest

from private_transform.access import perimeter
from private_transform.lock import BucketKind, bucket_policy
from tests.synthesized import Resource, Statement, Synthesis

KINDS: tuple[BucketKind, ...] = get_args(BucketKind)


def every_bucket(synthesis: Synthesis) -> tuple[Resource, ...]:
    return synthesis.all("AWS::S3::Bucket")


def encryption(bucket: Resource) -> dict[str, Any]:
    (rule,) = bucket.properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    found: dict[str, Any] = rule
    return found


def test_there_are_five_buckets(synthesis: Synthesis) -> None:
    assert {each.ref for each in every_bucket(synthesis)} == {
        synthesis.outputs("foundation")[f"{name}Bucket"]
        for name in ("Models", "Inputs", "Outputs", "Control", "Logs")
    }


@pytest.mark.parametrize("name", ["Models", "Inputs", "Outputs", "Control"])
def test_objects_are_encrypted_with_our_key(synthesis: Synthesis, name: str) -> None:
    assert encryption(synthesis.bucket(f"{name}Bucket")) == {
        "BucketKeyEnabled": True,
        "ServerSideEncryptionByDefault": {
            "SSEAlgorithm": "aws:kms",
            "KMSMasterKeyID": synthesis.key.arn,
        },
    }


def test_log_delivery_gets_the_only_encryption_it_can_write_with(
    synthesis: Synthesis,
) -> None:
    assert encryption(synthesis.bucket("LogsBucket")) == {
        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}
    }


def test_every_bucket_blocks_public_access(synthesis: Synthesis) -> None:
    for bucket in every_bucket(synthesis):
        assert bucket.properties["PublicAccessBlockConfiguration"] == {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        }


def test_every_bucket_is_versioned_and_owns_its_objects(synthesis: Synthesis) -> None:
    for bucket in every_bucket(synthesis):
        assert bucket.properties["VersioningConfiguration"] == {"Status": "Enabled"}
        assert bucket.properties["OwnershipControls"] == {
            "Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]
        }


def test_no_bucket_has_an_access_control_list(synthesis: Synthesis) -> None:
    for bucket in every_bucket(synthesis):
        assert "AccessControl" not in bucket.properties


def test_every_bucket_aborts_uploads_that_were_given_up(synthesis: Synthesis) -> None:
    for bucket in every_bucket(synthesis):
        rule, *_ = bucket.properties["LifecycleConfiguration"]["Rules"]
        assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
        assert rule["Status"] == "Enabled"
        assert {"Prefix", "TagFilters"}.isdisjoint(rule)


@pytest.mark.parametrize("name", ["Models", "Inputs", "Outputs", "Control"])
def test_replaced_objects_are_kept_as_long_as_the_file_says(
    synthesis: Synthesis, name: str
) -> None:
    bucket = synthesis.bucket(f"{name}Bucket")
    rule, *others = bucket.properties["LifecycleConfiguration"]["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {
        "NoncurrentDays": (synthesis.environment.retention.noncurrent_versions_in_days)
    }
    assert "ExpirationInDays" not in rule, "data never expires by itself"
    of_queries = name == "Outputs" and synthesis.environment.query is not None
    assert others == [_OF_QUERIES] * of_queries


_OF_QUERIES = {
    "ExpirationInDays": 30,
    "Id": "expired",
    "Prefix": "query-results/",
    "Status": "Enabled",
}
"""What queries leave can be asked for again."""


def test_logs_expire_as_the_file_says(synthesis: Synthesis) -> None:
    bucket = synthesis.bucket("LogsBucket")
    (rule,) = bucket.properties["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == synthesis.environment.retention.logs_in_days


def test_access_to_each_bucket_is_logged_apart(synthesis: Synthesis) -> None:
    logs = synthesis.bucket("LogsBucket")
    logging = {
        name: synthesis.bucket(f"{name}Bucket").properties["LoggingConfiguration"]
        for name in ("Models", "Inputs", "Outputs", "Control")
    }
    for name, configuration in logging.items():
        assert configuration == {
            "DestinationBucketName": logs.ref,
            "LogFilePrefix": f"access/{name.lower()}/",
        }


def test_log_delivery_may_write_for_our_buckets_only(synthesis: Synthesis) -> None:
    logs = synthesis.bucket("LogsBucket")
    delivery = [
        statement
        for statement in Statement.of(
            synthesis.bucket_policy(logs).properties["PolicyDocument"]
        )
        if statement.principal == {"Service": "logging.s3.amazonaws.com"}
    ]
    watched = {
        synthesis.bucket(f"{name}Bucket").arn
        for name in ("Models", "Inputs", "Outputs", "Control")
    }
    assert watched == {
        statement.conditions["ArnLike"]["aws:SourceArn"] for statement in delivery
    }
    for statement in delivery:
        assert statement.actions == ("s3:PutObject",)
        assert statement.conditions["StringEquals"] == {
            "aws:SourceAccount": synthesis.environment.account
        }


@pytest.mark.parametrize("kind", KINDS)
def test_each_data_bucket_carries_exactly_its_lock(
    synthesis: Synthesis, kind: BucketKind
) -> None:
    environment = synthesis.environment
    bucket = synthesis.data_buckets[kind]
    assert synthesis.bucket_policy(bucket).properties["PolicyDocument"] == (
        bucket_policy(
            perimeter(environment, partition="aws"),
            kind,
            bucket.arn,
            endpoint_ids=(
                synthesis.one("AWS::EC2::VPCEndpoint").ref,
                *(trusted.id for trusted in environment.trusted_endpoints),
            ),
            key_arn=synthesis.key.arn,
        )
    )


@pytest.mark.parametrize("name", ["Control", "Logs"])
def test_buckets_without_a_lock_refuse_plain_and_outdated_connections(
    synthesis: Synthesis, name: str
) -> None:
    bucket = synthesis.bucket(f"{name}Bucket")
    denied = [
        statement
        for statement in Statement.of(
            synthesis.bucket_policy(bucket).properties["PolicyDocument"]
        )
        if statement.effect == "Deny"
    ]
    assert all(each.actions == ("s3:*",) for each in denied)
    assert all(
        set(each.resources) == {bucket.arn, f"{bucket.arn}/*"} for each in denied
    )
    assert all(each.principal == {"AWS": "*"} for each in denied)
    assert [each.conditions for each in denied] == [
        {"Bool": {"aws:SecureTransport": "false"}},
        {"NumericLessThan": {"s3:TlsVersion": 1.2}},
    ]


@pytest.mark.parametrize("name", ["Control", "Logs"])
def test_policies_without_a_lock_let_in_nobody_but_log_writers(
    synthesis: Synthesis, name: str
) -> None:
    policy = synthesis.bucket_policy(synthesis.bucket(f"{name}Bucket"))
    allowed = [
        each.principal
        for each in Statement.of(policy.properties["PolicyDocument"])
        if each.effect == "Allow"
    ]
    assert all(set(each) == {"Service"} for each in allowed)
    assert {each["Service"] for each in allowed} <= (
        {"logging.s3.amazonaws.com", "cloudtrail.amazonaws.com"}
        if name == "Logs"
        else set()
    )
