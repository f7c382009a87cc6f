import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms

from private_transform.encrypted_log_group import EncryptedLogGroup
from tests.constructs.conftest import Resources


@pytest.mark.parametrize("days", [1, 365, 1827])
def test_it_carries_the_key_and_the_number_of_days(
    stack: cdk.Stack, resources: Resources, key: kms.IKey, days: int
) -> None:
    EncryptedLogGroup(
        stack,
        "Logs",
        key=key,
        retention_in_days=days,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    (found,) = resources("AWS::Logs::LogGroup")
    assert found["Properties"] == {"KmsKeyId": key.key_arn, "RetentionInDays": days}
    assert found["DeletionPolicy"] == found["UpdateReplacePolicy"] == "Retain"
