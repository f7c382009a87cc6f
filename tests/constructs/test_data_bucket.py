import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from private_transform.data_bucket import DataBucket
from tests.constructs.conftest import Resources

LOCK = {"Version": "2012-10-17", "Statement": []}


def data_bucket(
    stack: cdk.Stack,
    key: kms.IKey,
    logs_bucket: s3.IBucket,
    removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
) -> DataBucket:
    return DataBucket(
        stack,
        "Inputs",
        key=key,
        logs_bucket=logs_bucket,
        noncurrent_versions_in_days=33,
        removal_policy=removal_policy,
    )


def test_what_it_is_given_arrives(
    stack: cdk.Stack, resources: Resources, key: kms.IKey, logs_bucket: s3.IBucket
) -> None:
    data_bucket(stack, key, logs_bucket)
    (found,) = resources("AWS::S3::Bucket")
    properties = found["Properties"]
    assert key.key_arn in str(properties["BucketEncryption"])
    assert properties["LoggingConfiguration"] == {
        "DestinationBucketName": "the-logs",
        "LogFilePrefix": "access/inputs/",
    }
    (rule,) = properties["LifecycleConfiguration"]["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 33}


def test_its_lock_is_the_whole_policy(
    stack: cdk.Stack, resources: Resources, key: kms.IKey, logs_bucket: s3.IBucket
) -> None:
    made = data_bucket(stack, key, logs_bucket)
    made.lock(LOCK)
    (found,) = resources("AWS::S3::BucketPolicy")
    assert found["Properties"]["PolicyDocument"] == LOCK
    assert found["Properties"]["Bucket"] == stack.resolve(made.bucket.bucket_name)


@pytest.mark.parametrize(
    ("removal_policy", "rendered"),
    [(cdk.RemovalPolicy.RETAIN, "Retain"), (cdk.RemovalPolicy.DESTROY, "Delete")],
)
def test_bucket_and_lock_stay_or_go_together(
    stack: cdk.Stack,
    resources: Resources,
    key: kms.IKey,
    logs_bucket: s3.IBucket,
    removal_policy: cdk.RemovalPolicy,
    rendered: str,
) -> None:
    data_bucket(stack, key, logs_bucket, removal_policy).lock(LOCK)
    for resource_type in ("AWS::S3::Bucket", "AWS::S3::BucketPolicy"):
        (found,) = resources(resource_type)
        assert found["DeletionPolicy"] == found["UpdateReplacePolicy"] == rendered


def test_what_expires_lies_below_a_prefix_and_nothing_else_does(
    stack: cdk.Stack, resources: Resources, key: kms.IKey, logs_bucket: s3.IBucket
) -> None:
    data_bucket(stack, key, logs_bucket).expire("query-results/", days=30)
    (found,) = resources("AWS::S3::Bucket")
    rules = found["Properties"]["LifecycleConfiguration"]["Rules"]
    expiring = [rule for rule in rules if "ExpirationInDays" in rule]
    assert [(rule["Prefix"], rule["ExpirationInDays"]) for rule in expiring] == [
        ("query-results/", 30)
    ]
