import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from private_transform.audit_trail import AuditTrail
from tests.constructs.conftest import HERE, Resources


def test_what_it_is_given_arrives(
    stack: cdk.Stack, resources: Resources, key: kms.IKey, log_group: logs.ILogGroup
) -> None:
    AuditTrail(
        stack,
        "Audit",
        trail_name="the-trail",
        place=HERE,
        role_path="/p/",
        key=key,
        logs_bucket=s3.Bucket(stack, "Logs"),
        log_group=log_group,
        data_buckets=[s3.Bucket.from_bucket_name(stack, "Data", "the-data")],
    )
    (trail,) = resources("AWS::CloudTrail::Trail")
    properties = trail["Properties"]
    assert properties["TrailName"] == "the-trail"
    assert properties["KMSKeyId"] == key.key_arn
    assert "the-log-group" in str(properties["CloudWatchLogsLogGroupArn"])
    assert "the-data/" in str(properties["AdvancedEventSelectors"])
    (policy,) = resources("AWS::S3::BucketPolicy")
    assert "trail/the-trail" in str(policy)
