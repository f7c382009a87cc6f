import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from private_transform.control_bucket import ControlBucket
from tests.constructs.conftest import Resources


@pytest.mark.parametrize(
    ("removal_policy", "rendered"),
    [(cdk.RemovalPolicy.RETAIN, "Retain"), (cdk.RemovalPolicy.DESTROY, "Delete")],
)
def test_what_it_is_given_arrives(
    stack: cdk.Stack,
    resources: Resources,
    key: kms.IKey,
    logs_bucket: s3.IBucket,
    removal_policy: cdk.RemovalPolicy,
    rendered: str,
) -> None:
    ControlBucket(
        stack,
        "Control",
        key=key,
        logs_bucket=logs_bucket,
        noncurrent_versions_in_days=34,
        removal_policy=removal_policy,
    )
    (found,) = resources("AWS::S3::Bucket")
    properties = found["Properties"]
    assert key.key_arn in str(properties["BucketEncryption"])
    assert properties["LoggingConfiguration"]["DestinationBucketName"] == "the-logs"
    (rule,) = properties["LifecycleConfiguration"]["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 34}
    assert found["DeletionPolicy"] == rendered
