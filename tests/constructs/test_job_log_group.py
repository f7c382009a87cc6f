import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms

from private_transform.job_log_group import JobLogGroup
from tests.constructs.conftest import Resources


@pytest.mark.parametrize(("release", "rendered"), [(True, "true"), (False, "false")])
def test_it_asks_for_key_and_retention_in_strings_as_they_arrive(
    stack: cdk.Stack, resources: Resources, key: kms.IKey, release: bool, rendered: str
) -> None:
    made = JobLogGroup(
        stack,
        "JobLogs",
        service_token="arn:aws:lambda:us-east-1:123456789012:function:provider",
        environment="team",
        key=key,
        retention_in_days=30,
        release_key=release,
    )
    (found,) = resources("Custom::JobLogGroup")
    assert found["Properties"] == {
        "ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:provider",
        "LogGroupName": "/aws/sagemaker/TransformJobs",
        "KeyArn": key.key_arn,
        "RetentionInDays": "30",
        "Tags": {"private-transform:environment": "team"},
        "ReleaseKey": rendered,
    }
    assert stack.resolve(made.note)["Fn::GetAtt"][1] == "Note"
