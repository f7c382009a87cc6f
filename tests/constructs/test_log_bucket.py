import aws_cdk as cdk
import pytest

from private_transform.log_bucket import LogBucket
from tests.constructs.conftest import Resources


@pytest.mark.parametrize(
    ("removal_policy", "rendered"),
    [(cdk.RemovalPolicy.RETAIN, "Retain"), (cdk.RemovalPolicy.DESTROY, "Delete")],
)
def test_logs_end_after_their_days_and_the_bucket_stays_or_goes_as_asked(
    stack: cdk.Stack,
    resources: Resources,
    removal_policy: cdk.RemovalPolicy,
    rendered: str,
) -> None:
    LogBucket(stack, "Logs", retention_in_days=35, removal_policy=removal_policy)
    (found,) = resources("AWS::S3::Bucket")
    (rule,) = found["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == 35
    assert found["DeletionPolicy"] == rendered
